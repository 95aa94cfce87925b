"""Codes of the marts in both languages, as letters and workbooks have them, and the texts of dates and stages."""

from datetime import datetime

from pages.language import Text
from publish import formatting
from warehouse import code_labels, wording
from warehouse.clock import ZONE


def _texts(code_list: str) -> dict[str, Text]:
    return {code: Text(label.vi, label.en) for code, label in code_labels.labels(code_list).items()}


STATUSES = _texts("report_status")
ALERTS = _texts("alert_status")
VERDICTS = _texts("verdict")
NOT_YET_MET = VERDICTS["not_yet_met"]
PATHS = _texts("milestone_verdict")
TRENDS = _texts("trend_class")
SCOPES = _texts("target_scope")
SUM_OUTCOMES = _texts("target_sum_outcome")
SCORE_VERDICTS = _texts("score_verdict")
UNITS = _texts("unit_of_measure")
SUBMISSION_TYPES = _texts("submission_type")
GATE = _texts("gate_status")
SHAPES = {
    "met": "met",
    "exceeded": "met",
    "on_time": "met",
    "accepted": "met",
    "target_met": "met",
    "on_track": "met",
    "late": "part",
    "awaiting_approval": "part",
    "accepted_with_warnings": "part",
    "undetermined": "part",
    "acceleration_needed": "part",
    "not_met": "unmet",
    "missing": "unmet",
    "rejected": "unmet",
    "reversing": "unmet",
}
"""The sign beside a text; a code without one has an empty circle."""

AGGREGATIONS = _texts("aggregation")
LEVELS = _texts("unit_level")
NO_MILESTONE = _texts("milestone_reason")
MADE_UP = Text(formatting.MADE_UP, "MADE-UP DATA – not real figures")
READ_AT = Text("Như đã biết lúc {at}.", "As it was known at {at}.")
MADE_UP_REPORTS = Text("CÓ BÁO CÁO GIẢ ĐỊNH – không phải báo cáo thật", "SOME REPORTS ARE MADE UP – not real ones")
MADE_UP_PLAN = Text(formatting.MADE_UP_PLAN, "MADE-UP PLAN – not a real plan of the unit")


def shape(code: str) -> str:
    return SHAPES.get(code, "none")


def verdict(code: str, target_year: int | None, period: str) -> Text:
    """As formatting.verdict: before the target's year nothing has failed."""
    shown = formatting.verdict(code, target_year, period)
    return NOT_YET_MET if shown == formatting.NOT_YET_MET else VERDICTS[code]


def period(code: str) -> Text:
    """ "năm 2026", "year 2026"."""
    year, _, part = code.partition("-")
    names = {"H1": "first half of ", "H2": "second half of "}
    names |= {f"Q{quarter}": f"quarter {quarter} of " for quarter in range(1, 5)}
    return Text(wording.period(code), f"{names.get(part, f'{part}/' if part else '')}{year}")


def timestamp(value: datetime) -> Text:
    """ "08:30 ngày 30/11/2026", "30/11/2026 08:30", Vietnam time."""
    return Text(wording.timestamp(value), f"{value.astimezone(ZONE):%d/%m/%Y %H:%M}")


def stage(day_offset: int | None, day_kind: str | None, code: str) -> Text:
    """A stage of the alert ladder by its distance from the deadline: "trước hạn 7 ngày"."""
    if day_offset is None:
        return Text(code, code)
    days = abs(day_offset)
    kind = Text(" làm việc", "working ") if day_kind == "working" else Text("", "")
    unit = "day" if days == 1 else "days"
    if day_offset < 0:
        return Text(f"trước hạn {days} ngày{kind.vi}", f"{days} {kind.en}{unit} before")
    return Text(f"quá hạn {days} ngày{kind.vi}", f"{days} {kind.en}{unit} after")
