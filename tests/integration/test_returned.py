"""The sender's workbook on its whole way: sent, refused, returned with its wrong cells marked, corrected, accepted."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from ingest import archive
from pipeline import receiving
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.receipts.data import Receipt
from publish.receipts.result_sheet import FILLS, SHEET
from tests.fixtures import make_submissions as made
from warehouse import database
from warehouse.settings import get_settings

pytestmark = pytest.mark.usefixtures("nothing_arrived")

REFUSED_UNOPENED = {"file_", "zip_bomb", "sheet_too_large"}
"""Rules (or how they begin) of files that are not opened: they get their receipt alone."""
WHERE = {"5.1": "D", "14": "F", "9": "E"}
"""The column in which each of these lines is wrong below."""


def filled_in() -> Workbook:
    """Đa Mai's own form with every line filled in alike, as one fills a form for a test: no real figures."""
    with database.connect("loader") as connection:
        form = form_queries.form(connection, "bacninh-2026-2030", "07228", "2026")
    filled = {
        line.code: {"value": "Có"} if line.is_yes_no else {"numerator": 0, "denominator": 300} for line in form.lines
    }
    return openpyxl.load_workbook(BytesIO(form_workbook.render(form, filled)))


def cell(book: Workbook, code: str, column: str) -> Any:
    sheet = book["Báo cáo"]
    (row,) = [found.row for found in sheet["A"] if found.value == code]
    return sheet[f"{column}{row}"]


def with_mistakes() -> Workbook:
    book = filled_in()
    cell(book, "5.1", "D").value = 301
    cell(book, "14", "F").value = "1.234"
    cell(book, "9", "E").value = None
    return book


def send(book: Workbook, folder: Path, name: str = "bao-cao.xlsx") -> Receipt:
    target = folder / name
    book.save(target)
    (receipt,) = receiving.receive([str(target)])
    return receipt


def returned(receipt: Receipt) -> Workbook:
    assert receipt.returned_workbook is not None
    return openpyxl.load_workbook(receipt.returned_workbook)


def red(book: Workbook) -> set[str]:
    return {
        found.coordinate
        for row in book["Báo cáo"].iter_rows()
        for found in row
        if found.comment
        and found.comment.text.startswith("LỖI")
        and found.fill.start_color.rgb[2:] == FILLS["critical"]
    }


def figures(submission: str) -> list[tuple]:
    with database.connect("loader") as connection:
        return connection.execute(
            "select indicator_code, numerator_raw, denominator_raw, value_raw, problems from raw.line "
            "where submission_id = %s order by indicator_code",
            [submission],
        ).fetchall()


def test_a_refused_workbook_comes_back_marked_is_corrected_in_place_and_accepted(tmp_path):
    receipt = send(with_mistakes(), tmp_path)
    assert receipt.status == "rejected"
    book = returned(receipt)
    assert red(book) == {cell(book, code, column).coordinate for code, column in WHERE.items()}

    cell(book, "5.1", "D").value = 291
    cell(book, "14", "F").value = None
    cell(book, "9", "E").value = 300
    corrected = send(book, tmp_path)
    assert corrected.status in ("accepted", "accepted_with_warnings")
    assert {issue["severity"] for issue in corrected.issues} <= {"warning"}
    assert len(corrected.submissions) == 1  # the added sheet is no report

    right = filled_in()
    cell(right, "5.1", "D").value = 291
    assert figures(corrected.submission_id) == figures(send(right, tmp_path, "right.xlsx").submission_id)


def test_what_is_still_wrong_is_marked_again_and_what_was_corrected_is_not(tmp_path):
    book = returned(send(with_mistakes(), tmp_path))
    cell(book, "5.1", "D").value = 291
    again = returned(send(book, tmp_path))
    assert red(again) == {cell(again, code, WHERE[code]).coordinate for code in ("14", "9")}
    assert cell(again, "5.1", "D").comment is None
    assert [sheet.title for sheet in again.worksheets].count(SHEET) == 1


def test_the_receipt_names_the_workbook_that_lies_beside_it(tmp_path):
    receipt = send(with_mistakes(), tmp_path)
    folder = get_settings().home / "receipts"
    (kept,) = folder.glob("*.json")
    document = json.loads(kept.read_text(encoding="utf-8"))
    assert document == receipt.document()
    assert document["returned_workbook"] == str(kept.with_suffix(".xlsx"))
    assert "archive_uri" not in document
    assert kept.with_suffix(".xlsx").name in kept.with_suffix(".txt").read_text(encoding="utf-8")


def test_the_same_bytes_again_get_the_same_answer(tmp_path):
    first = send(with_mistakes(), tmp_path)
    (again,) = receiving.receive([str(tmp_path / "bao-cao.xlsx")])
    assert [issue["message_vi"] for issue in again.issues] == [issue["message_vi"] for issue in first.issues]
    assert again.status == "rejected" and again.submission_id != first.submission_id
    assert red(returned(again)) == red(returned(first)) != set()


def test_a_workbook_without_issues_is_not_returned(tmp_path):
    assert send(filled_in(), tmp_path).status != "rejected"
    correction = openpyxl.load_workbook(BytesIO(made.workbook(made.cell("B5", "đính chính"))))
    receipt = send(correction, tmp_path, "correction.xlsx")
    assert (receipt.status, receipt.issues, receipt.returned_workbook) == ("accepted", [], None)
    assert list((get_settings().home / "receipts").glob("*correction.xlsx.xlsx")) == []


def test_of_the_broken_files_those_that_can_be_opened_come_back(tmp_path):
    for expected in made.expected():
        made.make(expected.file, tmp_path)
    found = {receipt.file: receipt for receipt in receiving.receive([str(tmp_path)])}
    assert len(found) == len(made.expected())
    back = {name for name, receipt in found.items() if receipt.returned_workbook}
    openable = {
        expected.file
        for expected in made.expected()
        if expected.file.endswith(".xlsx") and not expected.rule_code.startswith(tuple(REFUSED_UNOPENED))
    }
    assert back == openable
    assert len(back) >= 15
    for name in back:
        book = returned(found[name])
        marked = [found for sheet in book.worksheets for row in sheet.iter_rows() for found in row if found.comment]
        assert book.sheetnames[0] == SHEET
        assert marked, name


def test_an_archive_that_is_gone_costs_the_workbook_and_not_the_receipt(tmp_path, monkeypatch):
    def gone(address, *, at_most):
        raise FileNotFoundError(address)

    monkeypatch.setattr(archive, "content", gone)
    receipt = send(with_mistakes(), tmp_path)
    assert (receipt.status, receipt.returned_workbook) == ("rejected", None)
