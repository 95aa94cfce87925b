"""Reports put straight into raw, as the loader would leave them: for tests of what comes after it."""

from datetime import datetime
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from warehouse import clock, database

WORKBOOK = {"indicator": "A", "numerator": "D", "denominator": "E", "value": "F"}
YES_NO = {"Có": "yes", "Đạt": "yes", "Không": "no", "Không đạt": "no"}
FIRST_ROW = 10

VERDICT = """
insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at)
select submission.submission_id, report.unit_id, %(status)s, %(rules)s, %(at)s
from raw.submission left join app.admissible_report as report using (programme_code, period, unit_code, agency_code)
where submission.submission_id = %(submission)s
"""
"""A verdict as the gate leaves it, with the unit that the report is about."""


def verdict(submission: UUID, at: object, status: str = "accepted", rules: str = "1") -> dict[str, object]:
    """The values of VERDICT."""
    return {"submission": submission, "at": at, "status": status, "rules": rules}


Typed = tuple[str | None, str, str | None]
"""A cell as raw.line has it: text, kind, interval."""


def cell(text: str | int | float | None) -> Typed:
    """What the reader makes of a cell, for the plain forms that these tests use ("2-3", "<2", ">96", "KPS", "Có")."""
    if text is None:
        return None, "missing", None
    raw = str(text)
    number = raw.replace(",", ".")
    if raw == "KPS":
        return raw, "nil", "[0,0]"
    if raw == "không áp dụng":
        return raw, "not_applicable", None
    if raw in YES_NO:
        return raw, YES_NO[raw], None
    if raw.startswith("<"):
        return raw, "censored", f"(,{number[1:]})"
    if raw.startswith(">"):
        return raw, "censored", f"({number[1:]},)"
    low, dash, high = number.partition("-")
    if dash and low:
        return raw, "range", f"[{low},{high}]"
    return raw, "exact", f"[{number},{number}]"


def put(
    unit: str | None,
    lines: dict[str, tuple] | list[tuple[str, tuple]],
    *,
    programme: str | None = "bacninh-2026-2030",
    period: str | None = "2026",
    batch: UUID | None = None,
    problems: dict[str, dict[str, str]] | None = None,
    received_at: datetime | None = None,
    sheet: str | None = "Báo cáo",
    **report: object,
) -> UUID:
    """One report in one file of its own; lines: (numerator, denominator[, value]) by indicator code.

    problems: what the reader found, {indicator: {part: rule code}}. report: other columns of raw.submission.
    Returns the submission's id; its batch is the same id unless `batch` says otherwise.
    """
    submission_id = uuid4()
    batch = batch or submission_id
    received_at = received_at or clock.now()
    with database.connect("loader") as connection:
        connection.execute(
            "insert into raw.file values (%s, %s, 1, 'made up', %s, %s)",
            [submission_id.hex * 2, f"{unit}.xlsx", batch, received_at],
        )
        columns = {
            "submission_id": submission_id,
            "sha256": submission_id.hex * 2,
            "batch_id": batch,
            "programme_code": programme,
            "period": period,
            "unit_code": unit,
            "sheet": sheet,
            "part_columns": Jsonb(WORKBOOK),
            "received_at": received_at,
            "is_made_up": True,
        } | report
        names = ", ".join(columns)
        marks = ", ".join(["%s"] * len(columns))
        connection.execute(f"insert into raw.submission ({names}) values ({marks})", list(columns.values()))
        pairs = lines.items() if isinstance(lines, dict) else lines
        for row_no, (indicator, cells) in enumerate(pairs, FIRST_ROW):
            _put_line(connection, submission_id, row_no, indicator, cells, (problems or {}).get(indicator))
    return submission_id


def _put_line(
    connection: psycopg.Connection,
    submission_id: UUID,
    row_no: int,
    indicator: str,
    cells: tuple,
    problems: dict[str, str] | None,
) -> None:
    typed = [cell(text) for text in (*cells, None, None)[:3]]
    for position, part in enumerate(("numerator", "denominator", "value")):
        if part in (problems or {}):
            typed[position] = (typed[position][0], "unreadable", None)
    connection.execute(
        """
        insert into raw.line (submission_id, row_no, indicator_code, numerator_raw, numerator_kind, numerator,
            denominator_raw, denominator_kind, denominator, value_raw, value_kind, value, problems)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [submission_id, row_no, indicator, *typed[0], *typed[1], *typed[2], Jsonb(problems) if problems else None],
    )
