"""The texts of docs/programmes: what the catalogue's codes, numbers and days are called on a page for officers."""

import re
from collections.abc import Sequence
from decimal import Decimal

from warehouse import code_labels

Row = dict[str, str]

LEVELS = {"province": "tỉnh, thành phố", "district": "huyện, quận", "commune": "xã, phường, đặc khu"}
LEVELS_EN = {"province": "the province", "district": "districts", "commune": "communes"}
FORMS = {"figures": "số liệu", "document": "văn bản"}
KINDS = {"owed": "phải báo cáo", "baseline": "hiện trạng: nhận và hiển thị, không ai nợ"}
RECIPIENT_ROLES = {"addressee": "nơi nhận", "onward": "nhận bản tổng hợp"}
RATES = {
    "submitted": "đã gửi",
    "on_time": "đúng hạn",
    "accepted": "được chấp nhận",
    "complete": "đủ các dòng",
}
MEASURES = code_labels.vietnamese("measure")
SCOPES = code_labels.vietnamese("target_scope")
COMPARATOR_SOURCES = {
    "annex": "in trong phụ lục",
    "label": "theo tên chỉ tiêu",
    "body": "theo phần lời",
    "inferred": "suy từ chiều tốt của chỉ tiêu",
}
VERDICT_RULES = {
    "ranked": "Đơn vị được xếp hạng theo tổng điểm; bằng điểm thì cùng hạng.",
    "recognised": "Đơn vị được công nhận khi không tiêu chí nào 0 điểm, mọi tiêu chí đều đạt và tổng điểm tới ngưỡng "
    "của loại đơn vị. Thiếu một điều trong số đó thì chưa kết luận được, và nói rõ vì sao.",
}
POINTS_RULES = {
    "sum": "cộng các dòng bên dưới, không vượt mức tối đa",
    "reported": "điểm được chấm",
    "indicators_met": "đủ điểm khi mọi số liệu đạt ngưỡng, nếu không là 0",
    "all_criteria_met": "đủ điểm khi mọi chỉ tiêu có ngưỡng đều đạt",
    "each_criterion_failed": "mỗi chỉ tiêu có ngưỡng mà không đạt",
    "each_report_late_or_missing": "mỗi báo cáo trễ hạn hoặc thiếu",
    "each_report_late_and_missing": "mỗi báo cáo vừa trễ hạn vừa thiếu dòng",
}
VERIFICATIONS = {
    "optional": "điểm tự chấm được tính cho đến khi có người phúc tra",
    "required": "chỉ điểm của cơ quan chấm được tính",
}
ZERO_BASES = {"nothing_occurred": "không phát sinh", "risen_from_zero": "tăng từ 0"}
ZERO_BASE_RESULTS = {
    "met": "tính là đạt",
    "not_met": "tính là không đạt",
    "excluded": "không tính",
    "open": "để mở cho nơi chấm",
}
BEYOND = {"low": "thấp hơn cũng đạt", "high": "cao hơn cũng đạt"}


def how(row: Row) -> str:
    """How a figure is made, from the row's parts; the plan says it, or it is our reading of the name."""
    numerator, denominator = row["numerator_vi"], row["denominator_vi"]
    factor = f" × {number(row['factor'])}" if row["factor"] else ""
    made = {
        "ratio": f"{numerator} ÷ {denominator}{factor}",
        "sum": f"số {numerator}",
        "share_of_units": f"{numerator} ÷ {denominator} × 100",
        "relative_change": f"(số kỳ trước − số kỳ này) ÷ số kỳ trước × 100; {numerator}",
        "none": "ghi kết quả ở cấp của mình, không tổng hợp",
    }
    return made[row["aggregation"]] + ("" if row["made_by"] == "plan" else " †")


def target(row: Row) -> str:
    """tỉnh 2030: ≥97, that is whose target, of which year."""
    return f"{SCOPES[row['target_scope']]} {row['target_year']}: {value(row)}"


def value(row: Row) -> str:
    """≥97, 2–3 (cao hơn cũng đạt) or Có: the condition of a target."""
    ends = [number(end) for end in (row["target_low"], row["target_high"]) if end]
    beyond = f" ({BEYOND[row['better_end']]})" if row["better_end"] else ""
    named = {"yes": "Có", "between": "–".join(ends) + beyond}
    return named.get(row["comparator"], f"{row['comparator']}{ends[0]}")


def day(iso: str) -> str:
    """2026-11-30 → 30/11/2026."""
    return "/".join(reversed(iso.split("-")))


def span(periods: Sequence[str]) -> str:
    """2024; 2024, 2025; 2024–2030: what lies between the first and the last is all meant."""
    ends = sorted(set(periods))
    are_neighbours = len(ends) == 2 and all(map(str.isdigit, ends)) and int(ends[1]) == int(ends[0]) + 1
    return ", ".join(ends) if are_neighbours or len(ends) == 1 else f"{ends[0]}–{ends[-1]}"


def number(text: str) -> str:
    """1000 → 1.000, 12.5 → 12,5; empty stays empty."""
    if not text:
        return ""
    return f"{Decimal(text).normalize():,f}".translate(str.maketrans(",.", ".,"))


def codes(codes: Sequence[str]) -> str:
    """`3.1`, `3.2`: as Markdown."""
    return ", ".join(f"`{code}`" for code in codes)


def plural(count: int, noun: str) -> str:
    """1 contradiction, 2 contradictions."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sentences(text: str) -> list[str]:
    """One item a sentence: a full stop, and what begins after it with a capital or a quotation mark."""
    return re.split(r"(?<=\.) (?=“|[^\W\d_a-z])", text)
