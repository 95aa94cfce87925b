"""A report that an officer types on a page: a workbook is made of it, and it is received as any file is.

What is typed is never interpreted here. It is written into the cells of the unit's own template, and the reader of
files and the gate say what it means. Before it is handed in both are asked in a transaction that is rolled back.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from accounts import events
from accounts.events import Actor
from accounts.registry import Account
from expectations import gate
from ingest import cells, loading, measures, reading
from ingest.cells import Expects
from ingest.identities.findings import RULES as PERSONAL
from ingest.loading import Content
from ingest.measures import Measures
from pipeline import uploads
from publish.forms import workbook as form_workbook
from publish.forms.types import PARTS, Form
from publish.forms.workbook import Field
from warehouse import catalogue, clock, database, queries
from warehouse.catalogue import DEFAULT_AGENCY

FIELDS: tuple[Field, ...] = (*PARTS, "note")
Texts = Mapping[str, Mapping[Field, str]]
"""What is typed, by indicator and field; a field that is left empty has no entry."""

UNREADABLE = "file_unreadable"
IN_FORCE = queries.load(__file__, "in_force")
NEWEST = """
select submission.submission_id, max(verdict.accepted_seq)
    filter (where submission.submission_type = 'full') over () > coalesce(max(verdict.accepted_seq)
    filter (where submission.submission_type = 'retraction') over (), 0) as is_complete
from raw.submission as submission join ops.accepted_verdict as verdict using (submission_id)
where submission.programme_code = %(programme)s and submission.period = %(period)s
    and submission.agency_code = %(agency)s and submission.form = 'figures'
    and verdict.unit_id = %(unit_id)s
order by verdict.accepted_seq desc limit 1
"""


@dataclass(frozen=True)
class InForce:
    """What the accepted reports of a unit and agency say now. newest: the last of them, None where there is none.

    is_complete: a full report is among them, so that a correction can follow.
    texts: read again they are the same figures.
    """

    newest: UUID | None
    is_complete: bool
    texts: Texts


@dataclass(frozen=True)
class Entry:
    """What would be handed in: a whole report, or the lines alone that an accepted one is to have otherwise."""

    form: Form
    texts: Texts

    @property
    def content(self) -> bytes:
        filled = {code: {part: own[part] for part in PARTS if part in own} for code, own in self.texts.items()}
        notes = {code: own["note"] for code, own in self.texts.items() if "note" in own}
        return form_workbook.render(self.form, filled, notes)

    @property
    def file_name(self) -> str:
        form = self.form
        agency = "" if form.agency_code == DEFAULT_AGENCY else f"_{form.agency_code}"
        kind = "sua-tren-trang" if form.submission_type == "correction" else "nhap-tren-trang"
        return f"{kind}_{form.programme_code}_{form.unit_code}_{form.period}{agency}.xlsx"


class Finding(NamedTuple):
    """What the gate says. indicator: None for the report as a whole. field: None for the line as a whole."""

    indicator: str | None
    field: Field | None
    rule: str
    severity: Literal["critical", "warning"]
    message_vi: str
    message_en: str

    @property
    def is_personal(self) -> bool:
        return self.rule in PERSONAL


def in_force(connection: psycopg.Connection, account: Account, programme: str, period: str) -> InForce:
    """From the files themselves as they are now, not from the last build."""
    keys = {"programme": programme, "period": period, "agency": account.agency_code, "unit_id": account.unit_id}
    newest = connection.execute(NEWEST, keys).fetchone()
    if newest is None:
        return InForce(None, False, {})
    known = measures.read(connection)
    rows = connection.cursor(row_factory=dict_row).execute(IN_FORCE.encode(), keys).fetchall()
    texts = {row["indicator_code"]: _texts(row, programme, account.unit_code, known) for row in rows}
    return InForce(newest[0], bool(newest[1]), {code: own for code, own in texts.items() if own})


def entry(form: Form, typed: Texts, known: InForce) -> Entry | None:
    """What has to be handed in so that the report says what is typed; None where it does already.

    A correction carries the lines that differ. It cannot say that a line is empty now: then the report goes as a whole.
    """
    lines = [line.code for line in form.lines]
    changed = {
        code: typed.get(code, {}) for code in lines if not _is_same(typed.get(code, {}), known.texts.get(code, {}))
    }
    if known.is_complete and not changed:
        return None
    if known.is_complete and all(any(part in own for part in PARTS) for own in changed.values()):
        return Entry(replace(form, submission_type="correction"), changed)
    return Entry(form, typed)


def check(given: Entry) -> list[Finding]:
    """What reader and gate say of it, by the rules and in the words of a receipt. Nothing of it is kept."""
    with database.connect("loader") as connection, connection.transaction(force_rollback=True):
        try:
            with connection.transaction():
                issues = _issues(connection, given)
        except psycopg.DataError:
            vi, en = catalogue.rule_message(UNREADABLE)
            return [Finding(None, None, UNREADABLE, "critical", vi, en)]
    places = form_workbook.addresses(given.form)
    return [_finding(issue, places) for issue in issues]


def personal_data(given: Entry) -> list[Finding]:
    """What of it looks like a child's identity: such a form is not kept as a draft."""
    with database.connect("loader") as connection:
        reports = reading.read(given.content, measures.read(connection))
    places = form_workbook.addresses(given.form)
    rows = []
    for issue in [issue for report in reports for issue in report.issues if issue.rule in PERSONAL]:
        vi, en = catalogue.rule_message(issue.rule, **issue.values)
        rows.append(
            {"cell": issue.cell, "rule": issue.rule, "severity": "critical", "message_vi": vi, "message_en": en}
        )
    return [_finding(row, places) for row in rows]


def hand_in(account: Account, given: Entry, address: str | None) -> UUID:
    """Receive it as a file; returns the upload, whose receipt says what became of it."""
    upload_id = uploads.receive(account, given.file_name, given.content, address)
    form = given.form
    detail = {"programme": form.programme_code, "period": form.period, "submission_type": form.submission_type}
    with database.connect("loader") as connection:
        actor = Actor(account.account_id, "page", address)
        events.add(connection, "typed", account.account_id, actor, upload_id=str(upload_id), **detail)
    return upload_id


def _is_same(typed: Mapping[Field, str], known: Mapping[Field, str]) -> bool:
    """But for blanks: a field of a page holds one line, a cell of a file may hold several."""
    one, other = ({name: " ".join(text.split()) for name, text in each.items()} for each in (typed, known))
    return one == other


def _issues(connection: psycopg.Connection, given: Entry) -> list[dict[str, Any]]:
    content = given.content
    reports = reading.read(content, measures.read(connection))
    # a hash that no content has: what is in raw already would not be loaded a second time
    file = Content(secrets.token_hex(32), given.file_name, len(content), "unkept", clock.now())
    batch = loading.packed(file, reports, uuid4())
    loading.load(connection, batch)
    return gate.preview(connection, batch.submission_ids)


def _finding(issue: Mapping[str, Any], places: Mapping[str, tuple[str, Field | None]]) -> Finding:
    indicator, field = places.get(issue["cell"] or "", (None, None))
    return Finding(indicator, field, issue["rule"], issue["severity"], issue["message_vi"], issue["message_en"])


def _texts(row: Mapping[str, Any], programme: str, unit_code: str, known: Measures) -> dict[Field, str]:
    expected: Sequence[Expects] = (
        "count",
        "count",
        known.of_value(programme, row["indicator_code"], unit_code),
    )
    texts: dict[Field, str] = {}
    for part, expects in zip(PARTS, expected, strict=True):
        if text := same_again(row[f"{part}_raw"], row[f"{part}_kind"], row[part], expects):
            texts[part] = text
    return texts | ({"note": row["note"]} if row["note"] else {})


def same_again(raw: str | None, kind: str, number: Any, expects: Expects) -> str:
    """What was written, or the number in the way in which a typed text can mean nothing else.

    A number cell of a spreadsheet is written 1.234 in the receipt, which as a text could be 1234 as well.
    """
    if not raw or kind == "missing":
        return ""
    if kind != "exact":
        return raw
    plain = f"{number:f}".replace(".", ",")
    candidates = (raw, plain, f"{plain}0")
    return next((text for text in candidates if cells.parse_text(text, expects)[:3] == ("exact", number, number)), raw)
