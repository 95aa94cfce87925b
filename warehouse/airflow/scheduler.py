"""Airflow's scheduler, with what tasks need imported beforehand: `python -m warehouse.airflow.scheduler`.

LocalExecutor forks its workers from the scheduler, and they their tasks: what is imported here is there in each, and
no task pays the seconds that dbt and Great Expectations take to import.
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


def main() -> None:
    """Run `airflow scheduler` with the arguments of the command line."""
    defer_import("scipy.stats")
    for name in IMPORTED_BEFOREHAND:
        import_module(name)
    airflow = import_module("airflow.__main__")
    sys.argv = ["airflow", "scheduler", *sys.argv[1:]]
    airflow.main()


if __name__ == "__main__":
    main()
