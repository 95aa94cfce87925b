"""The exposures name who reads the marts: every mart that the program reads, and none that nobody reads."""

import re

from tests.languages import is_in_both_languages
from warehouse.settings import PROJECT_ROOT

READERS = ("alerts", "baocao", "docker", "docs", "expectations", "pages", "pipeline", "publish")
READ = re.compile(r"\b(?:(?:marts|app)\.|(?:from|join) (?=dim_|fct_|rpt_))([a-z_]+)\b")
"""What has a view of its own as of any time is named without a schema."""


def _read_by_the_program(manifest) -> set[str]:
    """Marts, and views of the schema app, that Python and its SQL files name."""
    relations = {node.name for node in manifest.nodes.values() if node.fqn[1] in ("marts", "app")}
    files = [file for room in READERS for kind in ("*.py", "*.sql") for file in (PROJECT_ROOT / room).rglob(kind)]
    return relations & {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))}


def test_the_exposures_name_exactly_the_marts_that_are_read(manifest):
    named = {
        manifest.nodes[parent].name
        for exposure in manifest.exposures.values()
        for parent in exposure.depends_on.nodes
        if manifest.nodes[parent].fqn[1] in ("marts", "app")
    }
    read = _read_by_the_program(manifest)

    assert len(read) > 10
    assert sorted(read - named) == []
    assert sorted(named - read) == []


def test_every_exposure_has_an_owner_and_a_description(manifest):
    exposures = list(manifest.exposures.values())

    assert len(exposures) > 5
    for exposure in exposures:
        assert exposure.owner.name and exposure.owner.email.endswith("@example.invalid"), exposure.name
        assert exposure.label and exposure.depends_on.nodes, exposure.name
        assert is_in_both_languages(exposure.description), exposure.name
