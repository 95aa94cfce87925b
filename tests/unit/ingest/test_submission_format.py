"""docs/submission-format.md says what happens: its table of cells and its example are tried out."""

import re

import pytest

from ingest import cells, delimited, headers
from warehouse import wording
from warehouse.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "submission-format.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", PAGE.split("## A cell")[1], re.MULTILINE)
BOUNDS = {"(,{})": "below", "(,{}]": "at most", "({},)": "above", "[{},)": "at least"}


def for_display(cell):
    if cell.problem:
        return f"`{cell.problem}`"
    if cell.kind == "exact":
        return str(cell.low)
    if cell.kind == "range":
        return f"{cell.low} to {cell.high}"
    if cell.kind == "censored":
        number = cell.high if cell.low is None else cell.low
        return f"{BOUNDS[cell.interval.replace(str(number), '{}')]} {number}"
    return cell.kind.replace("_", " ")


def test_the_table_of_cells_is_found():
    assert len(ROWS) > 25


@pytest.mark.parametrize(("written", "in_a_count", "in_a_rate"), ROWS)
def test_a_cell_is_read_as_the_page_says(written, in_a_count, in_a_rate):
    assert (for_display(cells.parse(written, "count")), for_display(cells.parse(written, "percent"))) == (
        in_a_count,
        in_a_rate,
    )


def test_the_example_is_a_report(measures):
    example = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (report,) = delimited.read(example[1], measures)
    assert [line.problems for line in report.lines] == [{}, {}, {}]


def test_every_column_and_label_has_its_row():
    page = {wording.folded(name) for name in re.findall(r"`([^`\n]+)`", PAGE.replace("```", ""))}
    for names in headers.NAMES.values():
        assert {wording.folded(name) for name in names} & page
