"""Whether the marts whose rows are stored hold what their views make, and have their keys in the database."""

import psycopg

OF_FIGURES = ("fct_indicator_rollup", "fct_target_progress")
STORED = ("marts.dim_indicator", *(f"marts.{mart}" for mart in OF_FIGURES))
MAY_BE_EMPTY = ("intermediate.int_denominators__last_reported",)
"""What the marts are made of beside them: nothing where every unit has reported."""
DIFFERENCES = """
select count(*) from (
    (table {schema}.{name} except all table {schema}_as_of.{name})
    union all
    (table {schema}_as_of.{name} except all table {schema}.{name})
) as different
"""

STATUSES = """
select count(*) from (
    (table intermediate.int_submission_status__history except all select {columns} from {computed})
    union all
    (select {columns} from {computed} except all table intermediate.int_submission_status__history)
) as different
"""
COLUMNS = """
select string_agg(attname, ', ' order by attnum)
from pg_attribute where attrelid = 'intermediate.int_submission_status__history'::regclass and attnum > 0
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
    for table in (*STORED, *MAY_BE_EMPTY):
        schema, name = table.split(".")
        (count,) = connection.execute(DIFFERENCES.format(schema=schema, name=name)).fetchone()
        if count:
            found[table] = count
    (columns,) = connection.execute(COLUMNS).fetchone()
    computed = "intermediate.int_submission_status__computed"
    (count,) = connection.execute(STATUSES.format(columns=columns, computed=computed)).fetchone()
    if count:
        found["statuses"] = count
    for table in STORED:
        assert connection.execute(f"select exists (table {table})").fetchone() == (True,)
    assert set(connection.execute(KEYS).fetchall()) == EXPECTED_KEYS
    return found
