"""A deadline is moved by an act: for all units of a level, or for one."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row

from pages import errors, terms
from pages.language import Shown, Text
from pages.province import forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import catalogue_decisions, deciding, planned_decisions
from pipeline.planned_decisions import Deadline
from warehouse import clock, pool, queries, wording
from warehouse.as_of import set_session_as_of_unchecked
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.clock import ZONE
from warehouse.errors import BaocaoError

Row = dict[str, Any]

ADDRESS = "/quyet-dinh/han"
EFFECTS = queries.load(__file__, "effects")
IN_FORCE = """
select deadline.last_on_time_on, deadline.phrase, deadline.unit_code, programme.name_vi, programme.day_off_rule
from marts.dim_deadline as deadline join catalogue.programmes as programme using (programme_code)
where deadline.programme_code = %(programme)s and deadline.period = %(period)s and deadline.unit_level = %(level)s
    and deadline.agency_code = %(agency)s and (deadline.unit_code is null or deadline.unit_code = %(unit)s)
order by deadline.unit_code nulls last limit 1
"""
KEYS = ("programme", "period", "level", "agency")

NO_DEADLINE = Text("Kế hoạch không ghi hạn nộp nào như vậy.", "The plan names no such deadline.")
LEAD = Text(
    "Hạn mới có hiệu lực từ ngày của văn bản. Hạn cũ vẫn xem lại được theo ngày; quyết định sai thì dời lại bằng "
    "quyết định mới.",
    "The new deadline is in force from the document's date on. The old one can still be seen as of a day; a wrong "
    "decision is undone by another one.",
)
MOVES_OFF_DAYS = Text(
    "Theo chương trình, ngày cuối rơi vào ngày nghỉ thì chuyển sang ngày làm việc kế tiếp.",
    "By the programme's rule a last day on a day off moves to the next working day.",
)


def add(app: FastAPI) -> None:
    handling.add(app, ADDRESS, get=show, post=decide)


def show(visit: Visit, error: BaocaoError | None = None) -> Response:
    deadline = _deadline(visit)
    with pool.connection() as connection:
        form = _form(visit, deadline, _in_force(connection, deadline))
    return forms.show(visit, form.with_error(error) if error else form)


def decide(visit: Visit) -> Response:
    """Shows what will change, and decides once that was confirmed."""
    deadline = _deadline(visit)
    if visit.field("step") == "sua":
        return show(visit)
    try:
        by = deciding.act(*(visit.field(name) for name in ("act", "act_on", "decided_by")))
        make = planned_decisions.moved_deadline(visit.account, deadline, visit.field("last_day"), by)
        if forms.is_confirmed(visit):
            catalogue_decisions.decide(make, visit.field("seen"), visit.account)
            return visit.go("/quyet-dinh", xong="han")
        planned, seen = catalogue_decisions.plan(make)
    except BaocaoError as error:
        return show(visit, error)
    last = deciding.day("last_day", visit.field("last_day"))
    with pool.connection() as connection:
        form = _form(visit, deadline, _in_force(connection, deadline))
        changes = _changes(_effects(connection, deadline, last), wording.day(last))
    return forms.show(visit, form.to_confirm([*changes, _by_act(str(planned[0].by))], seen=seen))


def _form(visit: Visit, deadline: Deadline, row: Row) -> Form:
    unit = Entry(
        "unit",
        Text("Chỉ cho một đơn vị (mã)", "For one unit alone (code)"),
        visit.field("unit") or visit.view.get("unit") or "",
        hint=Text("Để trống: mọi đơn vị của cấp này.", "Empty: all units of the level."),
        is_required=False,
    )
    last = Entry(
        "last_day", Text("Ngày cuối được coi là đúng hạn", "Last day in time"), visit.field("last_day"), "date"
    )
    if row["day_off_rule"] == "next_working_day":
        last = replace(last, hint=MOVES_OFF_DAYS)
    return Form(
        ADDRESS,
        Text("Dời hạn nộp", "Move a deadline"),
        LEAD,
        Text("Xem thay đổi", "See what will change"),
        [(None, [last, unit, *forms.act_entries(visit)])],
        terms=[
            (Text("Chương trình, kỳ", "Programme, period"), _report(row["name_vi"], deadline)),
            (Text("Ai phải nộp", "Who owes"), _who(deadline)),
            (Text("Hạn đang có", "Deadline now"), f"{wording.day(row['last_on_time_on'])} ({row['phrase']})"),
        ],
        hidden={name: getattr(deadline, name) for name in KEYS},
    )


def _changes(found: Row, day: str) -> list[Shown]:
    """12 letters that went out are not sent again, and so on: what is none is left out."""
    stated: list[tuple[int, Text]] = [
        (found["no_longer_overdue"], Text("{n} báo cáo thôi quá hạn", "{n} reports are overdue no longer")),
        (found["newly_overdue"], Text("{n} báo cáo thành quá hạn", "{n} reports become overdue")),
        (found["newly_in_time"], Text("{n} báo cáo nộp muộn thành đúng hạn", "{n} late reports become on time")),
        (found["newly_late"], Text("{n} báo cáo đúng hạn thành muộn", "{n} reports on time become late")),
        (
            found["letters_sent"],
            Text("{n} thư nhắc đã gửi không gửi lại", "{n} reminders that went out are not sent again"),
        ),
        (
            found["letters_open"],
            Text("{n} lời nhắc chưa gửi theo hạn cũ được huỷ", "{n} reminders of the old deadline are cancelled"),
        ),
    ]
    head = Text("{n} đơn vị, hạn mới {day}", "{n} units, last day {day}").fill(n=found["units"], day=day)
    closed = Text("Kỳ này đã khoá sổ: không ai được nhắc nữa.", "The period is closed: nobody is reminded any more.")
    return [head, *(text.fill(n=count) for count, text in stated if count), *([closed] if found["is_closed"] else [])]


def _by_act(act: str) -> Text:
    return Text(f"Theo {act}", f"By {act}")


def _effects(connection: psycopg.Connection, deadline: Deadline, last: date) -> Row:
    set_session_as_of_unchecked(connection, clock.now())
    values = _values(deadline) | {
        "now": clock.now(),
        "deadline_at": datetime.combine(last + timedelta(days=1), time(), ZONE),
    }
    row = connection.cursor(row_factory=dict_row).execute(EFFECTS.encode(), values).fetchone()
    assert row is not None
    return row


def _in_force(connection: psycopg.Connection, deadline: Deadline) -> Row:
    set_session_as_of_unchecked(connection, clock.now())
    row = connection.cursor(row_factory=dict_row).execute(IN_FORCE, _values(deadline)).fetchone()
    if row is None:
        raise errors.not_found(NO_DEADLINE)
    return row


def _deadline(visit: Visit) -> Deadline:
    """Of the address or the form. Raises PageError for a programme of another province."""
    given = {name: visit.field(name) or visit.view.get(name) or "" for name in (*KEYS, "unit")}
    programme = forms.own_programme(visit, given["programme"])
    agency = given["agency"] or DEFAULT_AGENCY
    return Deadline(programme, given["period"], given["level"], agency, given["unit"].strip() or None)


def _values(deadline: Deadline) -> Row:
    return {name: getattr(deadline, name) for name in (*KEYS, "unit")}


def _report(name: str, deadline: Deadline) -> Text:
    return Text("{name}, {period}", "{name}, {period}").fill(name=name, period=terms.period(deadline.period))


def _who(deadline: Deadline) -> Shown:
    level = terms.LEVELS.get(deadline.level, Text(deadline.level, deadline.level))
    agency = "" if deadline.agency == DEFAULT_AGENCY else f", {deadline.agency}"
    return Text(level.vi + agency, level.en + agency)
