"""What the page of a concept reads, as of the session's time."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from warehouse import queries

Row = dict[str, Any]

PROGRESS = queries.load(__file__, "progress").encode()

CONCEPTS = """
select concept.*, (
    select count(distinct programme_code) from catalogue_as_of.indicator_concepts as named
    where named.concept_code = concept.concept_code) as programmes
from catalogue_as_of.concepts as concept order by sort_order
"""


def concepts(connection: psycopg.Connection) -> list[Row]:
    """The concepts in their order, each with the number of programmes that measure it."""
    return connection.cursor(row_factory=dict_row).execute(CONCEPTS).fetchall()


def progress(connection: psycopg.Connection, concept: str, unit: str) -> list[Row]:
    """The figures of a unit's code in the order of time, each with `breaks`: what is other than in the row before."""
    values = {"concept": concept, "unit": unit}
    rows = connection.cursor(row_factory=dict_row).execute(PROGRESS, values).fetchall()
    return [row | {"breaks": _breaks(before, row)} for before, row in zip([None, *rows], rows, strict=False)]


def _breaks(before: Row | None, row: Row) -> list[str]:
    """`definition`, `measure`, `factor` (per 1 000 or per 100) and `unit`; a first row breaks with nothing."""
    names = {"break_vi": "definition", "measure": "measure", "factor": "factor", "unit_id": "unit"}
    return [] if before is None else [kind for name, kind in names.items() if before[name] != row[name]]
