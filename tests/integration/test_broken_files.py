"""A folder of broken files and good ones: each receipt has the reason, and the good ones are in the warehouse."""

import json
from pathlib import Path

import pytest

from pipeline import receiving
from publish.receipts import text as receipt_text
from publish.receipts.data import Receipt
from tests.fixtures import make_submissions
from warehouse.settings import get_settings

GOOD = {"07228": (291, 300), "07210": (95, 100), "07246": (410, 412)}
ALSO = {"too_many_lines.csv": {"line_twice"}}
"""What follows from what is wrong: no report has a thousand indicators."""
HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator"


def good_file(folder: Path, unit: str, parts: tuple[int, int]) -> None:
    line = f"bacninh-2026-2030,2026,{unit},correction,5.1,{parts[0]},{parts[1]}"
    (folder / f"good_{unit}.csv").write_text(f"{HEADER}\n{line}\n", encoding="utf-8")


def address(issue: dict) -> str:
    if issue["line"]:
        return f"line {issue['line']}"
    return "!".join(part for part in (issue["sheet"], issue["cell"]) if part)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arrived")
    make_submissions.create_check_tables(folder)
    for unit, parts in GOOD.items():
        good_file(folder, unit, parts)
    return folder


@pytest.fixture(scope="module")
def receipts_of_files(catalogue_without_reports: None, folder: Path) -> dict[str, Receipt]:
    found = receiving.receive([str(folder)])
    return {receipt.file: receipt for receipt in found}


def test_there_are_at_least_forty_broken_files():
    assert len(make_submissions.expected()) >= 40


def test_every_file_has_its_receipt(receipts_of_files, folder):
    assert set(receipts_of_files) == {path.name for path in folder.iterdir()}
    assert len(receipts_of_files) == len(make_submissions.expected()) + len(GOOD)


@pytest.mark.parametrize("expected", make_submissions.expected(), ids=lambda expected: expected.file)
def test_a_broken_file_is_answered_with_its_reason(receipts_of_files, expected):
    receipt = receipts_of_files[expected.file]
    reasons = {(issue["rule"], address(issue)) for issue in receipt.issues if issue["severity"] == expected.severity}
    assert (expected.rule_code, expected.where) in reasons
    if expected.severity == "critical":
        assert receipt.status == "rejected"
        assert {rule for rule, _ in reasons} == {expected.rule_code} | ALSO.get(expected.file, set())
    else:
        assert receipt.status == "accepted_with_warnings"


def test_the_good_files_beside_them_are_accepted(receipts_of_files):
    good = {unit: receipts_of_files[f"good_{unit}.csv"] for unit in GOOD}
    reasons = {issue["rule"] for receipt in good.values() for issue in receipt.issues}
    assert {unit: receipt.unit for unit, receipt in good.items()} == {unit: unit for unit in GOOD}
    assert {receipt.status for receipt in good.values()} <= {"accepted", "accepted_with_warnings"}
    assert reasons <= {"correction_without_report"}


def test_receipts_are_kept_as_json_and_as_text(receipts_of_files):
    folder = get_settings().home / "receipts"
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    assert {document["file"]: document for document in documents} == {
        name: receipt.document() for name, receipt in receipts_of_files.items()
    }
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
    assert len(texts) == len(documents)
    assert all(receipt_text.render(receipts_of_files[name]).plain.strip() for name in receipts_of_files)


def test_the_same_folder_again_gets_the_same_reasons(receipts_of_files, folder):
    """What was rejected is decided again, for the same reasons; a report that is in force is a duplicate."""
    again = {receipt.file: receipt for receipt in receiving.receive([str(folder)])}
    rejected = {file for file, receipt in receipts_of_files.items() if receipt.status == "rejected"}
    assert {file for file, receipt in again.items() if receipt.status == "rejected"} == rejected
    for file in rejected:
        assert critical(again[file]) == critical(receipts_of_files[file]) != []
    assert "duplicate" in {again[f"good_{unit}.csv"].status for unit in GOOD}


def critical(receipt: Receipt) -> list[tuple]:
    """Why the receipt's reports were rejected."""
    issues = [issue for issue in receipt.issues if issue["severity"] == "critical"]
    return sorted((issue["rule"], address(issue), issue["message_vi"]) for issue in issues)
