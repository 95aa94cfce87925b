"""The docs say what is there: pages that are written from the source, and links that lead somewhere."""

import re
from pathlib import Path

import pytest

from docs.generate import REFERENCE, ROOT, pages
from warehouse.settings import Settings

LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("name", pages())
def test_a_reference_page_is_what_its_source_says(name):
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"


def test_the_pages_name_everything_there_is():
    written = pages()
    assert [f"BAOCAO_{name.upper()}" in written["settings.md"] for name in Settings.model_fields] == [True] * 6
    assert "`baocao db url`" in written["commands.md"]
    assert [name for name in _names("dags", "*.py") if f"## `{name}`" not in written["dags.md"]] == []
    assert [
        name for name in _names("dbt_project/models/marts", "*.sql") if f"## `{name}`" not in written["marts.md"]
    ] == []


def test_every_link_of_the_docs_leads_to_a_file():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert len(documents) > 5
    assert broken == []


def _names(folder: str, pattern: str) -> list[str]:
    names = [path.stem for path in Path(ROOT / folder).glob(pattern)]
    assert names
    return names
