"""What the plan's annex table says of one unit and period: columns, rows and footnotes, read from the marts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.forms.types import MET_OR_NOT, YES_NO
from publish.reading.tracing import build_of
from warehouse import catalogue, queries

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of the annex. content: what it shows; target_scope and year which target or baseline."""

    content: str
    heading: str
    subheading: str
    width: float
    target_scope: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Target:
    """A target as the plan writes it, and its number (none for yes and ranges)."""

    year: int
    raw: str
    comparator: str
    number: Decimal | None


@dataclass(frozen=True)
class Entry:
    """One indicator of the annex with its figure.

    ends: the interval that the figure lies in, None where there is none; open ends as closed says.
    targets: by (scope, year). against: the one that decides the verdict, which is a key of publish.formats.VERDICTS.
    answers: the words for yes and no.
    """

    code: str
    name: str
    unit: str
    objective: str
    heading_code: str
    heading: str
    measure: str
    numerator: Decimal | None
    denominator: Decimal | None
    ends: tuple[Decimal | None, Decimal | None] | None
    closed: tuple[bool, bool]
    limits: tuple[Decimal | None, Decimal | None]
    status: str | None
    units_expected: int
    units_reporting: int
    is_provisional: bool
    is_estimated: bool
    is_made_up: bool
    verdict: str
    baseline: str
    targets: dict[tuple[str, int], Target] = field(default_factory=dict)
    against: Target | None = None
    answers: tuple[str, str] = YES_NO
    footnotes: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The exact figure, unrounded; None where only bounds are known or nothing is."""
        return self.ends[0] if self.ends and self.ends[0] == self.ends[1] else None


@dataclass(frozen=True)
class Annex:
    """The whole table.

    accepted_until: when the newest report that it can hold was accepted. as_of: of its figures, None for the
    newest. catalogue_version: of the build that made its figures. footnotes: those about the plan as a whole.
    """

    programme_code: str
    programme_name: str
    document: str
    unit_code: str
    unit_name: str
    unit_level: str
    period: str
    accepted_until: datetime | None
    as_of: datetime | None
    catalogue_version: str | None
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    footnotes: tuple[str, ...] = ()

    @property
    def is_made_up(self) -> bool:
        return any(entry.is_made_up for entry in self.entries)

    @property
    def has_targets(self) -> bool:
        """Whether any of its indicators is read against a target of the plan's own."""
        return any(scope != "national" for entry in self.entries for scope, _ in entry.targets)

    @property
    def target_years(self) -> tuple[int, ...]:
        """The years of the targets that its indicators are compared with, each once."""
        return tuple(sorted({entry.against.year for entry in self.entries if entry.against}))

    @property
    def tally(self) -> Counter[str]:
        """How many indicators have each verdict."""
        return Counter(entry.verdict for entry in self.entries)


UNIT = """
select programme.name_vi as programme_name, programme.document_vi, shown.*,
       (select max(report.decided_at) from app.validated_submission as report
        join app.org_unit as unit using (unit_id)
        where report.programme_code = programme.programme_code and report.period = %(period)s
            and report.is_accepted and report.form = 'figures' and report.decided_at <= app.values_as_of()
            and report.accepted_seq <= coalesce((
                select accepted_through from ops.last_successful_run where step = 'build'), 0)
            and shown.unit_id in (unit.unit_id, unit.district_id, unit.province_id)) as known_from
from catalogue.programmes as programme
join lateral (
    select unit_id, unit_code, unit_level, unit_name
    from (select distinct unit_id from marts.fct_indicator_rollup
          where programme_code = programme.programme_code and period = %(period)s and unit_code = %(unit)s
              and boundary_basis = 'as_reported') as with_figures
    join app.org_unit using (unit_id)
    join app.org_unit_name as named using (unit_id)
    where named.is_latest
    order by org_unit.valid_from desc limit 1) as shown on true
where programme.programme_code = %(programme)s
"""

ENTRIES = queries.load(__file__, "entries")

COMPARES = """
select 1 from catalogue.annex_columns where programme_code = %(programme)s and content = 'comparison'
"""

VERDICTS = """
select indicator_code, measure, target_scope, target_year,
       case when is_exceeded then 'exceeded' else verdict end as verdict
from marts.fct_target_progress
where programme_code = %(programme)s and period = %(period)s and unit_id = %(unit_id)s and is_main_target
"""

TARGETS = """
select indicator_code, target_scope, target_year, raw, comparator, coalesce(target_low, target_high) as number
from catalogue.targets
where programme_code = %(programme)s and (target_scope <> 'commune' or bound_unit_code = %(unit)s)
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
    targets = _targets(cursor, keys)
    keys |= {"unit_id": place["unit_id"], "level": place["unit_level"]}
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
        unit_code=unit,
        unit_name=place["unit_name"],
        unit_level=place["unit_level"],
        period=period,
        accepted_until=place["known_from"],
        as_of=as_of,
        catalogue_version=build["catalogue_version"] if build else None,
        columns=columns,
        entries=entries,
        footnotes=tuple(notes.get("", ())),
    )


def main_verdicts(
    cursor: psycopg.Cursor[Row], programme: str, unit_id: str, period: str
) -> dict[tuple[str, str], tuple[str, tuple[str, int]]]:
    """By indicator and measure: the verdict that the annex shows, and scope and year of the target that it is against.

    Which target decides is said by fct_target_progress (is_main_target).
    """
    return _verdicts(cursor, {"programme": programme, "period": period, "unit_id": unit_id})


def _verdicts(cursor: psycopg.Cursor[Row], keys: Row) -> dict[tuple[str, str], tuple[str, tuple[str, int]]]:
    return {
        (row["indicator_code"], row["measure"]): (row["verdict"], (row["target_scope"], row["target_year"]))
        for row in cursor.execute(VERDICTS, keys)
    }


def _targets(cursor: psycopg.Cursor[Row], keys: Row) -> dict[str, dict[tuple[str, int], Target]]:
    found: dict[str, dict[tuple[str, int], Target]] = {}
    for row in cursor.execute(TARGETS, keys).fetchall():
        number = None if row["comparator"] in ("yes", "between") else row["number"]
        target = Target(row["target_year"], row["raw"], row["comparator"], number)
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
        "select * from catalogue.annex_columns where programme_code = %(programme)s order by column_no", keys
    ).fetchall()
    known = {key for found in targets.values() for key in found}
    shown = []
    for row in rows:
        is_empty = (
            (row["content"] == "target" and (row["target_scope"], row["year"]) not in known)
            or (row["content"] == "baseline" and str(row["year"]) == keys["period"])
            or (row["content"] == "coverage" and all(entry.units_expected <= 1 for entry in entries))
        )
        if not is_empty:
            headings = row["heading_vi"], row["subheading_vi"] or ""
            shown.append(Column(row["content"], *headings, float(row["width"]), row["target_scope"], row["year"]))
    return tuple(shown)


def _footnotes(cursor: psycopg.Cursor[Row], keys: Row) -> dict[str, list[str]]:
    """By indicator code; those about the plan as a whole have no code."""
    notes: dict[str, list[str]] = {}
    query = "select * from catalogue.annex_footnotes where programme_code = %(programme)s order by contradiction_no"
    for row in cursor.execute(query, keys).fetchall():
        notes.setdefault(row["indicator_code"] or "", []).append(row["footnote_vi"])
    return notes


def _entries(
    cursor: psycopg.Cursor[Row],
    keys: Row,
    targets: dict[str, dict[tuple[str, int], Target]],
    notes: dict[str, list[str]],
) -> tuple[Entry, ...]:
    """The plan's lines. Points have no place in a table that compares with targets: the score sheet has them."""
    verdicts = _verdicts(cursor, keys)
    compares = cursor.execute(COMPARES, keys).fetchone() is not None
    rows = [row for row in cursor.execute(ENTRIES, keys) if not (compares and row["measure"] == "points")]
    return tuple(_entry(row, targets.get(row["indicator_code"], {}), verdicts, notes) for row in rows)


def _entry(
    row: Row,
    targets: dict[tuple[str, int], Target],
    verdicts: dict[tuple[str, str], tuple[str, tuple[str, int]]],
    notes: dict[str, list[str]],
) -> Entry:
    has_figure = row["value_low"] is not None or row["value_high"] is not None
    ends = (row["value_low"], row["value_high"]) if has_figure else None
    closed = row["low_closed"] is not False, row["high_closed"] is not False
    verdict, decisive = verdicts.get((row["indicator_code"], row["measure"]), (_without_figure(targets), None))
    against = targets.get(decisive) if decisive else None
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
        limits=(row["hard_min"], row["hard_max"]),
        status=row["value_status"],
        units_expected=row["units_expected"],
        units_reporting=row["units_reporting"],
        is_provisional=row["is_provisional"],
        is_estimated=row["is_estimated"],
        is_made_up=row["is_made_up"],
        verdict=verdict,
        baseline=row["baseline"] or formatting.MISSING,
        targets=targets,
        against=against,
        answers=_answers(row),
        footnotes=tuple(notes.get(row["indicator_code"], ())),
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
