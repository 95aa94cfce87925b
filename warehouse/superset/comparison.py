"""Superset's answers beside the marts': each chart's own query against a statement that was written apart from it."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.superset import assets, services
from warehouse.superset.api import SupersetApi
from warehouse.superset.datasets import FOLDER

DIGITS = 9
"""Superset's numbers are floating-point, the marts' are not: compared in as many significant digits."""


@dataclass(frozen=True)
class Compared:
    """A chart. rows: of Superset. only_in_superset, only_in_marts: rows that the other side lacks, a few of them."""

    chart: str
    title: str
    rows: int
    only_in_superset: list[str]
    only_in_marts: list[str]

    @property
    def is_equal(self) -> bool:
        return not self.only_in_superset and not self.only_in_marts


def compare() -> Iterator[Compared]:
    """Every chart in turn. Raises BaocaoError if Superset does not run or refuses a query."""
    session = services.api()
    ids = session.objects("chart")
    with database.connect("bi") as connection:
        for name, chart in assets.documents("chart").items():
            yield _compared(name, chart, _rows(session, ids[chart["uuid"]], chart), _expected(connection, name))


def statement(chart: str) -> bytes:
    """The SQL that says what the chart of that name should show."""
    return (FOLDER / "expected" / f"{chart}.sql").read_bytes()


def _expected(connection: psycopg.Connection, chart: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(statement(chart)).fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise BaocaoError(f"The marts did not answer for {chart} within the limit of bi_reader.") from error


def _rows(session: SupersetApi, chart_id: int, chart: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    params, dates = chart["params"], _dates(chart)
    names = [*assets.columns(params), *assets.metrics(params)]
    return [tuple(_day(row[name]) if name in dates else row[name] for name in names) for row in session.rows(chart_id)]


def _compared(
    name: str, chart: Mapping[str, Any], shown: list[tuple[Any, ...]], expected: Iterable[tuple[Any, ...]]
) -> Compared:
    superset, marts = Counter(map(_comparable, shown)), Counter(map(_comparable, expected))
    is_cut = len(shown) == chart["params"].get("row_limit")
    absent = [] if is_cut else list((marts - superset).elements())
    additional = list((superset - marts).elements())
    return Compared(
        name, chart["slice_name"], len(shown), *([str(row) for row in each[:3]] for each in (additional, absent))
    )


def _dates(chart: Mapping[str, Any]) -> set[str]:
    return {column["column_name"] for column in assets.dataset_of(chart)["columns"] if column["type"] == "DATE"}


def _day(milliseconds: float | None) -> date | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def _comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(map(_value, row))


def _value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return None if math.isnan(value) else f"{float(value):.{DIGITS}g}"
