"""Every broken example breaks the rule that it is named after, and no other."""

import time

import pytest

from ingest import opening, reading
from ingest.reports import Refused, refused
from tests.fixtures import make_submissions as made
from warehouse import catalogue

EXPECTED = made.expected()


def found_in(reports):
    """(rule, place) of everything wrong, as expected.csv writes places."""
    for report in reports:
        for issue in report.issues:
            address = f"{issue.sheet}!{issue.cell}" if issue.cell else issue.sheet or ""
            yield issue.rule, f"line {issue.line}" if issue.line else address
        for line in report.lines:
            for part, rule in line.problems.items():
                column = report.part_columns.get(part, report.part_columns["indicator"])
                yield rule, f"{report.sheet}!{column}{line.row_no}" if report.sheet else f"line {line.row_no}"


def test_there_are_more_than_forty_of_them():
    assert len({row.file for row in EXPECTED}) == len(EXPECTED) >= 40
    committed = {path.name for path in made.SUBMISSIONS.iterdir()} - {"expected.csv"}
    assert committed | set(made.MAKERS) == {row.file for row in EXPECTED}


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.file)
def test_a_broken_file_is_answered_with_its_defect(row, tmp_path, measures):
    data = made.make(row.file, tmp_path).read_bytes()
    began = time.process_time()
    try:
        opening.check_size(len(data))
        reports = reading.read(data, measures)
    except Refused as reason:
        reports = [refused(reason.issue)]
    assert time.process_time() - began < 5
    found = set(found_in(reports))
    if row.decided_at == "gate":
        assert not found
        assert all(report.lines for report in reports)
    else:
        assert (row.rule_code, row.where) in found
        assert {rule for rule, _ in found} == {row.rule_code}


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.file)
def test_the_gate_knows_the_rule_and_its_severity(row):
    assert catalogue.gate_rules()[row.rule_code].severity == row.severity


def test_a_workbook_cut_off_anywhere_is_answered(measures):
    whole = made.workbook()
    for length in range(1, len(whole), 97):
        (report,) = reading.read(whole[:length], measures)
        assert report.issues[0].rule in {"file_damaged", "file_unknown", "encoding_unknown", "header_missing"}


def test_a_workbook_with_one_byte_changed_is_read_right_or_answered(measures):
    whole = made.workbook()
    good = reading.read(whole, measures)[0].lines
    for address in range(0, len(whole), 41):
        changed = whole[:address] + bytes([whole[address] ^ 0x55]) + whole[address + 1 :]
        for report in reading.read(changed, measures):
            assert report.issues or report.lines == good
