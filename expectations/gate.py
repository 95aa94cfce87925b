"""The gate: each report that has arrived is accepted, accepted with warnings or rejected, each with its issues.

The reports that wait are laid out beside the catalogue and the schedule (checked/), Great Expectations counts what
breaks each rule (suites/), and the same conditions write down every broken row as an issue. If the two counts differ
nothing is decided. Issues, verdicts and the run's results come into being in one transaction.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from expectations import rules
from expectations.checks import Counts, create_check_tables, keep
from expectations.context import CheckBroken, NotEvaluable, count_unexpected
from expectations.rules import Rule, Suite
from expectations.suites import raw_cell, raw_line, raw_submission, required_line
from warehouse import catalogue, clock, database, telemetry
from warehouse.catalogue import GateRule
from warehouse.logging import get_logger

log = get_logger(__name__)

SUITES: tuple[Suite, ...] = (raw_submission.SUITE, raw_line.SUITE, raw_cell.SUITE, required_line.SUITE)
TABLES = ("resolved_unit", "checked_submission", "compared_report", "checked_line", "checked_cell", "required_line")
"""In this order: a checked table is laid out from those before it."""
SET_ASIDE = "file_unreadable"
"""The rule of a file on which the check itself fails."""

BY_PROGRAMME = """
insert into ops.check_result_by_programme (run_id, suite, rule, programme_code, unexpected_count)
select result.run_id, result.suite, result.rule, coalesce(submission.programme_code, ''), count(*)
from pg_temp.waiting
join raw.submission as submission using (submission_id)
join ops.submission_issue as issue using (submission_id)
join ops.check_result as result on result.rule = issue.rule
where result.run_id = %s
group by 1, 2, 3, 4
"""
"""Whose reports break each rule; a code is a rule of one suite of the gate."""

PREVIEWED = """
select issue.rule, issue.severity, issue.message_vi, issue.message_en, issue.sheet, issue.cell
from ops.submission_issue as issue
left join raw.line as line on line.line_id = issue.line_id
where issue.submission_id = any(%s)
order by issue.severity, line.row_no nulls last, issue.issue_id
"""

REQUEST_APPROVALS = """
insert into ops.approval_request (submission_id, stage, approver, allows_own, on_time_by, requested_at, due_at)
select verdict.submission_id, needed.stage, needed.approver, coalesce(needed.allows_own, false),
    coalesce(needed.on_time_by, 'received'), verdict.decided_at,
    ((verdict.decided_at at time zone 'Asia/Ho_Chi_Minh')::date + needed.days_allowed + 1)::timestamp
        at time zone 'Asia/Ho_Chi_Minh'
from pg_temp.waiting
join raw.submission as submission using (submission_id)
join ops.submission_verdict as verdict using (submission_id)
join catalogue.report_approvals as needed using (programme_code, agency_code)
join app.admissible_report as report using (programme_code, period, agency_code, unit_level)
where verdict.status <> 'rejected' and report.unit_id = verdict.unit_id
    and (needed.stage = 'counting' or submission.submission_type <> 'retraction')
"""
"""What the rows of report_approvals ask for now stays with the report. A retraction changes what counts, and so needs
the approval that the report needed; there is nothing of it to publish."""

VOLUME = """
select
    (select count(*) from raw.line join pg_temp.waiting using (submission_id)) as rows,
    count(*) as files,
    coalesce(sum(size_bytes), 0)::bigint as bytes
from raw.file
where sha256 in (select sha256 from raw.submission join pg_temp.waiting using (submission_id))
"""
"""How much is checked."""


def check(*batches: UUID) -> None:
    """Check the reports of these batches that have no verdict yet; the others are left as they are.

    A file on whose content the check itself fails is set aside as unreadable, and the others are checked without it.
    Idempotent, one process at a time. Raises CheckBroken when a rule cannot be trusted: then nothing is decided.
    """
    with database.exclusive("gate"):
        _check_files(_waiting_files(batches))


def preview(session: psycopg.Connection, submissions: list[UUID]) -> list[dict[str, Any]]:
    """The issues that reports would get, in the order of a receipt, by the conditions and in the words of `check`.

    Writes into the session's transaction, which the caller rolls back: nothing is decided. Great Expectations counts
    where something is, so it has no part in it.
    """
    _create_check_tables(session, submissions)
    messages = catalogue.gate_rules()
    for suite in SUITES:
        for rule in suite.rules:
            session.execute(_issues_sql(suite, rule, messages[rule.code]))
    return session.cursor(row_factory=dict_row).execute(PREVIEWED, [submissions]).fetchall()


def _check_files(files: list[list[UUID]]) -> None:
    """Check the reports of these files; where that fails, each half of them, until it is known which file is why."""
    if not files:
        return
    try:
        _check_submissions([submission for file in files for submission in file])
    except (NotEvaluable, psycopg.DataError, psycopg.IntegrityError):
        if len(files) > 1:
            _check_files(files[: len(files) // 2])
            _check_files(files[len(files) // 2 :])
            return
        if not _evaluates():
            raise
        _check_again(files[0])


def _check_again(file: list[UUID]) -> None:
    """Check the reports of one file a second time: what failed once may have nothing to do with the file."""
    try:
        _check_submissions(file)
    except (NotEvaluable, psycopg.DataError, psycopg.IntegrityError):
        log.exception("The file of report %s could not be checked and is set aside", file[0])
        _set_aside(file)


def _check_submissions(submissions: list[UUID]) -> None:
    """A verdict for each, or for none."""
    with database.connect("loader") as session:
        _create_check_tables(session, submissions)
        run_id = _start_run(session)
        detail: dict[str, Any] = {}
        session.commit()
        try:
            with telemetry.span("receive", lambda: detail):
                detail |= _volume(session)
                counts = count_unexpected(session, SUITES, _severities())
                with session.transaction():
                    _write_issues(session, counts)
                    verdicts = _write_verdicts(session)
                    _finish_run(session, run_id, counts, verdicts, detail)
        except Exception:
            session.rollback()
            session.execute(
                "update ops.pipeline_run set status = 'failed', finished_at = clock_timestamp() where run_id = %s",
                [run_id],
            )
            session.commit()
            raise
    log.info("Checked: %s", ", ".join(f"{count} {status}" for status, count in sorted(verdicts.items())))


def _evaluates() -> bool:
    """Whether the rules can be evaluated at all, on no report: else it is no file that breaks the check."""
    with database.connect("loader") as session:
        try:
            _create_check_tables(session, [])
            session.commit()
            count_unexpected(session, SUITES, _severities())
        except (CheckBroken, psycopg.Error):
            session.rollback()
            return False
    return True


def _set_aside(submissions: list[UUID]) -> None:
    """Reject the reports of a file as one that could not be read; the operators find it by its receipt."""
    message = catalogue.gate_rules()[SET_ASIDE]
    with database.connect("loader") as session:
        session.execute(
            """
            insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en)
            select submission_id, 'critical', %s, %s, %s from unnest(%s::uuid[]) as submission_id
            """,
            [SET_ASIDE, message.message_vi, message.message_en, submissions],
        )
        session.execute(
            """
            insert into ops.submission_verdict (submission_id, status, rules_version, decided_at)
            select submission_id, 'rejected', %s, greatest(%s, (select max(decided_at) from ops.decision))
            from unnest(%s::uuid[]) as submission_id
            """,
            [rules_version(), clock.now(), submissions],
        )


def rules_version() -> str:
    """The version of the rules in use: a hash of the suites, the checked tables and the rows of gate_rules.csv."""
    return rules.version(SUITES, TABLES)


def _severities() -> dict[str, str]:
    return {code: rule.severity for code, rule in catalogue.gate_rules().items()}


def _waiting_files(batches: Iterable[UUID]) -> list[list[UUID]]:
    """The reports that wait, by file, in the order in which the files arrived."""
    query = """
        select array_agg(submission.submission_id)
        from raw.submission
        left join ops.submission_verdict as verdict on verdict.submission_id = submission.submission_id
        where submission.batch_id = any(%s) and verdict.submission_id is null
        group by submission.batch_id, submission.sha256
        order by min(submission.received_at), submission.sha256
    """
    with database.connect("loader") as session:
        return [submissions for (submissions,) in session.execute(query, [list(batches)])]


def _create_check_tables(session: psycopg.Connection, submissions: list[UUID]) -> None:
    """The checked tables of these reports, for this session alone."""
    session.execute("create temporary table waiting (submission_id uuid primary key)")
    session.execute("insert into waiting select unnest(%s::uuid[])", [submissions])
    session.execute("analyze waiting")
    create_check_tables(session, TABLES, now=clock.now())
    session.execute("create index on checked_cell (problem)")  # most of its rules ask for one finding


def _write_issues(session: psycopg.Connection, counts: Counts) -> None:
    """One issue for each row that breaks a rule; raises CheckBroken where their number is not Great Expectations'."""
    messages = catalogue.gate_rules()
    for suite in SUITES:
        for rule in suite.rules:
            written = session.execute(_issues_sql(suite, rule, messages[rule.code])).rowcount
            if written != counts[suite.name, rule.code]:
                raise CheckBroken(
                    f"{suite.name}.{rule.code}: Great Expectations counted {counts[suite.name, rule.code]} rows, "
                    f"{written} were written down."
                )


def _issues_sql(suite: Suite, rule: Rule, message: GateRule) -> str:
    columns = {
        "submission_id": "submission_id",
        "line_id": "line_id",
        "indicator_code": "null" if suite is raw_submission.SUITE else "indicator",
        "needs_confirmation": str(message.needs_confirmation).lower(),
        "severity": rules.literal(message.severity),
        "rule": rules.literal(rule.code),
        "message_vi": rules.message_sql(message.message_vi, "vi"),
        "message_en": rules.message_sql(message.message_en, "en"),
        "sheet": "sheet",
        "cell": "cell",
        "line": "line",
        "raw": "raw",
    }
    if rule.place:
        columns |= {
            "cell": f"case when sheet is not null then (part_columns ->> '{rule.place}') || row_no end",
            "line": "case when sheet is null then row_no end",
            "raw": f"{rule.place}_raw",
        }
    return (
        f"insert into ops.submission_issue ({', '.join(columns)})\n"
        f"select {', '.join(columns.values())}\nfrom {suite.relation}\nwhere {rule.condition}"
    )


def _write_verdicts(session: psycopg.Connection) -> dict[str, int]:
    """A verdict for each report that waits, in the order in which they arrived; returns how many of each status."""
    decided = session.execute(
        """
        insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at)
        select
            report.submission_id,
            report.unit_id,
            case
                when bool_or(issue.severity = 'critical') then 'rejected'
                when count(issue.issue_id) > 0 then 'accepted_with_warnings'
                else 'accepted'
            end,
            %(rules_version)s,
            greatest(%(now)s, (select max(decided_at) from ops.decision))
        from pg_temp.checked_submission as report
        left join ops.submission_issue as issue on issue.submission_id = report.submission_id
        group by
            report.submission_id, report.unit_id, report.received_at, report.submission_type, report.sha256
        order by
            report.received_at,
            report.submission_type is distinct from 'full', -- of one instant: the report, then its correction
            report.sha256,
            report.submission_id
        returning status
        """,
        {"rules_version": rules_version(), "now": clock.now()},
    ).fetchall()
    session.execute(REQUEST_APPROVALS)
    statuses = [status for (status,) in decided]
    return {status: statuses.count(status) for status in set(statuses)}


def _start_run(session: psycopg.Connection) -> int:
    """The run's row. One that a killed process left open is failed here: the lock proves that it is gone."""
    session.execute("update ops.pipeline_run set status = 'failed' where step = 'receive' and status = 'running'")
    row = session.execute(
        "insert into ops.pipeline_run (step, status, as_of, detail) "
        f"values ('receive', 'running', %s, {telemetry.AT_BEGIN}) returning run_id",
        [clock.now()],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _volume(session: psycopg.Connection) -> dict[str, Any]:
    row = session.cursor(row_factory=dict_row).execute(VOLUME).fetchone()
    assert row is not None
    return row


def _finish_run(
    session: psycopg.Connection, run_id: int, counts: Counts, verdicts: dict[str, int], detail: dict[str, Any]
) -> None:
    keep(session, run_id, SUITES, counts, _severities())
    session.execute(BY_PROGRAMME, [run_id])
    detail |= {"verdicts": verdicts, "rules_version": rules_version()}
    session.execute(
        "update ops.pipeline_run set status = 'succeeded', finished_at = clock_timestamp(), "
        f"detail = %s || {telemetry.AT_END} where run_id = %s",
        [Jsonb(detail), run_id],
    )
