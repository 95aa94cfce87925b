"""The figures as of one timestamp and as of a later one, and which files changed them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.annex import data as annex_data
from publish.forms.types import TYPES
from publish.reading import tracing
from publish.reading.progress import coverage, figure, require_unit
from warehouse import catalogue, queries, wording
from warehouse.as_of import set_session_as_of
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

Row = dict[str, Any]

COMPARED_COLUMNS = (
    "numerator",
    "denominator",
    "value",
    "value_low",
    "value_high",
    "low_closed",
    "high_closed",
    "units_expected",
    "units_reporting",
    "coverage_pct",
    "is_provisional",
    "is_estimated",
    "verdict",
)
"""What is compared of a figure: the columns of fct_indicator_rollup that speak of it, and the annex's verdict."""

OF_INDICATOR = ("indicator_code", "indicator_name", "measure", "unit_vi", "hard_min", "hard_max", "target_year")

AROUND = ("báo cáo", "so với kế hoạch")

FIGURES = f"""
select indicator.indicator_code, indicator.name_vi as indicator_name, figure.measure, indicator.unit_vi,
       figure.unit_id, figure.unit_code, figure.unit_level, figure.is_made_up, indicator.hard_min, indicator.hard_max,
       {", ".join(f"figure.{column}" for column in COMPARED_COLUMNS if column != "verdict")}
from fct_indicator_rollup as figure
join catalogue_as_of.indicators as indicator using (programme_code, indicator_code)
join app.org_unit as unit using (unit_id)
where figure.programme_code = %(programme)s and figure.period = %(period)s and figure.unit_code = %(unit)s
    and figure.boundary_basis = %(basis)s
order by indicator.sort_order, figure.measure, unit.valid_from
"""

NAME = """
select unit_name from app.org_unit_code where unit_code = %(unit)s and resolve_to = 'infinity'
"""

STEPS = queries.load(__file__, "steps")
"""A step is one line that another took the place of, that came new, or that was withdrawn: then no line came."""


@dataclass(frozen=True)
class Change:
    """A figure that differs between the two timestamps.

    hard_min, hard_max: of the indicator. target_year: of the target that decides its verdict. before, after: its
    COMPARED_COLUMNS, None where the figure was not there. steps: the lines that changed it, each with file,
    sheet and cell (`place`), unit, agency, kind of report, the moment of its acceptance, and old and new texts.
    """

    indicator_code: str
    indicator_name: str
    measure: str
    unit_vi: str | None
    hard_min: Decimal | None
    hard_max: Decimal | None
    target_year: int | None
    before: Row | None
    after: Row | None
    steps: list[Row]


@dataclass(frozen=True)
class Comparison:
    """All figures of a unit and period that differ between two timestamps, in the plan's order."""

    programme_code: str
    programme_name: str
    unit_code: str
    unit_name: str
    period: str
    before: datetime
    after: datetime
    changes: list[Change]
    is_made_up: bool = False


def compare(
    connection: psycopg.Connection, programme: str, unit: str, period: str, before: datetime, after: datetime
) -> Comparison:
    """Compare the figures of a unit, as reported, as of two timestamps, and find the files in between.

    The session looks at `after` when it ends. Raises WrongCall where `after` is not after `before`, for a moment that
    has not come and for an unknown programme, unit or period; BaocaoError where reports until then are not built.
    """
    if before >= after:
        raise WrongCall("The first moment has to be the earlier one.")
    catalogue.period(connection, programme, period)
    require_unit(connection, unit)
    cursor = connection.cursor(row_factory=dict_row)
    keys: Row = {"programme": programme, "unit": unit, "period": period, "basis": "as_reported"}
    found = []
    for at in (before, after):
        set_session_as_of(connection, at)
        found.append(_figures(cursor, keys))
    changed = [key for key in found[1] | found[0] if _compared(found[0].get(key)) != _compared(found[1].get(key))]
    steps = _steps(cursor, keys | {"before": before, "after": after, "indicators": [code for code, _ in changed]})
    return Comparison(
        programme_code=programme,
        programme_name=catalogue.programme(connection, programme).name_vi,
        unit_code=unit,
        unit_name=cursor.execute(NAME, keys).fetchall()[0]["unit_name"],
        period=period,
        before=before,
        after=after,
        changes=[_change(found[0].get(key), found[1].get(key), steps.get(key[0], [])) for key in changed],
        is_made_up=any(found[at][key]["is_made_up"] for key in changed for at in (0, 1) if key in found[at]),
    )


def _figures(cursor: psycopg.Cursor[Row], keys: Row) -> dict[tuple[str, str], Row]:
    """By indicator and measure; of two units that bore the code in the period, the later one's."""
    rows = cursor.execute(FIGURES, keys).fetchall()
    verdicts = annex_data.main_verdicts(cursor, keys["programme"], rows[-1]["unit_id"], keys["period"]) if rows else {}
    found = {(row["indicator_code"], row["measure"]): row for row in rows}
    return {key: row | _main_verdict(verdicts.get(key)) for key, row in found.items()}


def _main_verdict(found: Row | None) -> Row:
    return {name: found[name] if found else None for name in ("verdict", "target_year")}


def _compared(figure: Row | None) -> Row | None:
    return {name: figure[name] for name in COMPARED_COLUMNS} if figure else None


def _steps(cursor: psycopg.Cursor[Row], keys: Row) -> dict[str, list[Row]]:
    """By indicator, in time: the lines that were added, withdrawn or replaced."""
    found: dict[str, list[Row]] = {}
    for row in cursor.execute(STEPS, keys).fetchall():
        cell = tracing.place(row) if row["row_no"] is not None else None
        step = {name: value for name, value in row.items() if name not in ("row_no", "part_columns", "indicator_code")}
        found.setdefault(row["indicator_code"], []).append(step | {"place": cell})
    return found


def _change(before: Row | None, after: Row | None, steps: list[Row]) -> Change:
    either = after or before
    assert either is not None
    names = {name: either[name] for name in OF_INDICATOR}
    return Change(**names, before=_compared(before), after=_compared(after), steps=steps)


def figure_rows(comparison: Comparison) -> list[Row]:
    """The changed figures for people, one row each: before → after."""
    return [
        {
            "": change.indicator_code,
            "chỉ tiêu": change.indicator_name,
            "ĐVT": formatting.UNITS.get(change.measure) or change.unit_vi or "",
            "trước": _figure(change, change.before, change.after),
            "sau": _figure(change, change.after, change.before),
            "tử số / mẫu số": _arrow(_parts(change.before), _parts(change.after), "\n→ "),
            "báo cáo": _arrow(_coverage(change.before), _coverage(change.after), "\n→ "),
            "so với kế hoạch": _verdicts(change, comparison.period),
        }
        for change in comparison.changes
    ]


def step_rows(comparison: Comparison) -> list[Row]:
    """The lines that changed them, one row each; a line that was withdrawn has no cell and no new text."""
    return [
        {
            "": change.indicator_code,
            "đơn vị": step["unit_code"]
            + ("" if step["agency_code"] == DEFAULT_AGENCY else f" ({step['agency_code']})"),
            "báo cáo": TYPES[step["submission_type"]],
            "nhận lúc": wording.timestamp(step["accepted_at"]),
            "tử số": _arrow(step["old_numerator"], step["new_numerator"]),
            "mẫu số": _arrow(step["old_denominator"], step["new_denominator"]),
            "giá trị": _arrow(step["old_value"], step["new_value"]),
            "ô": step["place"] or "",
            "tệp": step["file_name"],
            "sha256": step["sha256"],
        }
        for change in comparison.changes
        for step in change.steps
    ]


def display_lines(comparison: Comparison) -> Iterator[str]:
    """For a screen: each figure before → after, and below it each line that did it, with its file and cells."""
    steps = iter(step_rows(comparison))
    if comparison.is_made_up:
        yield formatting.MADE_UP
    for change, row in zip(comparison.changes, figure_rows(comparison), strict=True):
        yield f"\n{row['']}  {row['chỉ tiêu']}"
        texts = (f"{row['trước']} → {row['sau']} {row['ĐVT']}", *map(row.get, ("tử số / mẫu số", *AROUND)))
        yield "    " + " · ".join(text.replace("\n", " ") for text in texts if text)
        for step in islice(steps, len(change.steps)):
            cells = ", ".join(f"{name} {step[name]}" for name in ("tử số", "mẫu số", "giá trị") if step[name])
            yield f"    {step['đơn vị']} {step['báo cáo']}, nhận lúc {step['nhận lúc']}: {cells}"
            yield f"        {step['tệp']}  {step['ô']}".rstrip()
            yield f"        sha256 {step['sha256']}"


def _figure(change: Change, found: Row | None, other: Row | None) -> str:
    """With so many digits that a change of it can be seen."""
    if found is None:
        return formatting.MISSING
    ends = (other[name] for name in ("value_low", "value_high")) if other else ()
    of_indicator = {name: getattr(change, name) for name in ("measure", "hard_min", "hard_max")}
    return figure(found | of_indicator, formatting.Beside(figures=tuple(end for end in ends if end is not None)))


def _parts(found: Row | None) -> str | None:
    if found is None or found["numerator"] is None:
        return None
    numbers = (found["numerator"], found["denominator"])
    return "/".join(formatting.number(number) for number in numbers if number is not None)


def _coverage(found: Row | None) -> str | None:
    return coverage(found) if found else None


def _verdicts(change: Change, period: str) -> str:
    codes = [found["verdict"] if found else None for found in (change.before, change.after)]
    before, after = (formatting.verdict(code, change.target_year, period) if code else None for code in codes)
    return _arrow(before, after, "\n→ ")


def _arrow(before: str | None, after: str | None, between: str = " → ") -> str:
    """ "397 → 390"; once where nothing changed, a dash for what is not there."""
    if before == after:
        return before or ""
    return f"{before or formatting.MISSING}{between}{after or formatting.MISSING}"
