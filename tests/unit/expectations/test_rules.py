"""Rules as data: each has its row, each row is somebody's, and messages become SQL."""

from dataclasses import replace

import pytest

from expectations import gate, obligations, publication, rules
from expectations.rules import Rule, Suite
from expectations.suites import raw_cell
from warehouse import catalogue
from warehouse.settings import PROJECT_ROOT

CHECKED_BY_SUITES = {rule.code for suite in gate.SUITES for rule in suite.rules}


def source_of_ingest() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "ingest").rglob("*.py"))


def test_every_rule_of_the_gate_has_its_row():
    assert catalogue.gate_rules().keys() >= CHECKED_BY_SUITES
    assert len(CHECKED_BY_SUITES) == 58


def test_every_row_is_somebodys_rule():
    source = source_of_ingest()
    idle = [code for code in catalogue.gate_rules().keys() - CHECKED_BY_SUITES if f'"{code}"' not in source]
    assert idle == []


def test_what_the_reader_finds_is_what_the_reader_says():
    source = source_of_ingest()
    assert [code for code in raw_cell.FOUND_BY_READER if f'"{code}"' not in source] == []


@pytest.mark.parametrize("suites", [gate.SUITES, publication.SUITES, obligations.SUITES])
def test_a_code_stands_once_in_a_suite_and_every_suite_has_its_checked_table(suites):
    for suite in suites:
        codes = [rule.code for rule in suite.rules]
        assert len(codes) == len(set(codes)) > 0
        assert suite.relation == f"pg_temp.{suite.table}"
        assert f"-- {suite.table}.sql: one row per " in rules.check_table_query(suite.table)


def test_only_the_warnings_of_the_law_do_not_reject():
    warnings = {code for code, row in catalogue.gate_rules().items() if row.severity == "warning"}
    assert warnings == {
        "required_line_absent",
        "correction_without_report",
        "after_closing",
        "value_outside_soft_range",
        "figure_outside_soft_range",
        "figure_jumped",
        "base_differs_from_last_report",
        "value_disagrees",
        "value_without_parts",
        "numerator_without_use",
        "denominator_without_use",
        "figures_hidden",
        "hidden_sheet_ignored",
        "sheet_not_read",
        "column_not_read",
        "figure_outside_table",
        "csv_end_unclear",
    }


def test_a_message_becomes_sql_in_the_manner_of_its_language():
    assert rules.message_sql("Ô «{raw}»", "vi") == "concat('Ô «', raw, '»')"
    assert rules.message_sql("It's {figure}", "en") == "concat('It''s ', trim_scale(round(figure, 4))::text)"
    assert rules.message_sql("{figure}", "vi") == "concat(replace(trim_scale(round(figure, 4))::text, '.', ','))"


def test_a_figure_is_not_rounded_to_the_bound_that_it_breaks():
    beside_a_bound = "case when round(figure, 4) in (soft_min, soft_max) then figure else round(figure, 4) end"
    assert beside_a_bound in rules.message_sql("{figure}: {soft_range}", "en")
    assert rules.message_sql("{resolve_on}", "vi") == "concat(to_char(resolve_on, 'DD/MM/YYYY'))"
    assert "to_char(closed_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD" in rules.message_sql("{closed_at}", "en")


def test_the_version_of_the_rules_is_a_hash_of_what_decides():
    suite = Suite("s", "pg_temp.checked_line", (Rule("line_twice", "occurrence > 1"),))
    looser = replace(suite, rules=(Rule("line_twice", "occurrence > 2"),))
    tables = ["checked_line"]
    assert len(rules.version([suite], tables)) == 16
    assert rules.version([suite], tables) == rules.version([suite], tables)
    assert rules.version([suite], tables) != rules.version([looser], tables)
    assert rules.version([suite], tables) != rules.version([suite], [*tables, "checked_cell"])
