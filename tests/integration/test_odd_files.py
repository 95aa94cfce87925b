"""Files as people and programs really make them: each is read right, or comes back with its true reason.

tests/fixtures/cases/ has the files, all made up; cases.csv says what is right for each. All arrive in one folder.
"""

import csv
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import receiving
from publish.receipts import text
from publish.receipts.data import Receipt
from warehouse import database
from warehouse.settings import get_settings

CASES = Path(__file__).parents[1] / "fixtures" / "cases"
NOT_UTF8 = b"B\xb8o c\xb8o.xlsx"
"""`Báo cáo.xlsx` in an old Vietnamese encoding."""
OF_READING = {"column_not_read", "column_unclear", "figure_outside_table", "second_table", "sheet_not_read"}
FIGURES = """
select submission.unit_code, line.indicator_code, numerator::text, denominator::text, value::text, value_kind
from raw.file inner join raw.submission using (sha256) inner join raw.line using (submission_id)
where file.file_name = %s and 'missing' <> any(array[numerator_kind, denominator_kind, value_kind])
order by submission.unit_code desc, line.row_no
"""


@dataclass(frozen=True)
class Case:
    file: str
    kind: str
    status: str
    rule: str
    where: str
    figures: str


def cases() -> list[Case]:
    with (CASES / "cases.csv").open(encoding="utf-8", newline="") as rows:
        return [Case(**row) for row in csv.DictReader(rows)]


@pytest.fixture(scope="module")
def receipts(catalogue_without_reports: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Receipt]:
    folder = tmp_path_factory.mktemp("odd")
    for case in cases():
        shutil.copy(CASES / case.file, folder / case.file)
    (folder / "name_not_utf8.xlsx").rename(folder / os.fsdecode(NOT_UTF8))
    return {receipt.file: receipt for receipt in receiving.receive([str(folder)])}


def name(case: Case) -> str:
    return r"B\xb8o c\xb8o.xlsx" if case.file == "name_not_utf8.xlsx" else case.file


def place(issue: dict) -> str:
    return f"line {issue['line']}" if issue["line"] else "!".join(filter(None, (issue["sheet"], issue["cell"])))


def number(interval: str | None) -> str:
    """`[291,291]` → 291, `(,2.6)` → <2.6."""
    if interval is None:
        return ""
    low, high = interval[1:-1].split(",")
    return low if low == high else f"<{high}"


def written(rows: list[tuple]) -> str:
    found: list[str] = []
    for unit, indicator, numerator, denominator, value, kind in rows:
        if unit not in found:
            found.append(unit)
        parts = f"{number(numerator)}/{number(denominator)}" if numerator else number(value) or kind
        found.append(f"{indicator}={parts}")
    return " ".join(found)


def test_every_file_has_its_row():
    assert {case.file for case in cases()} == {path.name for path in CASES.iterdir()} - {"cases.csv"}


def test_every_file_has_its_receipt(receipts):
    assert set(receipts) == {name(case) for case in cases()}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.file)
def test_a_file_is_read_right_or_comes_back_with_its_reason(case, receipts):
    receipt = receipts[name(case)]
    critical = [(issue["rule"], place(issue)) for issue in receipt.issues if issue["severity"] == "critical"]
    if case.status == "rejected":
        assert receipt.status == "rejected"
        assert critical == [(case.rule, case.where)]
        return
    assert critical == []
    assert receipt.status in ("accepted", "accepted_with_warnings")
    assert not {issue["rule"] for issue in receipt.issues} & OF_READING
    with database.connect("loader") as connection:
        assert written(connection.execute(FIGURES, [name(case)]).fetchall()) == case.figures


def test_a_name_that_is_no_utf8_is_readable_in_every_receipt(receipts):
    receipt = receipts[r"B\xb8o c\xb8o.xlsx"]
    kept = {path.name: path for path in (get_settings().home / "receipts").iterdir() if "xb8o" in path.name}
    assert {path.suffix for path in kept.values()} >= {".json", ".txt"}
    (document,) = [path for path in kept.values() if path.suffix == ".json"]
    assert json.loads(document.read_text(encoding="utf-8"))["file"] == receipt.file
    assert receipt.file in text.render(receipt).plain


def test_words_for_no_data_are_one_complaint_about_their_line(receipts):
    issues = [
        issue for issue in receipts["no_data_words_once.xlsx"].issues if "5.1" in issue["message_en"] or issue["raw"]
    ]
    assert [issue["rule"] for issue in issues] == ["not_a_number"]
