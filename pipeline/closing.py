"""Close a period: a person has looked at it, and what is published then is the vintage that stays.

Reports that are accepted for it later count as ever, and are marked as after closing; nobody is reminded any more. The
figures of the closing are read as of its moment, for ever.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row, dict_row

from warehouse import catalogue, clock, database, wording
from warehouse.as_of import set_session_as_of
from warehouse.audit import chain
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError, WrongCall

PERIOD_STATUS = """
select count(*) as obligations, count(*) filter (where accepted_at is not null) as accepted,
    count(*) filter (where accepted_at is null and is_overdue) as missing
from marts.fct_report_obligation where programme_code = %(programme)s and period = %(period)s and status <> 'exempt'
"""

OVERDUE = """
select coalesce(unit_name, unit_code) as unit_name, unit_code, coalesce(agencies.name_vi, agency_code) as agency_name,
    agency_code, status
from marts.rpt_missing_reports
left join catalogue.agencies using (programme_code, agency_code)
where programme_code = %(programme)s and period = %(period)s
order by unit_code, agency_code
"""

LISTED_AT_MOST = 60
"""Reports that the question names; the others are counted."""

SUBJECT = "Khoá sổ {period}? {name}"

BODY = """\
| Báo cáo {period} | Số lượng |
|:--|--:|
| Phải nộp | {obligations} |
| Đã nhận | {accepted} |
| Quá hạn mà chưa nhận được | {missing} |
| Chưa nhận được, nhưng chưa đến hạn hoặc không có thời hạn | {pending} |

**{close}**: số liệu lúc khoá được giữ nguyên để tra cứu và không ai bị nhắc nữa; báo cáo đến sau vẫn được nhận, vẫn \
được tính và được đánh dấu là đến sau khi khoá. Việc khoá sổ không rút lại được.

**{keep_open}**: không có gì thay đổi; khi cần thì hỏi lại.

{overdue}

Số liệu lúc {at}.
"""


@dataclass(frozen=True)
class Closed:
    """A closing, with the counts of the period's reports: owed, accepted, and overdue with nothing accepted."""

    programme: str
    period: str
    closed_at: datetime
    obligations: int
    accepted: int
    missing: int


@dataclass(frozen=True)
class OverdueReport:
    """An overdue report: who owes it, and whether one was rejected."""

    unit_name: str
    unit_code: str
    agency_name: str
    agency_code: str
    status: str

    def __str__(self) -> str:
        agency = "" if self.agency_code == DEFAULT_AGENCY else f", {self.agency_name}"
        refused = ", đã gửi nhưng bị từ chối" if self.status == "rejected" else ""
        return f"{self.unit_name} ({self.unit_code}{agency}{refused})"


@dataclass(frozen=True)
class Decision:
    """A person's decision on the question. by: their name, None where nobody decided in time."""

    by: str | None
    at: datetime
    note: str = ""

    def __str__(self) -> str:
        who = f"{self.by} trả lời" if self.by else "hết thời gian chờ, không ai trả lời"
        return f"{who} lúc {wording.timestamp(self.at)}" + (f": {self.note}" if self.note else "")


def period_status(programme: str, period: str) -> Closed:
    """The counts of a period that is about to be closed; closed_at is now.

    Raises WrongCall for an unknown or a closed period, BaocaoError where accepted reports are not in the marts yet.
    """
    with database.connect() as connection:
        return _period_status(connection, programme, period)


def question(programme: str, period: str, close: str, keep_open: str) -> dict[str, str]:
    """What the one who decides is shown: a subject, and a body in Markdown with the counts, what each answer
    does and whose reports are overdue. close, keep_open: the answers as the page calls them.

    Raises as `period_status` does.
    """
    with database.connect() as connection:
        status = _period_status(connection, programme, period)
        name = catalogue.programme(connection, programme).name_vi
        cursor = connection.cursor(row_factory=class_row(OverdueReport))
        overdue = cursor.execute(OVERDUE, {"programme": programme, "period": period}).fetchall()
    values = asdict(status) | {"period": wording.period(period), "close": close, "keep_open": keep_open}
    pending = status.obligations - status.accepted - status.missing
    return {
        "subject": SUBJECT.format(name=name, **values),
        "body": BODY.format(pending=pending, overdue=_named(overdue), at=wording.timestamp(status.closed_at), **values),
    }


def close(programme: str, period: str, note: str = "") -> Closed:
    """Close a period; note: who approved it and why, for those who ask later. Raises as `period_status` does."""
    closed = period_status(programme, period)
    with database.connect() as connection:
        kept = connection.execute(
            "insert into ops.period_closing (programme_code, period, closed_at, note) "
            "values (%s, %s, %s, nullif(%s, '')) on conflict do nothing",
            [programme, period, closed.closed_at, note],
        )
    if not kept.rowcount:
        raise WrongCall(f"{programme} {period} was closed by somebody else at this moment.")
    chain.take_up()
    return closed


def close_as_decided(programme: str, period: str, decision: Decision) -> str:
    """Close a period after somebody's approval, which is kept as its note; returns a sentence for officers.

    The same decision closes once: a second try finds it done. Raises as `period_status` does.
    """
    with database.connect() as connection:
        closing = connection.execute(
            "select closed_at from ops.period_closing where programme_code = %s and period = %s and note = %s",
            [programme, period, str(decision)],
        ).fetchone()
    if closing:
        return f"Đã khoá {programme}, {wording.period(period)}, lúc {wording.timestamp(closing[0])}."
    return closed_message(close(programme, period, str(decision)))


def closed_message(closed: Closed) -> str:
    """A closing in a sentence for officers."""
    return (
        f"Đã khoá {closed.programme}, {wording.period(closed.period)}, lúc {wording.timestamp(closed.closed_at)}: "
        f"{closed.accepted}/{closed.obligations} báo cáo đã nhận, {closed.missing} còn thiếu."
    )


def kept_open_message(programme: str, period: str, decision: Decision) -> str:
    """That a period stays open, in a sentence for officers."""
    return f"Không khoá {programme}, {wording.period(period)} ({decision})."


def _period_status(connection: psycopg.Connection, programme: str, period: str) -> Closed:
    found = catalogue.period(connection, programme, period)
    now = clock.now()
    if found.kind != "owed":
        raise WrongCall(f"{programme} {period} is a baseline: nothing is owed for it, and nothing is closed.")
    closing = connection.execute(
        "select closed_at from ops.period_closing where programme_code = %s and period = %s", [programme, period]
    ).fetchone()
    if closing:
        raise WrongCall(f"{programme} {period} was closed at {closing[0].astimezone(clock.ZONE).isoformat()}.")
    built = connection.execute("select to_regclass('marts.fct_report_obligation') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    set_session_as_of(connection, now)
    cursor = connection.cursor(row_factory=dict_row)
    row = cursor.execute(PERIOD_STATUS, {"programme": programme, "period": period}).fetchone()
    assert row is not None
    return Closed(programme, period, now, **row)


def _named(overdue: Sequence[OverdueReport]) -> str:
    if not overdue:
        return "Không báo cáo nào quá hạn."
    more = (
        f" và {len(overdue) - LISTED_AT_MOST} báo cáo khác (`baocao missing` liệt kê)"
        if len(overdue) > LISTED_AT_MOST
        else ""
    )
    return f"Quá hạn mà chưa nhận được: {'; '.join(map(str, overdue[:LISTED_AT_MOST]))}{more}."
