"""Airflow's scheduler: `python -m warehouse.airflow.scheduler`. Without a broker it forks the tasks' processes."""

import sys

from warehouse.airflow import beforehand


def main() -> None:
    """Run `airflow scheduler` with the arguments of the command line."""
    beforehand.run("scheduler", *sys.argv[1:])


if __name__ == "__main__":
    main()
