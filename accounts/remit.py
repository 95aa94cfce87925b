"""What an account may do, by its role: for whom it reports, whose accounts it looks after."""

from collections.abc import Collection

from accounts.registry import Account, Role

REPORTING: frozenset[Role] = frozenset({"reports", "province"})
"""Who hands reports in, for the own unit and agency."""
APPROVING: frozenset[Role] = frozenset({"approves", "province"})
"""Who approves reports where a programme asks for it: the unit's leader, or the province."""
INVITED_BY_A_PROVINCE: frozenset[Role] = frozenset({"reports", "approves"})


def may_report(account: Account, unit_code: str, units: Collection[str], agency: str) -> bool:
    """Whether a report with this code by this agency is the account's own.

    units: the ids of the units that it may be about, none where no unit may send it. A code passes from a unit that
    ended to another one, and an account does not go along.
    """
    is_own = not units or account.unit_id in units
    return account.role in REPORTING and is_own and (unit_code, agency) == (account.unit_code, account.agency_code)


def may_approve(account: Account, approver: str, unit_id: str, province_code: str, agency: str) -> bool:
    """Whether the account is the approver (`unit` or `province`) of a report about this unit by this agency."""
    if approver == "unit":
        return account.role == "approves" and (unit_id, agency) == (account.unit_id, account.agency_code)
    return account.role == "province" and province_code == account.province_code


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


def may_decide(account: Account) -> bool:
    """Whether the account decides about deadlines, exemptions and contacts: in its own province, and nowhere else."""
    return account.role == "province"
