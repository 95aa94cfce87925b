"""What a cell of each type of column may be written like."""

import re
from collections.abc import Callable
from datetime import date

from warehouse.seeds.files import Message


def _is_date(text: str) -> bool:
    """ISO only: PostgreSQL would take 05/12/2026 for a day in May."""
    try:
        return len(text) == len("2026-12-15") and bool(date.fromisoformat(text))
    except ValueError:
        return False


INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")

TYPES: dict[str, tuple[Callable[[str], object], Message, Message]] = {
    "date": (
        _is_date,
        Message("is not a date", "không phải ngày"),
        Message("YYYY-MM-DD, such as 2026-12-15", "năm-tháng-ngày, ví dụ 2026-12-15"),
    ),
    "integer": (
        INTEGER.fullmatch,
        Message("is not a whole number", "không phải số nguyên"),
        Message("digits only, such as 2026", "chỉ chữ số, ví dụ 2026"),
    ),
    "numeric": (
        NUMBER.fullmatch,
        Message("is not a number", "không phải số"),
        Message("digits with a decimal point, such as 1200 or 97.5", "chữ số và dấu chấm thập phân: 1200 hoặc 97.5"),
    ),
    "boolean": (
        lambda text: text.lower() in {"true", "false"},
        Message("is neither true nor false", "không phải true hoặc false"),
        Message("true, false", "true (có), false (không)"),
    ),
}
