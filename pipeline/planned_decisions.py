"""What a decision about a deadline or an exemption would be, and whether it may be taken: nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from accounts import remit
from accounts.registry import Account
from pipeline import building, catalogue_loading, deciding
from pipeline.deciding import Act, Refused
from warehouse import clock
from warehouse.clock import ZONE
from warehouse.errors import WrongCall
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Message

Cells = Mapping[str, str | None]

MOST_YEARS_AHEAD = 2
IN_PROVINCE = """
select expected.unit_code, expected.unit_level, expected.is_owed, expected.reason like 'exempt by %%' as is_exempt
from app.expected_report as expected
join app.org_unit as unit using (unit_id)
join app.org_unit as province on province.unit_id = unit.current_province_id
where province.unit_code = %(province)s and expected.programme_code = %(programme)s
    and expected.period = %(period)s and expected.agency_code = %(agency)s
"""
ROOT = """
select from catalogue.programmes as programme
join app.org_unit as root on root.unit_code = programme.root_unit_code
join app.org_unit as province on province.unit_id = root.current_province_id
where programme.programme_code = %s and province.unit_code = %s limit 1
"""


NOT_YOURS = "Chỉ tài khoản của tỉnh quyết định về chương trình và đơn vị của tỉnh mình."
NO_DEADLINE = "Kế hoạch không ghi hạn nộp nào như vậy."
SAME_DAY = Message("That is the last day already.", "Hạn đang có cũng là ngày này.")
TOO_EARLY = Message(
    "The document is older than the decision that is in force ({day}).",
    "Văn bản cũ hơn quyết định đang có hiệu lực (ngày {day}).",
)
TOO_FAR = Message("The day is further than {day}.", "Ngày này xa hơn {day}.")
NO_REPORT = Message(
    "No unit of the province with the code “{code}” owes this report.",
    "Không có đơn vị nào trong tỉnh mang mã «{code}» phải nộp báo cáo này.",
)
EXEMPT_ALREADY = Message("{code} is exempt already.", "{code} đã được miễn.")
NOT_EXEMPT = Message("{code} is not exempt.", "{code} không được miễn.")


@dataclass(frozen=True)
class Deadline:
    """Whose deadline it is. unit: None for all units of the level that have no date of their own."""

    programme: str
    period: str
    level: str
    agency: str
    unit: str | None = None


@dataclass(frozen=True)
class Planned:
    """A decision before it is taken. before: the row in force, None where there is none; after: the row to be added.

    revision: its number among the rows of its key.
    """

    kind: Literal["deadline", "exemption", "target", "class"]
    before: Cells | None
    after: Cells
    by: Act
    reason: str = ""
    revision: int = 0


Make = Callable[[psycopg.Connection], Sequence[Planned]]


def moved_deadline(account: Account, deadline: Deadline, last_day: str, by: Act) -> Make:
    """Another last day in time. Raises Refused with the field that is wrong, when it is made."""

    def make(connection: psycopg.Connection) -> list[Planned]:
        require_own(connection, account, deadline.programme)
        last = deciding.day("last_day", last_day)
        rows = rows_of("deadlines", _key(deadline))
        of_level = rows_of("deadlines", _key(replace(deadline, unit=None)))
        in_force = next(iter([*reversed(rows), *reversed(of_level)]), None)
        if deadline.unit:
            _require_units(connection, account, deadline, [deadline.unit])
        if in_force is None:
            raise WrongCall(NO_DEADLINE)
        _require_later_act(by, in_force)
        _require_sensible(last, in_force)
        revision = _next([*rows, *of_level])  # reminders of its level's revisions are not its own
        after = {
            **_key(deadline),
            "revision": str(revision),
            "deadline_on": last.isoformat(),
            "reading": "inclusive",
            "phrase_vi": f"chậm nhất ngày {last:%d/%m/%Y}",
            "decided_on": by.on.isoformat(),
            "is_assumption": "false",
            "source": str(by),
        }
        return [Planned("deadline", in_force, after, by, revision=revision)]

    return make


def exempted(account: Account, report: Deadline, units: Sequence[str], by: Act, reason: str, *, revoke: bool) -> Make:
    """Units that are excused from a report, or owe it again (revoke). Raises Refused, when it is made."""

    def make(connection: psycopg.Connection) -> list[Planned]:
        require_own(connection, account, report.programme)
        if not units:
            raise Refused("units", deciding.EMPTY)
        why = deciding.text("reason", reason, deciding.LONGEST_REASON)
        _require_units(connection, account, report, units, "units")
        planned = []
        for unit in dict.fromkeys(units):
            key = {
                "programme_code": report.programme,
                "period": report.period,
                "unit_code": unit,
                "agency_code": report.agency,
            }
            rows = rows_of("exemptions", key)
            in_force = rows[-1] if rows else None
            is_exempt = in_force is not None and (in_force.get("is_revoked") or "").lower() != "true"
            if is_exempt != revoke:
                wrong = EXEMPT_ALREADY if is_exempt else NOT_EXEMPT
                raise Refused("units", filled(wrong, code=unit))
            if in_force:
                _require_later_act(by, in_force)
            after = {
                **key,
                "revision": str(_next(rows)),
                "act": str(by),
                "decided_on": by.on.isoformat(),
                "is_revoked": "true" if revoke else "false",
                "reason_vi": why,
                "source": str(by),
            }
            planned.append(Planned("exemption", in_force, after, by, why, int(after["revision"])))
        return planned

    return make


def require_own(connection: psycopg.Connection, account: Account, programme: str) -> None:
    """Raises WrongCall where the account does not decide about the programme."""
    if not remit.may_decide(account) or not connection.execute(ROOT, [programme, account.province_code]).fetchall():
        raise WrongCall(NOT_YOURS)


def _require_units(
    connection: psycopg.Connection, account: Account, report: Deadline, units: Sequence[str], field: str = "unit"
) -> None:
    values = {"province": account.province_code, "programme": report.programme, "period": report.period}
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute(IN_PROVINCE, values | {"agency": report.agency}).fetchall()
    known = {
        str(row["unit_code"])
        for row in found
        if row["unit_level"] == report.level and (row["is_owed"] or row["is_exempt"])
    }
    for unit in units:
        if unit not in known:
            raise Refused(field, filled(NO_REPORT, code=unit))


def _require_later_act(by: Act, in_force: Cells) -> None:
    require_later(by, in_force.get("decided_on"))


def require_later(by: Act, former: str | None) -> None:
    """Raises Refused where the document is older than the decision that is in force."""
    if former and by.on < date.fromisoformat(former):
        day = f"{date.fromisoformat(former):%d/%m/%Y}"
        raise Refused("act_on", filled(TOO_EARLY, day=day))


def _require_sensible(last: date, in_force: Cells) -> None:
    former = date.fromisoformat(str(in_force["deadline_on"]))
    if last == former - timedelta(days=in_force["reading"] == "exclusive"):
        raise Refused("last_day", SAME_DAY)
    today = clock.now().astimezone(ZONE).date()
    furthest = max(today, former).replace(day=1) + timedelta(days=366 * MOST_YEARS_AHEAD)
    if last > furthest:
        raise Refused("last_day", filled(TOO_FAR, day=f"{furthest:%d/%m/%Y}"))


def rows_of(seed: str, key: Cells) -> list[Cells]:
    """The rows of a seed with this key, by revision; an exemption without one is the first."""
    project: Project = catalogue_loading.read(building.DBT_PROJECT)
    found = (row.cells for row in project.tables[seed].rows)
    of_key = [cells for cells in found if all(cells.get(name) == value for name, value in key.items())]
    return sorted(of_key, key=lambda cells: int(cells.get("revision") or 1))


def _next(rows: Sequence[Cells]) -> int:
    return max((int(cells.get("revision") or 1) for cells in rows), default=0) + 1


def _key(deadline: Deadline) -> dict[str, str | None]:
    return {
        "programme_code": deadline.programme,
        "period": deadline.period,
        "unit_level": deadline.level,
        "agency_code": deadline.agency,
        "unit_code": deadline.unit,
    }


def filled(message: Message, **values: Any) -> Message:
    return Message(*(each.format(**values) for each in message))
