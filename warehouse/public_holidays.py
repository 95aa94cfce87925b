"""Public holidays of Vietnam, from the library `holidays` into ops.public_holiday.

The library knows Tết and the official days; days that a decision swaps, and Saturdays that are worked to make up for
them, are rows of the seed day_overrides. Weekends are no rows: the model int_calendar_days__numbered knows them.
"""

from importlib.metadata import version

import psycopg

YEARS = range(2019, 2051)
"""Whose holidays are known: from before the oldest period of a plan to long after the last deadline."""


def library_version() -> str:
    """The release of the library: another one may know other days, and every deadline rests on them."""
    return version("holidays")


def load(connection: psycopg.Connection) -> int:
    """Put the holidays of YEARS in place of those that are there; returns how many. The caller commits."""
    from holidays import country_holidays

    days = sorted(country_holidays("VN", years=YEARS, language="vi").items())
    connection.execute("delete from ops.public_holiday")
    connection.cursor().executemany("insert into ops.public_holiday (day, name_vi) values (%s, %s)", days)
    return len(days)
