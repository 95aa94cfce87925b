"""Settings, read at each call: from the environment, else from the file settings.json of the home, else the default.

Every variable starts with BAOCAO_ and is listed in the public contract; an empty one counts as unset. The file holds
the same names, and beside them AIRFLOW__… and AIRFLOW_CONN_…, which are handed to Airflow.
"""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from warehouse import private_files
from warehouse.errors import BaocaoError, WrongCall

PROJECT_ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds dags/ and dbt_project/."""

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Plans, deadlines and data windows are dates of this zone."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

PREFIX = "BAOCAO_"
PASSED_PREFIXES = ("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_", "OTEL_")
"""Of Airflow and OpenTelemetry, passed through. AIRFLOW_HOME is not: each home has an Airflow of its own."""
ENVIRONMENT_ONLY = ("BAOCAO_HOME", "BAOCAO_NOW")
"""Where the file is cannot be in the file; and a fixed now that outlives its shell would stop every deadline."""


def aware(timestamp: str | datetime) -> datetime:
    """An ISO 8601 text or a datetime as an aware timestamp; without an offset it is Vietnamese time.

    A date alone is its first instant: "2026-11-30" is 2026-11-30 00:00 +07:00.
    Raises ValueError for a text that is no ISO 8601 timestamp.
    """
    parsed = datetime.fromisoformat(timestamp.strip()) if isinstance(timestamp, str) else timestamp
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZONE)


def _check_database_url(given: str) -> str:
    if not given.startswith("postgres"):
        raise ValueError("must be a postgresql:// address")
    return given


def _check_schedule(given: str) -> str:
    if given != "none" and len(given.split()) != 5:
        raise ValueError("must be a cron line of five fields, such as 0 7 * * *, or none")
    return given


def _check_address(given: str) -> str:
    if not re.fullmatch(r"[^\s<>,;:\"@]+@[^\s<>,;:\"@]+", given):
        raise ValueError("must be one e-mail address")
    return given


def _check_pages_url(given: str) -> str:
    """Passwords never travel in clear text: http is for this machine alone."""
    parts = urlsplit(given.rstrip("/"))
    is_plain = parts.hostname is not None and parts.path == parts.query == parts.fragment == "" and "@" not in given
    if not is_plain or parts.scheme not in ("http", "https"):
        raise ValueError("must be https:// and a host, with a port or without, such as https://baocao.example.vn")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be https://: http is for this machine only (127.0.0.1)")
    return given.rstrip("/")


def _check_issuer(given: str) -> str:
    """Tokens and the client's secret never travel in clear text either."""
    parts = urlsplit(given.rstrip("/"))
    if not parts.hostname or parts.query or parts.fragment or "@" in given:
        raise ValueError("must be https:// and a host, with a path or without, such as https://id.example.vn/realms/a")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("must be https://: http is for this machine only (127.0.0.1)")
    return given.rstrip("/")


def _check_broker_url(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("must be redis:// or rediss:// and a host, such as redis://:password@10.0.0.5:6379/0")
    return given


class Settings(BaseSettings):
    """What an office may set. Addresses that can hold a password stay out of the repr, and so out of logs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore")

    home: Path = Field(
        default=PROJECT_ROOT / ".baocao",
        description="Embedded database, settings, passwords, inbox, archive, receipts, logs. "
        "Default: `.baocao/` in the project.",
    )
    database_url: Annotated[str, AfterValidator(_check_database_url)] | None = Field(
        default=None,
        repr=False,
        description="`postgresql://…` of a server of yours, its user the owner of the database. "
        "Default: the embedded PostgreSQL in the home.",
    )
    catalogue: Path | None = Field(
        default=None,
        description="The office's own catalogue: a folder of CSV files whose rows add to the plans that are shipped, "
        "replace and remove rows of them; upgrades never touch it. Unset: the plans as shipped.",
    )
    boundaries: Path | None = Field(
        default=None,
        description="Boundaries for the map of an indicator: a GeoJSON file, a feature for each unit (`unit_code`), "
        "Hoàng Sa (20333) and Trường Sa (22736) among them. None is shipped. Unset: a grid of units.",
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
    restricted: Path | None = Field(
        default=None,
        description="The folder where files with personal data are kept instead of the archive, for a short time and "
        "readable by the account that runs baocao alone; not an address. Default: `restricted` in the home.",
    )
    restricted_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="After how many days the file with personal data is deleted; what was wrong with it and its hash "
        "stay. Default: 14.",
    )
    file_access: Literal["owner", "group"] = Field(
        default="owner",
        description="Who may read archive, receipts and published workbooks beside the account that runs baocao: "
        "`owner`, nobody (0600, folders 0700); `group`, the group of their folder (0640, 0750). Default: `owner`.",
    )
    sign_in: Literal["on", "off"] = Field(
        default="off",
        description="`on`: the pages of `baocao serve` need an account, show what its role may see, take reports, and "
        "may listen on other addresses than this machine's. `off`: they are read without an account, on this machine "
        "only, and take nothing. Default: `off`.",
    )
    pages_url: Annotated[str, AfterValidator(_check_pages_url)] = Field(
        default="http://127.0.0.1:8090",
        description="Where officers open the pages, for the links of invitations: `https://` and a host, without a "
        "path. No other host is served once sign-in is on. Default: `http://127.0.0.1:8090`.",
    )
    uploads_a_day: int = Field(
        default=200,
        ge=1,
        le=100_000,
        description="How many files an account may hand in on the pages in a day, retractions and typed reports among "
        "them; more are refused before they are read. Default: 200.",
    )
    oidc_issuer: Annotated[str, AfterValidator(_check_issuer)] | None = Field(
        default=None,
        description="The office's own sign-in beside passwords: the issuer of an OpenID Connect provider, `https://…`, "
        "whose `/.well-known/openid-configuration` is read. Accounts are still invited; their verified e-mail address "
        "there has to be the same. Unset: passwords only.",
    )
    oidc_client_id: str = Field(default="", description="Under which name the provider knows the pages.")
    oidc_client_secret: str | None = Field(
        default=None, repr=False, description="The secret that the provider gave for it. Unset: a public client."
    )
    oidc_name: str = Field(
        default="cơ quan",
        max_length=60,
        description="Whose accounts these are, as the page of the sign-in says: `Đăng nhập bằng tài khoản …`. "
        "Default: `cơ quan`.",
    )
    smtp_url: str | None = Field(
        default=None,
        repr=False,
        description="The mail server of the alerts, `smtp://user:password@host:port`. "
        "Unset: alerts go to the ledger and the log.",
    )
    smtp_connections: int = Field(
        default=2,
        ge=1,
        le=20,
        description="Over how many connections at once letters are sent, 1 to 20; some servers allow few. Default: 2.",
    )
    mailbox_url: str | None = Field(
        default=None,
        repr=False,
        description="The mailbox in which answers to letters arrive: `imaps://user:password@host/INBOX`, "
        "`imap://…?starttls=1` or `maildir:/path`. Reports attached to an answer are received. Unset: letters take no "
        "answers.",
    )
    mailbox_address: Annotated[str, AfterValidator(_check_address)] | None = Field(
        default=None,
        description="The address of that mailbox, to which letters are answered (Reply-To). "
        "Unset: the sender of BAOCAO_SMTP_URL.",
    )
    webhook_url: str | None = Field(
        default=None,
        repr=False,
        description="Where escalations to the owners of programmes go beside their contacts: an address that takes "
        "signed JSON, as Slack and Teams do (the part after `#` is the key that signs it), or any service that Apprise "
        "knows, `tgram://…`. Unset: nowhere.",
    )
    internal_webhooks: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="Whether webhooks of contacts may lead to this machine, its link or a private network: `refuse`, "
        "neither when they are imported nor when they are called; `allow`, for a chat of the office's own. What "
        "BAOCAO_WEBHOOK_URL and BAOCAO_OPERATOR name may lead there always. Default: `refuse`.",
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
    batch_files: int = Field(
        default=200,
        ge=1,
        le=1000,
        description="How many files of the inbox one task receives, 1 to 1000; fewer where several workers share a "
        "wave of some hundreds. Default: 200.",
    )
    broker_url: Annotated[str, AfterValidator(_check_broker_url)] | None = Field(
        default=None,
        repr=False,
        description="`redis://:password@host:6379/0` or `rediss://…` of a Redis: Airflow's tasks are run by workers on "
        "this machine and others, which take them from there. Unset: the scheduler runs them.",
    )
    workers: int = Field(
        default=1,
        ge=0,
        le=32,
        description="With BAOCAO_BROKER_URL, how many workers `baocao up` starts on this machine, each for four tasks "
        "at once; 0 where other machines have them. Default: 1.",
    )
    inbox_schedule: Annotated[str, AfterValidator(_check_schedule)] | None = Field(
        default=None,
        description="When Airflow empties the inbox: a cron line in Vietnamese time, or `none` for by hand only. "
        "Unset: every two minutes, and as soon as a file is finished; `none` ends that too.",
    )
    inbox_quiet_seconds: float = Field(
        default=3.0,
        ge=0,
        le=3600,
        description="How many seconds a file of the inbox must not have changed before it is read; a CSV that ends in "
        "the middle of a line, twenty times as long. More for a slow network drive. Default: 3.",
    )
    deadlines_schedule: Annotated[str, AfterValidator(_check_schedule)] | None = Field(
        default=None,
        description="When Airflow checks deadlines and sends reminders, in the same way. Unset: daily at 07:00.",
    )
    now: Annotated[datetime, BeforeValidator(aware)] | None = Field(
        default=None,
        description="An ISO 8601 timestamp, in Vietnamese time unless it says otherwise, that every command takes as "
        "now, and says so. Unset: the wall clock.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What a caller passes, then the environment, then the file of the home."""
        of_the_home = {
            name.removeprefix(PREFIX).lower(): value for name, value in stored().items() if name.startswith(PREFIX)
        }
        return init_settings, env_settings, InitSettingsSource(settings_cls, of_the_home)

    @model_validator(mode="after")
    def _require_a_client(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError(
                "BAOCAO_OIDC_ISSUER needs BAOCAO_OIDC_CLIENT_ID, the name that the provider gave the pages"
            )
        return self

    @model_validator(mode="after")
    def _make_places_absolute(self) -> "Settings":
        """A process that changes folder (dbt does) must still find the same home, inbox and archive."""
        self.home = self.home.expanduser().absolute()
        self.catalogue = self.catalogue.expanduser().absolute() if self.catalogue else None
        self.inbox = _absolute(self.inbox or str(self.home / "inbox"))
        self.archive = _absolute(self.archive or str(self.home / "archive"))
        self.restricted = (self.restricted or self.home / "restricted").expanduser().absolute()
        return self


def _absolute(place: str) -> str:
    """A folder as an absolute path; an fsspec URL (s3://…) as it is."""
    return place if "://" in place else str(Path(place).expanduser().absolute())


def get_settings() -> Settings:
    """The settings as they are now; raises WrongCall that names the variable that cannot be read."""
    variables = frozenset((name, value) for name, value in os.environ.items() if name.startswith((PREFIX, "HOME")))
    return _settings_of(variables, Path.cwd(), _state(stored_file()))


@lru_cache(maxsize=8)
def _settings_of(variables: frozenset[tuple[str, str]], folder: Path, file: tuple[int, ...]) -> Settings:
    """Validated once for all that they are made of: a command reads its settings dozens of times."""
    return _validated({})


def _state(file: Path) -> tuple[int, ...]:
    """What changes with every change of a file: private_files writes a new one each time."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def stored_file() -> Path:
    """The settings of the home of this environment, whether the file exists or not."""
    home = os.environ.get("BAOCAO_HOME") or Settings.model_fields["home"].default
    return Path(home).expanduser().absolute() / "settings.json"


def stored() -> dict[str, str]:
    """What the file of the home holds, by the names of the environment. Raises WrongCall if it cannot be read."""
    try:
        return private_files.read(stored_file())
    except ValueError as error:
        raise WrongCall(
            f"{stored_file()} cannot be read: {error}. Mend it, or remove it and set its values anew."
        ) from None
    except PermissionError:
        raise _somebody_elses(stored_file().parent) from None


def store(name: str, value: str | None) -> None:
    """Keep a value in the file of the home; None removes it. Raises WrongCall for what Settings would refuse."""
    if value is not None:
        _check(name, value)
    kept = {key: each for key, each in stored().items() if key != name}
    private_files.write(stored_file(), kept if value is None else kept | {name: value})


def origin(name: str) -> str:
    """Where the value of a variable comes from: environment, settings.json or default."""
    if os.environ.get(name):
        return "environment"
    return stored_file().name if name in stored() else "default"


def passed_variables() -> dict[str, str]:
    """Those of Airflow and OpenTelemetry, from the file of the home and the environment; the environment decides."""
    given = {**stored(), **os.environ}
    return {name: value for name, value in given.items() if name.startswith(PASSED_PREFIXES)}


def names() -> list[str]:
    """The variables of Settings, in the order of its page."""
    return [PREFIX + field.upper() for field in Settings.model_fields]


def _check(name: str, value: str) -> None:
    if name in ENVIRONMENT_ONLY:
        raise WrongCall(f"{name} is read from the environment only.")
    if name.startswith(PASSED_PREFIXES):
        return
    if name not in names():
        known = ", ".join(each for each in names() if each not in ENVIRONMENT_ONLY)
        raise WrongCall(
            f"{name} is no setting. Allowed: {known}, and variables of Airflow and OpenTelemetry "
            "(AIRFLOW__…, AIRFLOW_CONN_…, OTEL_…)."
        )
    if not value:
        raise WrongCall(f"{name}: an empty value counts as unset. `baocao config unset {name}` removes it.")
    _validated({name.removeprefix(PREFIX).lower(): value})


def _validated(given: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = {f"{PREFIX}{str(problem['loc'][0]).upper()}": problem["msg"] for problem in error.errors()}
        origins = {name: "" if given else f" ({origin(name)})" for name in wrong}
        reasons = ", ".join(f"{name}{origins[name]}: {message}" for name, message in wrong.items())
        raise WrongCall(f"Settings cannot be read. {reasons}") from None


def check_home() -> None:
    """Raises BaocaoError if the home is somebody else's: half of what it holds could not be read."""
    home = get_settings().home
    if home.exists() and not os.access(home, os.W_OK):
        raise _somebody_elses(home)


def _somebody_elses(home: Path) -> BaocaoError:
    return BaocaoError(
        f"{home} belongs to another user ({home.owner()}). Run as that user, or set BAOCAO_HOME to a folder of yours."
    )
