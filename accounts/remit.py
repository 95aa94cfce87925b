"""What an account may do, by its role: for whom it reports, whose accounts it looks after."""

from accounts.registry import Account, Role

REPORTING: frozenset[Role] = frozenset({"reports", "province"})
"""Who hands reports in, for the own unit and agency. `approves` is reserved for the approval of reports."""
INVITED_BY_A_PROVINCE: frozenset[Role] = frozenset({"reports", "approves"})


def may_report(account: Account, unit_code: str, unit_id: str | None, agency: str) -> bool:
    """Whether a report about this unit by this agency is the account's own.

    unit_id: as a file may name it beside the code; one of another unit would decide over the code.
    """
    of_unit = unit_id is None or unit_id.partition("@")[0] == account.unit_code
    return account.role in REPORTING and of_unit and (unit_code, agency) == (account.unit_code, account.agency_code)


def may_invite(account: Account, role: str, province_code: str) -> bool:
    """Whether the account may invite somebody with this role for a unit in this province.

    A province invites for its communes and never its equals; accounts that operate are made on the command line only.
    """
    if account.role == "operates":
        return role != "operates"
    return account.role == "province" and role in INVITED_BY_A_PROVINCE and province_code == account.province_code


def may_manage(account: Account, other: Account) -> bool:
    """Whether the account may send the other a new invitation, or disable it."""
    return other.account_id != account.account_id and may_invite(account, other.role, other.province_code)
