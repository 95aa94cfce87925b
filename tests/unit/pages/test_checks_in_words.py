"""Every check has words of both languages on the page of quality, whoever adds one."""

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
