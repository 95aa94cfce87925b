"""Units are exempt from a report by an act, or an exemption is revoked by another one."""

import re
from typing import Any

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
from warehouse import clock, pool
from warehouse.as_of import set_session_as_of_unchecked
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError

Row = dict[str, Any]

ADDRESS = "/quyet-dinh/mien"
KEYS = ("programme", "period", "level", "agency")
PROGRAMME = "select name_vi from catalogue.programmes where programme_code = %s"
EFFECTS = """
select count(*) as units, count(*) filter (where is_overdue) as overdue,
    count(*) filter (where fulfilled_at is not null) as reported,
    (select count(*) from ops.alert_ledger as ledger
     where ledger.programme_code = %(programme)s and ledger.period = %(period)s and ledger.agency_code = %(agency)s
        and ledger.unit_code = any(%(units)s) and ledger.status in ('planned', 'no_contact')) as letters_open,
    exists (select from ops.period_closing as closing
        where closing.programme_code = %(programme)s and closing.period = %(period)s) as is_closed
from marts.fct_report_obligation
where programme_code = %(programme)s and period = %(period)s and agency_code = %(agency)s and unit_level = %(level)s
    and unit_code = any(%(units)s)
"""
NAMES = """
select distinct on (unit_code) unit_code, unit_name from app.org_unit_code
where unit_code = any(%s) order by unit_code, valid_to desc
"""
LEAD = Text(
    "Đơn vị được miễn không phải nộp và không bị nhắc, từ ngày của văn bản. Ngày trước đó vẫn xem lại được như cũ.",
    "An exempt unit owes nothing and is not reminded, from the document's date on. Earlier days can still be seen as "
    "they were.",
)
REVOKED = Text(
    "Từ ngày của văn bản đơn vị lại phải nộp. Thời gian đã được miễn vẫn xem lại được như cũ.",
    "From the document's date on the unit owes the report again. The time of its exemption can still be seen.",
)


def add(app: FastAPI) -> None:
    handling.add(app, ADDRESS, get=show, post=decide)


def show(visit: Visit, error: BaocaoError | None = None) -> Response:
    form = _form(visit, _report(visit))
    return forms.show(visit, form.with_error(error) if error else form)


def decide(visit: Visit) -> Response:
    """Shows what will change, and decides once that was confirmed."""
    report, units, revoke = _report(visit), _units(visit), _is_revocation(visit)
    if visit.field("step") == "sua":
        return show(visit)
    try:
        by = deciding.act(*(visit.field(name) for name in ("act", "act_on", "decided_by")))
        reason = visit.field("reason")
        make = planned_decisions.exempted(visit.account, report, units, by, reason, revoke=revoke)
        if forms.is_confirmed(visit):
            catalogue_decisions.decide(make, visit.field("seen"), visit.account)
            return visit.go("/quyet-dinh", xong="thu-hoi" if revoke else "mien")
        _, seen = catalogue_decisions.plan(make)
    except BaocaoError as error:
        return show(visit, error)
    changes = [*_changes(report, units, revoke), Text(f"Theo {by}", f"By {by}")]
    return forms.show(visit, _form(visit, report).to_confirm(changes, seen=seen))


def _form(visit: Visit, report: Deadline) -> Form:
    with pool.connection() as connection:
        row = connection.execute(PROGRAMME, [report.programme]).fetchone()
    if row is None or report.level not in terms.LEVELS or not report.period:
        raise errors.not_found(Text("Không có báo cáo nào như vậy.", "There is no such report."))
    revoke = _is_revocation(visit)
    units = Entry(
        "units",
        Text("Mã đơn vị", "Unit codes"),
        visit.field("units") or visit.view.get("units") or "",
        hint=Text("Nhiều đơn vị: cách nhau bằng dấu cách.", "Several: with blanks between them."),
    )
    reason = Entry(
        "reason",
        Text("Lý do", "Reason"),
        visit.field("reason"),
        hint=Text("Không nêu tên người.", "Name no person."),
    )
    who = "" if report.agency == DEFAULT_AGENCY else f", {report.agency}"
    period, level = terms.period(report.period), terms.LEVELS[report.level]
    return Form(
        ADDRESS,
        Text("Thu hồi việc miễn", "Revoke an exemption") if revoke else Text("Miễn báo cáo", "Exempt units"),
        REVOKED if revoke else LEAD,
        Text("Xem thay đổi", "See what will change"),
        [(None, [units, reason, *forms.act_entries(visit)])],
        terms=[
            (Text("Chương trình", "Programme"), str(row[0])),
            (Text("Kỳ báo cáo", "Period"), period),
            (Text("Ai phải nộp", "Who owes"), Text(level.vi + who, level.en + who)),
        ],
        hidden={**{name: getattr(report, name) for name in KEYS}, "revoke": "1" if revoke else ""},
    )


def _changes(report: Deadline, units: list[str], revoke: bool) -> list[Shown]:
    values = {name: getattr(report, name) for name in KEYS} | {"units": units}
    with pool.connection() as connection:
        names: dict[str, str] = dict(connection.execute(NAMES, [units]).fetchall())
        set_session_as_of_unchecked(connection, clock.now())
        found = connection.cursor(row_factory=dict_row).execute(EFFECTS, values).fetchone()
    assert found is not None
    listed = ", ".join(f"{names.get(code, '')} ({code})".strip() for code in units)
    if revoke:
        head = Text("{n} đơn vị lại phải nộp: {units}", "{n} units owe the report again: {units}")
        return [head.fill(n=found["units"], units=listed)]
    stated: list[tuple[int, Text]] = [
        (found["overdue"], Text("{n} báo cáo thôi quá hạn", "{n} reports are overdue no longer")),
        (found["letters_open"], Text("{n} lời nhắc chưa gửi được huỷ", "{n} reminders that wait are cancelled")),
        (
            found["reported"],
            Text("{n} đơn vị đã nộp: báo cáo vẫn được giữ", "{n} units have reported: their reports are kept"),
        ),
        (found["is_closed"], Text("Kỳ này đã khoá sổ.", "The period is closed.")),
    ]
    head = Text("{n} đơn vị được miễn: {units}", "{n} units are exempt: {units}").fill(n=found["units"], units=listed)
    return [head, *(text.fill(n=count) for count, text in stated if count)]


def _report(visit: Visit) -> Deadline:
    """Of the address or the form. Raises PageError for a programme of another province."""
    given = {name: visit.field(name) or visit.view.get(name) or "" for name in KEYS}
    programme = forms.own_programme(visit, given["programme"])
    return Deadline(programme, given["period"], given["level"], given["agency"] or DEFAULT_AGENCY)


def _units(visit: Visit) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", visit.field("units"))))


def _is_revocation(visit: Visit) -> bool:
    return bool(visit.field("revoke") or visit.view.get("revoke"))
