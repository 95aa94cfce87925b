"""A program of Airflow that forks the processes of tasks, with what tasks need imported before it does.

What is imported here is there in each task, and none pays the seconds that dbt and Great Expectations take to import.
"""

import sys
from importlib import import_module

from warehouse.deferred_import import defer_import

IMPORTED_BEFOREHAND = (
    "dbt.cli.main",
    "dbt.adapters.postgres",
    "great_expectations",
    "great_expectations.expectations",
    "sqlalchemy.dialects.postgresql.psycopg",
)


def run(*arguments: str) -> None:
    """Run `airflow` with these arguments, in this process, which ends with it."""
    defer_import("scipy.stats")
    for name in IMPORTED_BEFOREHAND:
        import_module(name)
    airflow = import_module("airflow.__main__")
    sys.argv = ["airflow", *arguments]
    airflow.main()
