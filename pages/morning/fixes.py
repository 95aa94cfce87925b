"""What would fix most at once: outstanding reports grouped by the one step that moves them."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from pages.language import Text
from pages.morning.data import Morning, Row, key
from warehouse.catalogue import DEFAULT_AGENCY

SHOWN, CALLS = 8, 3

ADD_CONTACTS = Text(
    "Bổ sung địa chỉ nhận nhắc việc cho các đơn vị của {scope}: hiện không nhắc được ai",
    "Add addresses for the units of {scope}: nobody can be reminded now",
)
CALL_UNIT = Text("Gọi {unit}: nhiều báo cáo cùng lúc", "Call {unit}: several reports at once")
EXPLAIN_ERROR = Text("Hướng dẫn sửa lỗi: {error}", "Explain how to mend: {error}")
CALL_PROGRAMME = Text("Đôn đốc các đơn vị chưa gửi gì, {scope}", "Urge the units that have sent nothing, {scope}")


@dataclass(frozen=True)
class Fix:
    """reports, units: how many it concerns."""

    step: Text
    reports: int
    units: int


def rank(morning: Morning) -> list[Fix]:
    """The steps that concern most reports, the largest first."""
    fixes = [*_add_contacts(morning), *_explain_errors(morning), *_call_units(morning), *_urge(morning)]
    return sorted(fixes, key=lambda fix: (-fix.reports, fix.step.vi))[:SHOWN]


def _add_contacts(morning: Morning) -> list[Fix]:
    return [_fix(ADD_CONTACTS.fill(scope=scope), rows) for scope, rows in _by_scope(morning.without_contact()).items()]


def _explain_errors(morning: Morning) -> list[Fix]:
    by_rule: dict[str, list[Row]] = defaultdict(list)
    texts: dict[str, Text] = {}
    for row in morning.all_returned:
        if (error := morning.errors.get(key(row))) and error["rule"]:
            by_rule[error["rule"]].append(row)
            texts.setdefault(error["rule"], Text(error["message_vi"], error["message_en"]))
    return [_fix(EXPLAIN_ERROR.fill(error=texts[rule]), rows) for rule, rows in by_rule.items()]


def _call_units(morning: Morning) -> list[Fix]:
    """Whoever reports for a unit and owes several reports; an agency is called for itself."""
    counts = Counter((row["unit_id"], row["agency_code"]) for row in morning.overdue)
    names = {(row["unit_id"], row["agency_code"]): _reporter(row) for row in morning.overdue}
    several = [(count, names[who]) for who, count in counts.items() if count > 1]
    return [Fix(CALL_UNIT.fill(unit=name), count, 1) for count, name in sorted(several, reverse=True)[:CALLS]]


def _reporter(row: Row) -> str:
    agency = "" if row["agency_code"] == DEFAULT_AGENCY else f"{row['agency_code']}, "
    return f"{agency}{row['unit_name']} ({row['unit_code']})"


def _urge(morning: Morning) -> list[Fix]:
    reachable = [
        row
        for row in morning.overdue
        if row["status"] == "missing" and (row["unit_code"], row["agency_code"]) in morning.contacts
    ]
    return [_fix(CALL_PROGRAMME.fill(scope=scope), rows) for scope, rows in _by_scope(reachable).items()]


def _by_scope(rows: list[Row]) -> dict[str, list[Row]]:
    """By province and programme."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[f"{row['province_name']} ({row['programme_name']})"].append(row)
    return grouped


def _fix(step: Text, rows: list[Row]) -> Fix:
    return Fix(step, len(rows), len({row["unit_id"] for row in rows}))
