"""The page about OWASP ASVS names files and tests that exist, gives each requirement a state, and counts them right."""

import re
from collections import Counter
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
STATES = {"met", "in part", "not met", "not applicable"}
QUOTED = re.compile(r"`([^`]+)`")
TESTS = {
    name
    for file in (PROJECT_ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_each_requirement_stands_once_in_the_order_of_the_standard_with_a_state():
    numbers = [tuple(map(int, number.split("."))) for number, *_ in ROWS]
    assert len(numbers) > 150
    assert numbers == sorted(set(numbers))
    assert {state for _, _, state, _ in ROWS} == STATES


@pytest.mark.parametrize(("number", "_", "state", "where"), ROWS, ids=[number for number, *_ in ROWS])
def test_the_files_and_tests_that_a_row_names_exist(number, _, state, where):
    quoted = QUOTED.findall(where)
    files = [name for name in quoted if "/" in name and " " not in name and not name.startswith("/")]
    files += [name for name in quoted if name in ("Makefile", "SECURITY.md", "requirements.lock")]
    tests = [name for name in quoted if name.startswith("test_")]
    assert [name for name in files if not Path(PROJECT_ROOT, name).exists()] == []
    assert sorted(set(tests) - TESTS) == []
    assert files or state != "met", f"{number} is met by no file"
    assert where.strip() or state == "met"


def test_the_counts_are_those_of_the_rows():
    counts = Counter(state for _, _, state, _ in ROWS)
    written = (
        f"Of {len(ROWS)} requirements {counts['met']} are met, {counts['in part']} in part, "
        f"{counts['not met']} not met, {counts['not applicable']} not applicable."
    )
    assert written in PAGE
