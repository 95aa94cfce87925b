"""The previous figure beside each cell: the unit's own newest value, else the plan's baseline.

Its own: by the same agency, of the latest earlier period for which there is one. Never a figure made from below.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.forms.types import Form, Line, Previous
from warehouse import catalogue

REPORTED = """
select distinct on (reported.unit_id, reported.agency_code, reported.indicator_code)
       reported.unit_id, reported.agency_code, reported.indicator_code, reported.measure, reported.period,
       reported.value_low, reported.value_high, reported.low_closed, reported.high_closed, reported.is_made_up,
       indicators.hard_min, indicators.hard_max
from marts.fct_reported_value as reported
join app.reporting_period as periods using (programme_code, period)
join catalogue.indicators using (programme_code, indicator_code)
where reported.programme_code = %(programme)s and reported.unit_id = any(%(units)s) and reported.known_to is null
    and periods.data_to < %(begins)s and (reported.value_low is not null or reported.value_high is not null)
order by reported.unit_id, reported.agency_code, reported.indicator_code, periods.data_to desc
"""

PLANNED = """
select distinct on (baselines.unit_code, baselines.indicator_code)
       baselines.unit_code, baselines.indicator_code, baselines.measure, baselines.period, baselines.value_low,
       baselines.value_high, baselines.low_closed, baselines.high_closed, false as is_made_up,
       indicators.hard_min, indicators.hard_max
from catalogue.baselines
left join app.reporting_period as periods using (programme_code, period)
join catalogue.indicators using (programme_code, indicator_code)
where baselines.programme_code = %(programme)s and baselines.unit_code = any(%(codes)s)
    and coalesce(periods.data_to, make_date(left(period, 4)::integer, 12, 31)) < %(begins)s
    and (baselines.value_low is not null or baselines.value_high is not null)
order by baselines.unit_code, baselines.indicator_code, period desc
"""


def beside(connection: psycopg.Connection, forms: Sequence[Form], *, of_plan_only: bool = False) -> list[Form]:
    """The forms (of one programme and period) with the previous figure of each line.

    of_plan_only: what was reported is left out, so that the same catalogue gives the same forms.
    """
    if not forms:
        return []
    begins = catalogue.period(connection, forms[0].programme_code, forms[0].period).data_from
    values = {
        "programme": forms[0].programme_code,
        "begins": begins,
        "units": [form.unit_id for form in forms],
        "codes": [form.unit_code for form in forms],
    }
    cursor = connection.cursor(row_factory=dict_row)
    planned = {(row["unit_code"], row["indicator_code"]): row for row in cursor.execute(PLANNED, values)}
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    if not of_plan_only and _is_built(connection):
        rows = cursor.execute(REPORTED, values)
        found = {(row["unit_id"], row["agency_code"], row["indicator_code"]): row for row in rows}

    def with_previous(form: Form, line: Line) -> Line:
        own = found.get((form.unit_id, form.agency_code, line.code))
        return replace(line, previous=_previous(line, own or planned.get((form.unit_code, line.code))))

    return [replace(form, lines=tuple(with_previous(form, line) for line in form.lines)) for form in forms]


def _is_built(connection: psycopg.Connection) -> bool:
    row = connection.execute("select to_regclass('marts.fct_reported_value') is not null").fetchone()
    return bool(row and row[0])


def _previous(line: Line, row: dict[str, Any] | None) -> Previous | None:
    """None where nothing is known, or only in another measure: a count says nothing beside a rate."""
    if row is None or row["measure"] != line.measure:
        return None
    if line.is_yes_no:
        shown = line.answers[0] if row["value_low"] == 1 else line.answers[1]
    else:
        ends = row["value_low"], row["value_high"]
        closed = row["low_closed"], row["high_closed"]
        shown = formatting.interval(*ends, *closed, *formatting.limits(line.measure, row["hard_min"], row["hard_max"]))
    return Previous(shown, row["period"], row["is_made_up"])
