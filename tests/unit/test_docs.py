"""The docs say what is there: pages that are written from the source, and links that lead somewhere."""

import csv
import re
from pathlib import Path

import pytest

from docs.generate import ISSUES, REFERENCE, ROOT, pages, written
from docs.programme_pages import FOLDER as PROGRAMMES
from warehouse.settings import Settings
from warehouse.superset.datasets import ASSETS

CATALOGUE = ROOT / "dbt_project" / "seeds" / "catalogue"
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("file", written(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_generated_page_is_what_its_source_says(file):
    assert file.read_text(encoding="utf-8") == written()[file], "run `make docs`"


def test_no_generated_page_has_outlived_its_source():
    there = [*REFERENCE.glob("*"), *PROGRAMMES.glob("*"), *(ASSETS / "datasets").rglob("*.yaml"), ISSUES]

    assert sorted(there) == sorted(written())


def test_every_programme_has_its_page_and_the_page_names_all_that_its_rows_say():
    programmes = [row["programme_code"] for row in _rows("programmes")]

    assert len(programmes) >= 5
    assert sorted(file.stem for file in PROGRAMMES.glob("*.md")) == sorted(programmes)
    for programme in programmes:
        page = (PROGRAMMES / f"{programme}.md").read_text(encoding="utf-8")
        assert [row["indicator_code"] for row in _rows("indicators", programme) if _is_missing(row, page)] == []
        assert [row["basis_vi"] for row in _rows("reporters", programme) if row["basis_vi"] not in page] == []
        assert [row["phrase_vi"] for row in _rows("deadlines", programme) if row["phrase_vi"] not in page] == []
        recipients = [row for row in _rows("report_recipients", programme) if row["recipient_vi"]]
        assert [row["phrase_vi"] for row in recipients if f"| {row['recipient_vi']} | " not in page] == []
        assert [row["phrase_vi"] for row in recipients if row["phrase_vi"] not in page] == []
        assert [row["raw"] for row in _rows("budget_lines", programme) if row["raw"].rstrip(".") not in page] == []
        shown = {row["contradiction_no"] for row in _rows("contradictions", programme)}
        assert [number for number in shown if f"| {number} |" not in page] == []
        criteria = [row["criterion_code"] for row in _rows("criteria", programme)]
        assert [code for code in criteria if f"| {code} |" not in page] == []


def test_the_pages_name_everything_there_is():
    shown = pages()
    assert [name for name in Settings.model_fields if f"BAOCAO_{name.upper()}" not in shown["settings.md"]] == []
    assert "`baocao db url`" in shown["commands.md"]
    assert [name for name in _names("dags", "*.py") if f"## `{name}`" not in shown["dags.md"]] == []
    assert [
        name for name in _names("dbt_project/models/marts", "*.sql") if f"## `{name}`" not in shown["marts.md"]
    ] == []


def test_every_link_of_the_docs_leads_to_a_file():
    """Pictures and sources too; that a heading is there is seen when the site is built."""
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docker").glob("*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert len(documents) > 5
    assert broken == []


def test_every_path_that_a_page_names_is_there():
    packages = "accounts|dags|baocao|pages|pipeline|ingest|expectations|alerts|publish|warehouse"
    path = re.compile(rf"`((?:{packages}|dbt_project|macros|models|seeds|docs|tests|docker)/[\w./-]*)`")
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = [(page.name, found) for page in pages for found in path.findall(page.read_text(encoding="utf-8"))]

    assert len(named) > 100
    assert [f"{page}: {found}" for page, found in named if not (ROOT / found).exists()] == []


def _names(folder: str, pattern: str) -> list[str]:
    names = [path.stem for path in Path(ROOT / folder).glob(pattern)]
    assert names
    return names


def test_the_example_of_a_sixth_programme_fits_the_seeds_and_stands_on_its_page():
    page = (ROOT / "docs" / "adding-a-programme.md").read_text(encoding="utf-8")
    files = sorted((ROOT / "docs" / "examples" / "sixth-programme").glob("*.csv"))
    shown = [_table_of(page, file.name) for file in files]

    assert len(files) == 8
    assert sum(map(len, shown)) == 28
    for file, rows in zip(files, shown, strict=True):
        with file.open(encoding="utf-8", newline="") as lines, (CATALOGUE / file.name).open(encoding="utf-8") as seed:
            written_down = list(csv.DictReader(lines))
            assert list(written_down[0]) == next(csv.reader(seed)), file.name
        assert rows == [{name: row[name] for name in rows[0]} for row in written_down], file.name


def _table_of(page: str, file: str) -> list[dict[str, str]]:
    """The rows of the Markdown table below the line that begins with the file's name."""
    lines = page[page.index(f"\n`{file}`:") :].split("\n\n")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def _rows(seed: str, programme: str | None = None) -> list[dict[str, str]]:
    with (CATALOGUE / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if programme in (None, row["programme_code"])]


def _is_missing(indicator: dict[str, str], page: str) -> bool:
    """Neither a figure with its own row, nor a line of the score sheet: points and the answer whether they are met."""
    scored = [
        row["criterion_code"]
        for row in _rows("criterion_indicators", indicator["programme_code"])
        if row["indicator_code"] == indicator["indicator_code"]
    ]
    return f"| `{indicator['indicator_code']}` | " not in page and not any(f"| {code} | " in page for code in scored)
