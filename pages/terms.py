"""Codes of the marts in Vietnamese and English; the Vietnamese is the one that letters and workbooks use."""

from collections.abc import Mapping
from datetime import datetime

from pages.language import Text
from publish import formatting
from publish.forms.types import TYPES
from publish.reading import alerts, owed, progress, target_sums
from warehouse import wording
from warehouse.clock import ZONE


def _both(vi: Mapping[str, str], en: Mapping[str, str]) -> dict[str, Text]:
    return {code: Text(text, en[code]) for code, text in vi.items()}


STATUSES = _both(
    owed.STATUSES,
    {
        "no_deadline": "the plan names no deadline",
        "exempt": "exempt",
        "not_due": "not due yet",
        "on_time": "received on time",
        "late": "received late",
        "rejected": "sent and returned",
        "missing": "not sent, overdue",
    },
)
ALERTS = _both(
    alerts.STATUSES,
    {
        "planned": "goes out with the next run",
        "sent": "sent",
        "logged": "only logged: no server is configured",
        "failed": "could not be sent",
        "cancelled": "no longer needed",
        "skipped": "replaced by the letter of a later stage",
        "no_contact": "no address is known",
    },
)
VERDICTS = _both(
    formatting.VERDICTS,
    {
        "met": "Met",
        "exceeded": "Met and exceeded",
        "not_met": "Not met",
        "undetermined": "undetermined",
        "not_comparable": "not comparable",
        "no_data": "no data yet",
        "no_target": "no target",
        "suppressed": "not published",
    },
)
NOT_YET_MET = Text(formatting.NOT_YET_MET, "not met yet")
PATHS = _both(
    formatting.PATHS,
    {
        "met": "on the path",
        "not_met": "behind the path",
        "undetermined": "undetermined",
        "no_data": "no data yet",
        "suppressed": "not published",
    },
)
TRENDS = _both(
    progress.TRENDS,
    {
        "target_met": "target met",
        "on_track": "on track",
        "acceleration_needed": "acceleration needed",
        "reversing": "moving away",
        "insufficient_data": "not enough data",
    },
)
SCOPES = _both(
    progress.SCOPES,
    {"commune": "commune", "district": "district", "province": "province", "agency": "agency", "national": "national"},
)
SUM_OUTCOMES = _both(
    target_sums.OUTCOMES,
    {
        "adds_up": "adds up to it",
        "falls_short": "need not add up to it",
        "no_denominator": "no denominator to add with yet",
        "cannot_be_added": "cannot be added",
    },
)
SUBMISSION_TYPES = _both(TYPES, {"full": "full report", "correction": "correction", "retraction": "retraction"})
GATE = {
    "accepted": Text("được nhận", "accepted"),
    "accepted_with_warnings": Text("được nhận, có cảnh báo", "accepted with warnings"),
    "rejected": Text("bị trả lại", "rejected"),
}
SHAPES = {
    "met": "met",
    "exceeded": "met",
    "on_time": "met",
    "accepted": "met",
    "target_met": "met",
    "on_track": "met",
    "late": "part",
    "accepted_with_warnings": "part",
    "undetermined": "part",
    "acceleration_needed": "part",
    "not_met": "unmet",
    "missing": "unmet",
    "rejected": "unmet",
    "reversing": "unmet",
}
"""The sign beside a text; a code without one has an empty circle."""

AGGREGATIONS = {
    "ratio": Text(
        "cộng các tử số, cộng các mẫu số, chia một lần",
        "numerators are added, denominators are added, and divided once",
    ),
    "sum": Text("cộng các số đếm", "counts are added"),
    "share_of_units": Text(
        "số đơn vị trả lời Có, chia cho số đơn vị đã trả lời", "units that state yes, among those that state anything"
    ),
    "relative_change": Text(
        "mức giảm so với kỳ trước, tính trên tổng số đếm của cùng các đơn vị",
        "reduction against the period before, on the summed counts of the same units",
    ),
    "none": Text("không tổng hợp; chỉ nêu ở cấp báo cáo", "not aggregated; shown at its own level"),
}
LEVELS = {
    "commune": Text("xã, phường", "commune"),
    "district": Text("huyện (đến 30/6/2025)", "district (until 30/6/2025)"),
    "province": Text("tỉnh", "province"),
    "unallocated": Text("chưa phân bổ", "unallocated"),
}
MADE_UP = Text(formatting.MADE_UP, "MADE-UP DATA – not real figures")
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
