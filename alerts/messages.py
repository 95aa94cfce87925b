"""What an alert says, in Vietnamese, as plain text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import wording

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Issue:
    """Why a report was rejected: the place in the file, what stood there, and the reason in Vietnamese."""

    sheet: str | None
    place: str | None
    raw: str | None
    message: str

    @property
    def where(self) -> str:
        """Báo cáo!E14 «1.234»; empty for the file as a whole."""
        place = "!".join(part for part in (self.sheet, self.place) if part)
        return f"{place} «{self.raw}»" if self.raw else place


@dataclass(frozen=True)
class Alert:
    """One overdue report that a unit is told of. key: the ledger's unique key."""

    ledger_id: int
    key: tuple[str, ...]
    programme_code: str
    programme_name: str
    period: str
    unit_code: str
    unit_name: str
    agency_code: str
    deadline_at: datetime
    phrase: str
    lines_required: int
    is_rejected: bool
    reasons: tuple[Issue, ...] = ()
    reasons_untold: int = 0


@dataclass(frozen=True)
class Text:
    subject: str
    plain: str
    html: str


def compose(alerts: Sequence[Alert], moment: datetime) -> Text:
    """One message for all that one recipient is told in a run. moment: what the run takes as now."""
    values = {"alerts": alerts, "moment": moment, "units": ", ".join(dict.fromkeys(a.unit_name for a in alerts))}
    return Text(
        _subject(alerts),
        _templates().get_template("missing.txt.j2").render(values),
        _templates().get_template("missing.html.j2").render(values),
    )


def _subject(alerts: Sequence[Alert]) -> str:
    first = alerts[0]
    if len(alerts) > 1:
        return f"Chưa nhận được {len(alerts)} báo cáo đã quá hạn"
    what = "Báo cáo bị từ chối và đã quá hạn" if first.is_rejected else "Chưa nhận được báo cáo đã quá hạn"
    return f"{what}: {first.unit_name}, {wording.period(first.period)}"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"period": wording.period, "moment": wording.moment}
    return environment
