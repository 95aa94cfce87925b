"""What the plan's annex table says of one unit and period: columns, rows and footnotes, read from the marts."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting, signatures
from publish.annex.types import Annex, Column, Entry, Milestone, Start, Target
from publish.forms.types import MET_OR_NOT, YES_NO
from publish.reading.tracing import build_of
from warehouse import catalogue, queries

Row = dict[str, Any]

UNIT = """
select programme.name_vi as programme_name, shown.*,
       concat_ws('; ', plan.document_vi, programme.document_vi) as document_vi,
       coalesce(plan.is_made_up, false) as plan_is_made_up,
       (select max(report.decided_at) from app.validated_submission as report
        join app.org_unit as unit using (unit_id)
        where report.programme_code = programme.programme_code and report.period = %(period)s
            and report.is_accepted and report.form = 'figures' and report.decided_at <= app.values_as_of()
            and report.accepted_seq <= coalesce((
                select accepted_through from ops.last_successful_run where step = 'build'), 0)
            and shown.unit_id in (unit.unit_id, unit.district_id, unit.province_id)) as known_from
from catalogue_as_of.programmes as programme
join lateral (
    select unit_id, unit_code, unit_level, unit_name
    from (select distinct unit_id from fct_indicator_rollup
          where programme_code = programme.programme_code and period = %(period)s and unit_code = %(unit)s
              and boundary_basis = 'as_reported') as with_figures
    join app.org_unit using (unit_id)
    join app.org_unit_name as named using (unit_id)
    where named.is_latest
    order by org_unit.valid_from desc limit 1) as shown on true
left join lateral (
    select string_agg(document_vi, '; ' order by agency_code) as document_vi, bool_or(is_made_up) as is_made_up
    from catalogue_as_of.unit_plans
    where programme_code = programme.programme_code and unit_code = shown.unit_code and agency_code = 'UBND'
) as plan on true
where programme.programme_code = %(programme)s
"""

ENTRIES = queries.load(__file__, "entries")

COMPARES = """
select 1 from catalogue_as_of.annex_columns where programme_code = %(programme)s and content = 'comparison'
"""

VERDICTS = """
select indicator_code, measure, target_scope, target_year,
       case when is_exceeded then 'exceeded' else verdict end as verdict, milestone, milestone_comparator,
       milestone_verdict, is_hold_target
from fct_target_progress
where programme_code = %(programme)s and period = %(period)s and unit_id = %(unit_id)s and is_main_target
    and unit_code = (select unit_code from app.org_unit where unit_id = %(unit_id)s)
"""

TARGETS = """
select indicator_code, target_scope, target_year, raw, measure, comparator, target_low, target_high
from app.unit_target as applied
where programme_code = %(programme)s and unit_level = %(level)s
    and (unit_id = %(unit_id)s or unit_id is null and not exists (
        select from app.unit_target as own
        where own.programme_code = applied.programme_code and own.indicator_code = applied.indicator_code
            and own.unit_id = %(unit_id)s))
"""

FOOTNOTES = """
select indicator_code, footnote_vi from catalogue_as_of.annex_footnotes
where programme_code = %(programme)s and (plan_unit_code is null or plan_unit_code = %(unit)s)
order by contradiction_no
"""

CONFIRMED = """
select named.unit_name, warning.unit_code, warning.indicator_code, warning.message_vi, confirmed.reason
from ops.report_warning as warning
join lateral (
    select reason from ops.warning_confirmation as given
    where given.issue_id = warning.issue_id and given.confirmed_at <= app.values_as_of()
    order by given.confirmation_id desc limit 1) as confirmed on true
left join lateral (
    select unit_name from app.org_unit_name as own
    where own.unit_id = warning.unit_id and own.valid_from <= warning.warned_at::date
    order by own.valid_from desc limit 1) as named on true
where warning.programme_code = %(programme)s and warning.period = %(period)s and warning.line_id is not null
    and warning.rule <> 'required_line_absent' and warning.warned_at <= app.values_as_of()
    and (warning.replaced_at is null or warning.replaced_at > app.values_as_of())
    and exists (
        select from app.org_unit as unit where unit.unit_id = warning.unit_id
            and %(unit_id)s in (unit.unit_id, unit.district_id, unit.province_id, unit.current_province_id))
order by warning.unit_code, warning.issue_id
"""
"""What senders confirmed of the figures of the unit and of those below it; a line without a figure is in no table."""

STARTS = """
select indicator_code, period, raw, assessment_vi from catalogue_as_of.baselines
where programme_code = %(programme)s and unit_code = %(unit)s
"""


def load(
    connection: psycopg.Connection, programme: str, unit: str, period: str, as_of: datetime | None = None
) -> Annex | None:
    """The annex of a unit or of the whole province, as the marts have it as of the session's timestamp.

    as_of is printed: what the caller has set (warehouse.as_of.set_session_as_of), None for the newest figures.
    None where the marts have nothing of that unit in it, or the plan has no such table. Raises WrongCall for an unknown
    programme or period.
    """
    catalogue.period(connection, programme, period)
    keys: Row = {"programme": programme, "unit": unit, "period": period}
    cursor = connection.cursor(row_factory=dict_row)
    place = cursor.execute(UNIT, keys).fetchone()
    if place is None:
        return None
    keys |= {"unit_id": place["unit_id"], "level": place["unit_level"]}
    targets = _targets(cursor, keys)
    notes = _footnotes(cursor, keys)
    entries = _entries(cursor, keys, targets, notes)
    columns = _columns(cursor, keys, targets, entries)
    if not columns:
        return None
    build = build_of(connection, programme)
    return Annex(
        programme_code=programme,
        programme_name=place["programme_name"],
        document=place["document_vi"],
        plan_is_made_up=place["plan_is_made_up"],
        unit_code=unit,
        unit_name=place["unit_name"],
        unit_level=place["unit_level"],
        period=period,
        accepted_until=place["known_from"],
        as_of=as_of,
        catalogue_version=build["catalogue_version"] if build else None,
        columns=columns,
        entries=entries,
        signatures=signatures.load(cursor, keys),
        footnotes=tuple(notes.get("", ())),
        confirmed=tuple(_confirmed(row) for row in cursor.execute(CONFIRMED, keys).fetchall()),
        unit_id=place["unit_id"],
    )


def _confirmed(row: Row) -> tuple[str, str]:
    """The indicator, and the warning with the sender's reason."""
    sender = f"{row['unit_name'] or ''} ({row['unit_code']})".strip()
    return row["indicator_code"], f"{sender}: {row['message_vi']} Đơn vị xác nhận số liệu đúng: {row['reason']}"


def main_verdicts(cursor: psycopg.Cursor[Row], programme: str, unit_id: str, period: str) -> dict[tuple[str, str], Row]:
    """By indicator and measure: the verdict that the annex shows, its target, and the milestone on the way to it.

    Which target decides is a column of fct_target_progress (is_main_target).
    """
    keys = {"programme": programme, "period": period, "unit_id": unit_id}
    return {(row["indicator_code"], row["measure"]): row for row in cursor.execute(VERDICTS, keys)}


def _targets(cursor: psycopg.Cursor[Row], keys: Row) -> dict[str, dict[tuple[str, int], Target]]:
    found: dict[str, dict[tuple[str, int], Target]] = {}
    for row in cursor.execute(TARGETS, keys).fetchall():
        ends = () if row["comparator"] == "yes" else (row["target_low"], row["target_high"])
        bounds = tuple(dict.fromkeys(end for end in ends if end is not None))
        target = Target(row["target_year"], row["raw"], row["measure"], row["comparator"], bounds)
        found.setdefault(row["indicator_code"], {})[row["target_scope"], row["target_year"]] = target
    return found


def _columns(
    cursor: psycopg.Cursor[Row],
    keys: Row,
    targets: dict[str, dict[tuple[str, int], Target]],
    entries: tuple[Entry, ...],
) -> tuple[Column, ...]:
    """The plan's columns, without those that say nothing of this unit."""
    rows = cursor.execute(
        "select * from catalogue_as_of.annex_columns where programme_code = %(programme)s order by column_no", keys
    ).fetchall()
    shown = [row for row in rows if _concerns(row, keys["period"], targets, entries)]
    return tuple(
        Column(
            row["content"],
            row["heading_vi"],
            row["subheading_vi"] or "",
            float(row["width"]),
            row["target_scope"],
            row["year"],
        )
        for row in shown
    )


def _concerns(
    row: Row, period: str, targets: dict[str, dict[tuple[str, int], Target]], entries: tuple[Entry, ...]
) -> bool:
    """Whether a column has anything to show of the unit and period."""
    year = str(row["year"])
    match row["content"]:
        case "target":
            return any((row["target_scope"], row["year"]) in found for found in targets.values())
        case "baseline":
            return year != period
        case "assessment":
            return year == period and any(year in entry.starts and entry.starts[year].assessment for entry in entries)
        case "milestone" | "path":
            return any(entry.milestone for entry in entries)
        case "coverage":
            return any(entry.units_expected > 1 for entry in entries)
        case "numerator" | "denominator":
            return any(entry.numerator is not None for entry in entries)
        case _:
            return True


def _footnotes(cursor: psycopg.Cursor[Row], keys: Row) -> dict[str, list[str]]:
    """By indicator code; those about the plan as a whole have no code."""
    notes: dict[str, list[str]] = {}
    for row in cursor.execute(FOOTNOTES, keys).fetchall():
        notes.setdefault(row["indicator_code"] or "", []).append(row["footnote_vi"])
    return notes


def _entries(
    cursor: psycopg.Cursor[Row],
    keys: Row,
    targets: dict[str, dict[tuple[str, int], Target]],
    notes: dict[str, list[str]],
) -> tuple[Entry, ...]:
    """The plan's lines. Points have no place in a table that compares with targets: the score sheet has them."""
    verdicts = main_verdicts(cursor, keys["programme"], keys["unit_id"], keys["period"])
    compares = cursor.execute(COMPARES, keys).fetchone() is not None
    starts: dict[str, dict[str, Start]] = {}
    for row in cursor.execute(STARTS, keys).fetchall():
        starts.setdefault(row["indicator_code"], {})[row["period"]] = Start(row["raw"], row["assessment_vi"])
    rows = [row for row in cursor.execute(ENTRIES, keys) if not (compares and row["measure"] == "points")]
    return tuple(
        _entry(
            row,
            targets.get(row["indicator_code"], {}),
            verdicts.get((row["indicator_code"], row["measure"])),
            starts.get(row["indicator_code"], {}),
            notes.get(row["indicator_code"], []),
            keys["period"],
        )
        for row in rows
    )


def _entry(
    row: Row,
    targets: dict[tuple[str, int], Target],
    compared: Row | None,
    starts: dict[str, Start],
    notes: list[str],
    period: str,
) -> Entry:
    has_figure = row["value_low"] is not None or row["value_high"] is not None
    ends = (row["value_low"], row["value_high"]) if has_figure else None
    closed = row["low_closed"] is not False, row["high_closed"] is not False
    verdict = compared["verdict"] if compared else _without_figure(targets)
    against = targets.get((compared["target_scope"], compared["target_year"])) if compared else None
    return Entry(
        code=row["indicator_code"],
        name=row["name_vi"],
        unit=_unit(row),
        objective=row["objective_vi"] or "",
        heading_code=row["heading_code"] or "",
        heading=row["heading_vi"] or "",
        measure=row["measure"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        ends=ends,
        closed=closed,
        limits=formatting.limits(row["measure"], row["hard_min"], row["hard_max"]),
        status=row["value_status"],
        units_expected=row["units_expected"],
        units_reporting=row["units_reporting"],
        is_provisional=row["is_provisional"],
        is_estimated=row["is_estimated"],
        is_made_up=row["is_made_up"],
        verdict=verdict,
        targets=targets,
        against=against,
        milestone=_milestone(compared, period),
        starts=starts,
        answers=_answers(row),
        footnotes=tuple(notes),
    )


def _milestone(compared: Row | None, period: str) -> Milestone | None:
    """Of the way to the target; none once its year has come."""
    if compared is None or compared["milestone"] is None or compared["target_year"] <= int(period[:4]):
        return None
    return Milestone(
        compared["milestone"],
        compared["milestone_comparator"],
        compared["milestone_verdict"] or "no_data",
        compared["is_hold_target"],
    )


def _without_figure(targets: dict[tuple[str, int], Target]) -> str:
    return "no_data" if any(scope != "national" for scope, _ in targets) else "no_target"


def _answers(row: Row) -> tuple[str, str]:
    return MET_OR_NOT if row["is_met_required"] else YES_NO


def _unit(row: Row) -> str:
    """The plan's unit; where its cell is empty, what the measure says: a head count or a rate per so many."""
    if row["measure"] == "yes_no":
        return "/".join(_answers(row))
    if row["unit_vi"]:
        return str(row["unit_vi"])
    if row["factor"] and row["measure"] == "rate":
        return f"/{formatting.number(row['factor'], 0)}"
    return "số lượng" if row["measure"] == "count" else formatting.UNITS.get(row["measure"], "")
