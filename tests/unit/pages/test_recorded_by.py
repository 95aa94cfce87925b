"""Whose address the history of decisions shows: a colleague's of the same unit, never of another one with its code."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from pages.language import Text
from pages.province.forms import recorded_by
from pipeline.deciding import Decision
from tests.unit.accounts.test_remit import account

EMPTY: dict[str, Any] = {field.name: None for field in fields(Decision)}
DECIDED = Decision(
    **EMPTY
    | {
        "kind": "exemption",
        "decided_at": datetime(2026, 1, 1, tzinfo=UTC),
        "email": "so@24.example",
        "account_unit_code": "24",
        "account_unit_id": "24@2025-07-01",
        "account_agency_code": "SYT",
    }
)


def test_a_colleague_and_the_operator_read_the_address_and_other_offices_the_office():
    shown = {
        (role, agency): recorded_by(DECIDED, account(role, "24", "24", agency))
        for role, agency in (("province", "SYT"), ("province", "UBND"), ("operates", "UBND"))
    }
    assert shown == {
        ("province", "SYT"): "so@24.example",
        ("province", "UBND"): "24 SYT",
        ("operates", "UBND"): "so@24.example",
    }


def test_the_unit_that_has_the_code_today_reads_no_address_of_the_one_that_had_it():
    before = replace(DECIDED, account_unit_id="24@start")
    assert recorded_by(before, account("province", "24", "24", "SYT")) == "24 SYT"


def test_what_no_account_recorded_came_from_the_command_line():
    unrecorded = replace(DECIDED, email=None, account_unit_code=None, account_unit_id=None, account_agency_code=None)
    found = recorded_by(unrecorded, account("province", "24", "24", "SYT"))
    assert isinstance(found, Text) and found.vi == "dòng lệnh"
