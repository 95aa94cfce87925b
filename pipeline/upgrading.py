"""Whether what a home has built is of this code: after an upgrade it is not, until the next build."""

import psycopg

from pipeline import building
from warehouse import database

BUILT_OF = "select catalogue_version from ops.last_successful_run where step = 'build'"


def is_built() -> bool:
    """Whether the last build that succeeded was of this code and these rows; false where nothing is built."""
    try:
        with database.connect() as connection:
            built = connection.execute(BUILT_OF).fetchone()
    except (psycopg.Error, database.DatabaseUnavailable):
        return False
    return built is not None and built[0] == building.catalogue_version()
