"""`baocao checks` and `baocao issues`: what the gate found can be read by rule, file, cell, unit and programme."""

import csv
import io
import json

import pytest

from expectations import gate
from tests.integration.reports import put
from warehouse import clock

BACNINH = "bacninh-2026-2030"


@pytest.fixture(scope="module", autouse=True)
def two_reports(catalogue_without_reports: None) -> None:
    """A ward types text into a cell in October, another one an unknown indicator in November."""
    with clock.at("2026-10-05T08:00:00+07:00"):
        unreadable = {"3.1": {"numerator": "not_a_number"}}
        gate.check(put("07228", {"3.1": ("nhiều", 300)}, problems=unreadable))
    with clock.at("2026-11-05T08:00:00+07:00"):
        gate.check(put("07210", {"99": (1, 2)}, sheet=None))


def rows(command, *arguments: object) -> list[dict]:
    return json.loads(command(*arguments, "--json").out)


def test_an_issue_is_listed_with_file_sheet_cell_value_and_rule(command):
    (found,) = rows(command, "issues", "--rule", "not_a_number")

    assert found["file"] == "07228.xlsx" and (found["sheet"], found["cell"]) == ("Báo cáo", "D10")
    assert (found["raw"], found["severity"], found["report_status"]) == ("nhiều", "critical", "rejected")
    assert (found["programme_code"], found["unit_code"], found["period"]) == (BACNINH, "07228", "2026")
    assert "nhiều" in found["message_vi"]


@pytest.mark.parametrize(
    ("filters", "units"),
    [
        ((), {"07228", "07210"}),
        (("--unit", "07210"), {"07210"}),
        (("--unit", "24"), {"07228", "07210"}),
        (("--unit", "31"), set()),
        (("--programme", BACNINH), {"07228", "07210"}),
        (("--programme", "haiphong-directive28"), set()),
        (("--rule", "indicator_unknown"), {"07210"}),
        (("--since", "2026-11-01"), {"07210"}),
    ],
)
def test_issues_are_filtered_by_unit_with_those_below_programme_rule_severity_and_day(command, filters, units):
    assert {row["unit_code"] for row in rows(command, "issues", *filters)} == units


def test_issues_are_filtered_by_severity(command):
    everything, warnings = rows(command, "issues"), rows(command, "issues", "--severity", "warning")
    assert warnings == [row for row in everything if row["severity"] == "warning"]
    assert 0 < len(warnings) < len(everything)


def test_issues_as_csv_are_as_many_as_in_the_table(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    listed = list(csv.DictReader(io.StringIO(command("issues", "--csv").out)))
    table = command("issues")

    assert [row["raw"] for row in listed if row["rule"] == "not_a_number"] == ["nhiều"]
    assert f"{len(listed)} issues" in table.err and "Báo cáo!D10" in table.out


def test_an_unknown_rule_is_a_wrong_call(command):
    outcome = command("issues", "--rule", "no_such_rule")
    assert outcome.code == 2 and "There is no rule no_such_rule" in outcome.err


def test_checks_say_how_many_rows_were_checked_how_many_failed_and_of_which_programme(command):
    gate_rules = {row["rule"]: row for row in rows(command, "checks") if row["step"] == "receive"}

    assert gate_rules.keys() == {rule.code for suite in gate.SUITES for rule in suite.rules}
    unknown, not_read = gate_rules["indicator_unknown"], gate_rules["not_a_number"]
    assert (unknown["rows_checked"], unknown["rows_failed"], unknown["is_met"]) == (1, 1, False)
    assert unknown["programmes"] == {BACNINH: 1}
    assert (not_read["rows_failed"], not_read["is_met"], not_read["programmes"]) == (0, True, {})  # of the run before


def test_checks_list_what_is_broken_and_with_all_everything(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert "indicator_unknown" in command("checks").out and "not_a_number" not in command("checks").out
    assert "not_a_number" in command("checks", "--all").out
    assert "indicator_unknown" in command("checks", "--programme", BACNINH).out
    assert "No rule is broken" in command("checks", "--programme", "haiphong-directive28").out
