"""What the pages of a unit's progress read, as of the session's time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages.choices import Chosen
from publish.reading import progress
from warehouse import queries

Row = dict[str, Any]
Series = dict[tuple[str, str], dict[str, Row]]
"""By indicator and measure: the figure of each period."""


PLANS = """
select plan.document_vi, plan.is_made_up from catalogue_as_of.unit_plans as plan
join app.org_unit as unit using (unit_code)
join catalogue_as_of.programmes as programme using (programme_code)
where plan.programme_code = %(programme)s and unit.unit_id = %(unit_id)s
    and unit.valid_from <= programme.ends_on and unit.valid_to > programme.starts_on
order by plan.agency_code
"""


@dataclass(frozen=True)
class Progress:
    """rows: one per indicator, measure and target, in the plan's order. periods: up to the chosen one, of its kind.

    plans: the unit's own under the programme.
    """

    rows: list[Row]
    series: Series
    periods: tuple[str, ...]
    plans: Sequence[Row] = ()

    @property
    def unit_id(self) -> str | None:
        return self.rows[0]["unit_id"] if self.rows else None

    @property
    def is_made_up(self) -> bool:
        return any(row["is_made_up"] for row in self.rows)

    def main_rows(self) -> list[Row]:
        """One row per indicator and measure: with its main target, else with any or none."""
        best: dict[tuple[str, str], Row] = {}
        for row in self.rows:
            key = row["indicator_code"], row["measure"]
            if key not in best or row["is_main_target"]:
                best[key] = row
        return list(best.values())

    def of_same_figure(self, row: Row) -> list[Row]:
        """The figure's rows, one per target."""
        return [
            each
            for each in self.rows
            if (each["indicator_code"], each["measure"]) == (row["indicator_code"], row["measure"])
        ]


def read(connection: psycopg.Connection, chosen: Chosen, unit: str, basis: str) -> Progress:
    keys = chosen.keys
    rows = progress.of_unit(connection, keys["programme"], unit, keys["period"], basis)
    periods = tuple(
        each.period
        for each in chosen.periods
        if each.data_to <= chosen.period.data_to and len(each.period) == len(chosen.period.period)
    )
    series = read_series(connection, keys["programme"], rows[0]["unit_id"], basis, periods) if rows else {}
    values = {"programme": keys["programme"], "unit_id": rows[0]["unit_id"]} if rows else {}
    plans = connection.cursor(row_factory=dict_row).execute(PLANS, values).fetchall() if rows else []
    return Progress(rows, series, periods, plans)


def read_series(
    connection: psycopg.Connection, programme: str, unit_id: str, basis: str, periods: Sequence[str]
) -> Series:
    """A unit's figures over the periods; a code that another unit had before is not followed."""
    values = {"programme": programme, "unit_id": unit_id, "basis": basis, "periods": list(periods)}
    query = queries.load(__file__, "series").encode()
    series: Series = {}
    for row in connection.cursor(row_factory=dict_row).execute(query, values):
        series.setdefault((row["indicator_code"], row["measure"]), {})[row["period"]] = row
    return series
