"""Numbers, bounds and verdicts as a Vietnamese officer writes them.

Decimal comma, thousands with a full stop. Nothing here rounds a figure that is stored: it only decides how many
digits are shown.
"""

import re
from decimal import Decimal

MISSING = "–"
MADE_UP = "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật"
VERDICTS = {
    "met": "Đạt",
    "exceeded": "Đạt vượt KH",
    "not_met": "Không đạt",
    "undetermined": "chưa xác định",
    "not_comparable": "không so sánh được",
    "no_data": "chưa có số liệu",
    "no_target": "không có chỉ tiêu",
}
UNITS = {"count": "số đếm", "yes_no": "có/không", "points": "điểm"}
LEVELS = {"province": "tỉnh", "district": "huyện", "commune": "xã, phường"}


def decimals(value: Decimal, beside: Decimal | None = None, usual: int = 2) -> int:
    """How many decimals show `value`: at most `usual`, without trailing zeros.

    beside: a target that the figure is read against. Rounding may not carry the figure onto or over it
    (96.996 beside 97 is shown with three decimals), up to six decimals.
    """
    for places in range(usual + 1):
        if round(value, places) == round(value, usual):
            break
    while beside is not None and value != beside and places < 6 and _crosses(value, beside, places):
        places += 1
    return places


def _crosses(value: Decimal, beside: Decimal, places: int) -> bool:
    shown = round(value, places)
    return shown == beside or (shown < beside) != (value < beside)


def number(value: Decimal | int | float, places: int | None = None) -> str:
    """1234.5 as "1.234,5". places: decimals shown; as few as needed, at most two, when not given."""
    exact = Decimal(str(value))
    places = decimals(exact) if places is None else places
    return f"{exact:,.{places}f}".translate(str.maketrans(",.", ".,"))


def excel_format(places: int) -> str:
    """The spreadsheet number format that shows a figure with so many decimals and thousands marked.

    42A is Vietnamese: LibreOffice then writes the decimal comma on any machine, Excel goes by the machine's setting.
    """
    return "[$-42A]#,##0" + ("." + "0" * places if places else "")


def interval(
    low: Decimal | None,
    high: Decimal | None,
    low_closed: bool = True,
    high_closed: bool = True,
    floor: Decimal | None = Decimal(0),
    ceiling: Decimal | None = None,
) -> str:
    """An interval as the plans write it: "<2,6", "≤2", ">96", "2–3", "97"; a dash for nothing known.

    low, high: ends in the figure's unit, None for an open side.
    floor, ceiling: what the indicator can hold; an end that stands there says nothing and is left out, so that
    [0, 2.6) is "<2,6" and (96, 100] of a share is ">96".
    """
    if low is not None and low == high:
        return number(low)
    low = None if low == floor else low
    high = None if high == ceiling else high
    if low is not None and high is not None:
        return f"{number(low)}–{number(high)}"
    if high is not None:
        return ("≤" if high_closed else "<") + number(high)
    if low is not None:
        return ("≥" if low_closed else ">") + number(low)
    return MISSING


def target(comparator: str, low: Decimal | None, high: Decimal | None) -> str:
    """A target with its comparator: "<9", "≥97", "2–3", "Có"."""
    if comparator == "yes":
        return "Có"
    if comparator == "between":
        return interval(low, high)
    bound = low if low is not None else high
    return MISSING if bound is None else comparator.replace("=", "") + number(bound)


def as_printed(raw: str) -> str:
    """A number of the plan as it is written in Vietnam: "99.9" and "75.0" get the decimal comma, "<9,5" keeps it.

    Plans mix both marks in one table; only a single point between digits is changed, so that thousands stay.
    """
    return re.sub(r"(?<![\d.])(\d+)\.(\d{1,2})(?![\d.])", r"\1,\2", raw)
