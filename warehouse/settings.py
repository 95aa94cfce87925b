"""Settings, read from the environment at each call.

Every variable starts with BAOCAO_ and is listed in the public contract; an empty one counts as unset.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from warehouse.errors import BaocaoError, WrongCall

PROJECT_ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds dags/ and dbt_project/."""

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Plans, deadlines and data windows are dates of this zone."""


def aware(timestamp: str | datetime) -> datetime:
    """An ISO 8601 text or a datetime as an aware timestamp; without an offset it is Vietnamese time.

    A date alone is its first instant: "2026-11-30" is 2026-11-30 00:00 +07:00.
    Raises ValueError for a text that is no ISO 8601 timestamp.
    """
    parsed = datetime.fromisoformat(timestamp.strip()) if isinstance(timestamp, str) else timestamp
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZONE)


class Settings(BaseSettings):
    """What an office may set. Addresses that can hold a password stay out of the repr, and so out of logs."""

    model_config = SettingsConfigDict(env_prefix="BAOCAO_", env_ignore_empty=True, extra="ignore")

    home: Path = Field(
        default=PROJECT_ROOT / ".baocao",
        description="Embedded database, passwords, inbox, archive, receipts, logs. Default: `.baocao/` in the project.",
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="`postgresql://…` of a server of yours, its user the owner of the database. "
        "Default: the embedded PostgreSQL in the home.",
    )
    inbox: str = Field(
        default="",
        description="Where offices drop their files: a folder or an fsspec address (`s3://…`). "
        "Default: `inbox` in the home.",
    )
    archive: str = Field(
        default="",
        description="Where each file is kept unchanged: a folder or an fsspec address. Default: `archive` in the home.",
    )
    smtp_url: str | None = Field(
        default=None,
        repr=False,
        description="The mail server of the alerts, `smtp://user:password@host:port`. "
        "Unset: alerts go to the ledger and the log.",
    )
    webhook_url: str | None = Field(
        default=None,
        repr=False,
        description="Where escalations to the owners of programmes go beside their contacts: an address that takes "
        "signed JSON, as Slack and Teams do (the part after `#` is the key that signs it), or any service that Apprise "
        "knows, `tgram://…`. Unset: nowhere.",
    )
    operator: str | None = Field(
        default=None,
        repr=False,
        description="Who runs the warehouse, an e-mail address or one that takes messages as BAOCAO_WEBHOOK_URL does: "
        "notified when a run of the pipeline is late. Unset: only the log says so.",
    )
    alerts_since: Annotated[datetime, BeforeValidator(aware)] | None = Field(
        default=None,
        description="Nobody is written to about deadlines before this time. Unset: the first run of this warehouse.",
    )
    now: Annotated[datetime, BeforeValidator(aware)] | None = Field(
        default=None,
        description="An ISO 8601 timestamp, in Vietnamese time unless it says otherwise, that every command takes as "
        "now, and says so. Unset: the wall clock.",
    )

    @model_validator(mode="after")
    def _make_places_absolute(self) -> "Settings":
        """A process that changes folder (dbt does) must still find the same home, inbox and archive."""
        self.home = self.home.expanduser().absolute()
        self.inbox = _absolute(self.inbox or str(self.home / "inbox"))
        self.archive = _absolute(self.archive or str(self.home / "archive"))
        return self


def _absolute(place: str) -> str:
    """A folder as an absolute path; an fsspec URL (s3://…) as it is."""
    return place if "://" in place else str(Path(place).expanduser().absolute())


def get_settings() -> Settings:
    """The settings as they are now; raises WrongCall that names the variable that cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = ", ".join(f"BAOCAO_{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors())
        raise WrongCall(f"Settings cannot be read. {wrong}") from None


def check_home() -> None:
    """Raises BaocaoError if the home is somebody else's: half of what it holds could not be read."""
    home = get_settings().home
    if home.exists() and not os.access(home, os.W_OK):
        raise BaocaoError(
            f"{home} belongs to another user ({home.owner()}). "
            f"Run as that user, or set BAOCAO_HOME to a folder of yours."
        )
