"""docs/gate.md says of every rule what the code does."""

import re

from expectations import obligations, publication
from expectations.rules import severities_of
from warehouse import catalogue
from warehouse.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (critical|warning) \| (.+) \|$", re.MULTILINE)


def test_every_rule_of_the_gate_stands_on_its_page_with_severity_and_message():
    expected = {code: (row.severity, row.message_vi) for code, row in catalogue.gate_rules().items()}
    on_page = {code: (severity, text) for code, severity, text in ROW.findall(PAGE) if code in expected}
    assert on_page == expected


def test_every_check_on_the_marts_stands_on_its_page():
    expected = severities_of(publication.SUITES + obligations.SUITES)
    on_page = {code: severity for code, severity, _ in ROW.findall(PAGE) if code in expected}
    assert on_page == expected
