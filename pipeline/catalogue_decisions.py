"""Deadlines that are moved and exemptions that are granted or revoked by an act: rows of the office's own catalogue.

A decision adds a row with the next revision to BAOCAO_CATALOGUE, by the function that an import of a workbook uses, and
is recorded in the ledger. No row that is there is changed, so what was in force on an earlier day can still be told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from accounts import remit
from accounts.registry import Account
from pipeline import building, catalogue_import, catalogue_loading, deciding, decision_intents
from pipeline.catalogue_import import Plan
from pipeline.deciding import Act, Refused, Superseded
from pipeline.decision_intents import Intent
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.clock import ZONE
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.seeds import checks
from warehouse.seeds.checks import Project
from warehouse.seeds.files import Message, Row
from warehouse.seeds.own_rows import Edit, key_of
from warehouse.settings import get_settings

log = get_logger(__name__)

Cells = Mapping[str, str | None]
SEEDS = {"deadline": "deadlines", "exemption": "exemptions"}
OF_A_DECISION = "decision"
"""Stands for a file in what is found wrong: the row that would be added."""

MOST_YEARS_AHEAD = 2
IN_PROVINCE = """
select expected.unit_code, expected.unit_level, expected.is_owed, expected.reason like 'exempt by %%' as is_exempt
from app.expected_report as expected
join app.org_unit as unit using (unit_id)
join app.org_unit as province on province.unit_id = unit.current_province_id
where province.unit_code = %(province)s and expected.programme_code = %(programme)s
    and expected.period = %(period)s and expected.agency_code = %(agency)s
"""
RECORDED = "select 1 from ops.office_decision where decision_id = any(%s) limit 1"
ROOT = """
select from catalogue.programmes as programme
join app.org_unit as root on root.unit_code = programme.root_unit_code
join app.org_unit as province on province.unit_id = root.current_province_id
where programme.programme_code = %s and province.unit_code = %s limit 1
"""

NO_FOLDER = (
    "Chưa đặt BAOCAO_CATALOGUE, thư mục danh mục riêng của cơ quan, nên chưa ghi được quyết định nào trên trang. "
    "Người vận hành đặt một lần: baocao config set BAOCAO_CATALOGUE /srv/baocao/danh-muc"
)
NOT_YOURS = "Chỉ tài khoản của tỉnh quyết định về chương trình và đơn vị của tỉnh mình."
CHANGED = "Trong lúc trang đang mở, người khác đã quyết định về cùng việc này. Xin xem lại trước khi xác nhận."
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
    """A decision before it is taken. before: the row in force, None where there is none; after: the row to be added."""

    kind: Literal["deadline", "exemption"]
    before: Cells | None
    after: Cells
    by: Act
    reason: str = ""

    @property
    def revision(self) -> int:
        return int(self.after["revision"] or 0)


Make = Callable[[psycopg.Connection], Sequence[Planned]]


def moved_deadline(account: Account, deadline: Deadline, last_day: str, by: Act) -> Make:
    """Another last day in time. Raises Refused with the field that is wrong, when it is made."""

    def make(connection: psycopg.Connection) -> list[Planned]:
        _require_own(connection, account, deadline.programme)
        last = deciding.day("last_day", last_day)
        rows = _rows("deadlines", _key(deadline))
        of_level = _rows("deadlines", _key(replace(deadline, unit=None)))
        in_force = next(iter([*reversed(rows), *reversed(of_level)]), None)
        if deadline.unit:
            _require_units(connection, account, deadline, [deadline.unit])
        if in_force is None:
            raise WrongCall(NO_DEADLINE)
        _require_later_act(by, in_force)
        _require_sensible(last, in_force)
        after = {
            **_key(deadline),
            "revision": str(_next([*rows, *of_level])),  # reminders of its level's revisions are not its own
            "deadline_on": last.isoformat(),
            "reading": "inclusive",
            "phrase_vi": f"chậm nhất ngày {last:%d/%m/%Y}",
            "decided_on": by.on.isoformat(),
            "is_assumption": "false",
            "source": str(by),
        }
        return [Planned("deadline", in_force, after, by)]

    return make


def exempted(account: Account, report: Deadline, units: Sequence[str], by: Act, reason: str, *, revoke: bool) -> Make:
    """Units that are excused from a report, or owe it again (revoke). Raises Refused, when it is made."""

    def make(connection: psycopg.Connection) -> list[Planned]:
        _require_own(connection, account, report.programme)
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
            rows = _rows("exemptions", key)
            in_force = rows[-1] if rows else None
            is_exempt = in_force is not None and (in_force.get("is_revoked") or "").lower() != "true"
            if is_exempt != revoke:
                wrong = EXEMPT_ALREADY if is_exempt else NOT_EXEMPT
                raise Refused("units", _filled(wrong, code=unit))
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
            planned.append(Planned("exemption", in_force, after, by, why))
        return planned

    return make


def plan(make: Make) -> tuple[Sequence[Planned], str]:
    """What would be decided, and by what a later call knows that nothing was decided meanwhile. Writes nothing.

    Raises Refused, or WrongCall where the rows would break a rule of the catalogue.
    """
    with database.connect("loader") as connection:
        planned = make(connection)
    _require_valid(planned)
    return planned, _seen(planned)


def decide(make: Make, seen: str, account: Account) -> list[int]:
    """Take a decision that was planned; returns its numbers in the ledger.

    Raises Superseded where somebody decided about the same since it was planned, and what `plan` raises.
    """
    complete()
    with database.connect("loader") as connection:
        deciding.lock(connection)
        planned = make(connection)
        if _seen(planned) != seen:
            raise Superseded(CHANGED)
        edits = _require_valid(planned)
        numbers = [_record(connection, each, account.province_code, account.account_id) for each in planned]
        with _noted(numbers, planned, account), _put_back_on_error(_files(planned)):
            catalogue_import.write(building.DBT_PROJECT, Plan(edits, [], {}))
            connection.commit()
    chain.take_up()
    return numbers


def complete() -> list[int]:
    """What a kill left of a decision: its row of the catalogue is there and the ledger's is not, which is added now.

    Where the catalogue lacks it too nothing was decided. Returns the numbers of what was added.
    """
    folder = get_settings().catalogue
    if folder is None or decision_intents.found(folder) is None:
        return []
    with database.connect("loader") as connection:
        deciding.lock(connection)  # nobody is deciding: what is noted now is what a kill left
        intent = decision_intents.found(folder)
        numbers = [] if intent is None else _completed(connection, intent)
        connection.commit()
        decision_intents.forget(folder)
    if numbers:
        log.warning("A decision that a kill had left without its row in the ledger has it now: %s", numbers)
        chain.take_up()
    return numbers


def require_folder() -> Path:
    """Where decisions are written. Raises WrongCall where the office has no catalogue of its own."""
    folder = get_settings().catalogue
    if folder is None or not folder.is_dir():
        raise WrongCall(NO_FOLDER)
    return folder


def _completed(connection: psycopg.Connection, intent: Intent) -> list[int]:
    if connection.execute(RECORDED, [list(intent.numbers)]).fetchone():
        return []
    planned = [
        Planned(row["kind"], row["before"], row["after"], Act(row["act"], row["act_on"], row["by"]), row["reason"])
        for row in intent.rows
    ]
    there = [row.cells for row in catalogue_loading.read(building.DBT_PROJECT).tables[intent.seed].rows]
    added = [each for each in planned if any(each.after.items() <= _texts(cells).items() for cells in there)]
    return [_record(connection, each, intent.province_code, intent.account_id, intent.decided_at) for each in added]


def _texts(cells: Cells) -> dict[str, str | None]:
    return {name: value or None for name, value in cells.items()}


@contextmanager
def _noted(numbers: Sequence[int], planned: Sequence[Planned], account: Account) -> Iterator[None]:
    """Inside the block a kill leaves a note of what is being decided."""
    rows = [
        {
            **{"kind": each.kind, "before": each.before, "after": _texts(each.after), "reason": each.reason},
            **{"act": each.by.number, "act_on": each.by.on, "by": each.by.by},
        }
        for each in planned
    ]
    folder = require_folder()
    whose = account.province_code, account.account_id, clock.now()
    decision_intents.note(folder, Intent(numbers, SEEDS[planned[0].kind], *whose, rows))
    try:
        yield
    finally:
        decision_intents.forget(folder)


def _record(
    connection: psycopg.Connection,
    planned: Planned,
    province: str | None,
    account_id: UUID,
    at: datetime | None = None,
) -> int:
    about = {name: planned.after.get(name) for name in ("programme_code", "period", "unit_level", "unit_code")}
    return deciding.record(
        connection,
        planned.kind,
        province,
        account_id,
        at=at,
        by=planned.by,
        reason=planned.reason,
        before=planned.before,
        after=planned.after,
        agency_code=planned.after.get("agency_code"),
        **about,
    )


def _require_own(connection: psycopg.Connection, account: Account, programme: str) -> None:
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
            raise Refused(field, _filled(NO_REPORT, code=unit))


def _require_later_act(by: Act, in_force: Cells) -> None:
    former = in_force.get("decided_on")
    if former and by.on < date.fromisoformat(former):
        day = f"{date.fromisoformat(former):%d/%m/%Y}"
        raise Refused("act_on", _filled(TOO_EARLY, day=day))


def _require_sensible(last: date, in_force: Cells) -> None:
    former = date.fromisoformat(str(in_force["deadline_on"]))
    if last == former - timedelta(days=in_force["reading"] == "exclusive"):
        raise Refused("last_day", SAME_DAY)
    today = clock.now().astimezone(ZONE).date()
    furthest = max(today, former).replace(day=1) + timedelta(days=366 * MOST_YEARS_AHEAD)
    if last > furthest:
        raise Refused("last_day", _filled(TOO_FAR, day=f"{furthest:%d/%m/%Y}"))


def _require_valid(planned: Sequence[Planned]) -> list[Edit]:
    """The decisions as edits of the catalogue. Raises WrongCall where they would break one of its rules."""
    require_folder()
    project = catalogue_loading.read(building.DBT_PROJECT)
    tables, edits = dict(project.tables), []
    for number, each in enumerate(planned, 1):
        table = tables[SEEDS[each.kind]]
        cells = {name: each.after.get(name) for name in table.seed.column_types}
        row = Row(number, cells, OF_A_DECISION)
        tables[table.seed.name] = replace(table, rows=[*table.rows, row])
        edits.append(Edit(table.seed, "added", key_of(table.seed, cells), None, cells, row))
    found = checks.problems(replace(project, tables=tables, _keys={}))
    if wrong := [problem.vi for problem in found if problem.file == OF_A_DECISION]:
        raise WrongCall(" ".join(wrong))
    return edits


def _rows(seed: str, key: Cells) -> list[Cells]:
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


def _seen(planned: Sequence[Planned]) -> str:
    return ",".join(str(each.revision) for each in planned)


def _filled(message: Message, **values: Any) -> Message:
    return Message(*(each.format(**values) for each in message))


def _files(planned: Sequence[Planned]) -> list[Path]:
    return [require_folder() / f"{seed}.csv" for seed in dict.fromkeys(SEEDS[each.kind] for each in planned)]


@contextmanager
def _put_back_on_error(files: Sequence[Path]) -> Iterator[None]:
    """A row whose decision could not be committed is taken out of its file again."""
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        raise
