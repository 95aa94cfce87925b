"""Periods, days and timestamps as text for officers: Vietnamese, day first, Vietnam time."""

import re
import unicodedata
from datetime import date, datetime

from warehouse.clock import ZONE

QUARTERS = {"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}


def period(code: str) -> str:
    """2026 → năm 2026, 2026-H1 → 6 tháng đầu năm 2026, 2026-Q3 → quý III năm 2026, 2026-06 → tháng 6 năm 2026."""
    year, _, part = code.partition("-")
    if not part:
        return f"năm {year}"
    if part in QUARTERS:
        return f"quý {QUARTERS[part]} năm {year}"
    if part.startswith("H"):
        return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
    return f"tháng {part.removeprefix('0')} năm {year}"


def day(value: date | datetime) -> str:
    """30/11/2026; a timestamp by the day it falls on in Vietnam."""
    local = value.astimezone(ZONE) if isinstance(value, datetime) else value
    return f"{local:%d/%m/%Y}"


def timestamp(value: datetime) -> str:
    """08:30 ngày 30/11/2026, Vietnam time."""
    return f"{value.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"


def folded(name: str) -> str:
    """`Mã đơn_vị:` → `madonvi`: what headers are compared by."""
    letters = unicodedata.normalize("NFD", name.casefold()).replace("đ", "d")
    return re.sub(r"[^a-z0-9]+", "", letters)
