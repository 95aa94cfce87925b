"""Whether the marts whose rows are stored hold what their views make, and have their keys in the database."""

import psycopg

OF_FIGURES = ("fct_indicator_rollup", "fct_target_progress")
STORED = ("dim_indicator", *OF_FIGURES)
DIFFERENCES = """
select count(*) from (
    (table marts.{mart} except all table marts_as_of.{mart})
    union all
    (table marts_as_of.{mart} except all table marts.{mart})
) as different
"""

KEYS = """
select conrelid::regclass::text, contype::text, nullif(confrelid, 0)::regclass::text
from pg_constraint where connamespace = 'marts'::regnamespace and contype in ('p', 'f')
"""
EXPECTED_KEYS = {
    ("dim_programme", "p", None),
    ("dim_indicator", "p", None),
    ("dim_indicator", "f", "dim_programme"),
    ("fct_indicator_rollup", "p", None),
    ("fct_indicator_rollup", "f", "dim_programme"),
    ("fct_indicator_rollup", "f", "dim_indicator"),
    ("fct_target_progress", "f", "dim_programme"),
    ("fct_target_progress", "f", "dim_indicator"),
}


def differences(connection: psycopg.Connection) -> dict[str, int]:
    """By mart, the rows that only the table or only the view has; empty where they agree. The tables have rows."""
    found = {}
    for mart in STORED:
        (count,) = connection.execute(DIFFERENCES.format(mart=mart)).fetchone()
        if count:
            found[mart] = count
        assert connection.execute(f"select exists (table marts.{mart})").fetchone() == (True,)
    assert set(connection.execute(KEYS).fetchall()) == EXPECTED_KEYS
    return found
