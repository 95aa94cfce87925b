"""What an account may do, by its role."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts import remit
from accounts.registry import ROLES, Account, Role


def account(role: Role, unit: str = "07228", province: str = "24", agency: str = "UBND") -> Account:
    return Account(
        account_id=uuid4(),
        email=f"{role}-{unit}@example.org",
        role=role,
        unit_id=f"{unit}@2025-07-01",
        unit_code=unit,
        unit_name=unit,
        unit_level="province" if unit == province else "commune",
        province_code=province,
        agency_code=agency,
        has_ended=False,
        has_lost_code=False,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        disabled_at=None,
        last_signed_in_at=None,
        password_hash=None,
        totp_secret=None,
        totp_step=None,
        oidc_subject=None,
    )


@pytest.mark.parametrize(
    ("unit", "units", "agency", "may"),
    [
        ("07228", (), "UBND", True),
        ("07228", {"07228@2025-07-01"}, "UBND", True),
        ("07228", {"07228@2025-07-01", "07228@start"}, "UBND", True),
        ("07228", {"07228@start"}, "UBND", False),
        ("07228", {"07210@2025-07-01"}, "UBND", False),
        ("07210", (), "UBND", False),
        ("07210", {"07228@2025-07-01"}, "UBND", False),
        ("07228", (), "VPHDND", False),
        ("24", (), "UBND", False),
    ],
)
def test_a_report_is_the_accounts_own_by_code_unit_and_agency_together(unit, units, agency, may):
    assert remit.may_report(account("reports"), unit, units, agency) is may


@pytest.mark.parametrize(
    ("role", "may"), [("reports", True), ("approves", False), ("province", True), ("operates", False)]
)
def test_two_roles_hand_reports_in(role, may):
    assert remit.may_report(account(role), "07228", (), "UBND") is may


def test_nobody_invites_an_equal_or_oneself_and_operators_are_made_on_the_command_line():
    invited = {
        (by, role, province)
        for by in ROLES
        for role in ROLES
        for province in ("24", "31")
        if remit.may_invite(account(by, "24"), role, province)
    }
    of_province = {("province", role, "24") for role in ("reports", "approves")}
    of_operator = {("operates", role, place) for role in ("reports", "approves", "province") for place in ("24", "31")}
    assert invited == of_province | of_operator

    operator = account("operates", "24")
    assert not remit.may_manage(operator, operator)
    assert remit.may_manage(account("province", "24"), account("reports"))
    assert not remit.may_manage(account("province", "31", "31"), account("reports"))
