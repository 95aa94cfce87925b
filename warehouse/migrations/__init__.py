"""The schemas raw and ops and who may use what, step by step under Alembic, which is configured here in code.

A revision is a file `versions/<number>_<what it is about>.py`; the numbers follow one another without branches.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

HERE = Path(__file__).parent
TABLE = "alembic_version"
SCHEMA = "public"


def head() -> str:
    """The newest revision, read from the file names: importing Alembic takes longer than a command should wait."""
    return max(path.name.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*_*.py"))


def upgrade(engine: "Engine", revision: str = "head") -> None:
    from alembic import command

    with engine.begin() as connection:
        command.upgrade(_configuration(connection), revision)


def downgrade(engine: "Engine", revision: str) -> None:
    """Down to `revision`, "base" for nothing at all. Reports and decisions are lost with their tables."""
    from alembic import command

    with engine.begin() as connection:
        command.downgrade(_configuration(connection), revision)


def _configuration(connection: "Connection") -> "Config":
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(HERE))
    configuration.attributes["connection"] = connection
    return configuration
