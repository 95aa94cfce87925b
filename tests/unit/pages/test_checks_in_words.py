"""Every check has words of both languages on the page of quality, whoever adds one."""

from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest

from expectations import suites
from pages.language import Text
from pages.quality import checks
from warehouse import code_labels
from warehouse.settings import PROJECT_ROOT

SUITES = [import_module(f"{suites.__name__}.{module.name}").SUITE for module in iter_modules(suites.__path__)]
OF_DBT = [path.stem for path in (PROJECT_ROOT / "dbt_project" / "tests").rglob("*.sql")]
OF_DBT_ITSELF = ["not_null", "unique", "relationships", "accepted_values"]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_rules_and_what_they_check_have_words(suite):
    assert suite.name in code_labels.labels("checked_table")
    without = [rule.code for rule in suite.rules if not isinstance(checks.described(rule.code), Text)]
    assert suite.rules and without == []


def test_dbt_tests_have_the_words_of_their_kind():
    assert len(OF_DBT) > 10
    for name in [*OF_DBT, *OF_DBT_ITSELF]:
        assert isinstance(checks.described(name), Text), name
    assert checks.described("is_unique_key_dim_org_unit_unit_id") == checks.described("is_unique_key")
    assert checks.described("of_no_known_kind") == "of_no_known_kind"


def test_a_rule_of_the_gate_is_the_issue_it_looks_for_without_a_reports_own_values():
    assert tuple(checks.described("programme_unknown")) == (
        "Lỗi: Không có chương trình mã «…»: xin kiểm tra mã chương trình.",
        "Issue: There is no programme «…»: please check the programme code.",
    )


def test_of_each_step_what_is_broken_comes_first_and_what_is_about_tables_last():
    given = [
        ("catalogue", "seeds", "a wrong row", False),
        ("build", "dbt_tests", "not_null_a", True),
        ("build", "conserved_sum", "numerator_not_conserved", True),
        ("build", "dbt_tests", "not_null_b", False),
        ("receive", "raw_cell", "formula_in_cell", True),
    ]
    rows = [
        dict(zip(("step", "suite", "rule", "is_met"), each, strict=True))
        | {"checked_at": datetime(2026, 12, 1, tzinfo=UTC), "rows_checked": 1, "rows_failed": 0}
        for each in given
    ]
    table = checks.section(rows).table
    assert [row[-1].text for row in table.rows] == [
        "formula_in_cell",
        "not_null_b",
        "numerator_not_conserved",
        "not_null_a",
        "",
    ]
    assert table.rows[-1][0].text == "a wrong row"
