"""The quantity that a phrase promises: "đạt trên 80%", "xuống 550/100.000 trẻ em", "từ 2 đến 3% hằng năm", "97% …"."""

import re
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from ingest import cells
from ingest.plans.vocabulary import either, has, plain, terms

Source = Literal["annex", "label", "body", "inferred"]

NUMBER = r"\d+(?:[.,]\d+)*"
YEARLY = r"(?:\s+(?:hằng|hàng)\s+năm)?"


class Quantity(NamedTuple):
    """A promised value. comparator: None where nothing says how to compare, and `yes` for what is done or not.

    raw: the phrase; start: its place in the text; sign: `%`, `‰` or `/100.000 trẻ em` as written, else empty.
    way: whether lead before it say that it goes up or down. is_written: the comparator is a term or sign of the text.
    """

    comparator: str | None
    low: Decimal | None
    high: Decimal | None
    raw: str
    start: int = 0
    sign: str = ""
    way: str = ""
    is_written: bool = False
    group: str = ""

    @property
    def values(self) -> tuple[str | None, Decimal | None, Decimal | None]:
        return self.comparator, self.low, self.high


@cache
def _pattern() -> str:
    signs = "|".join(re.escape(sign) for sign in terms("unit"))
    per = r"/\s?\d[\d.]*(?:\s+[^\W\d]+){0,3}"
    counted = rf"\s(?:{either('counted')})\b"
    return (
        rf"(?P<lead>(?:(?:{either('approach')})\s*)*)(?P<comparator>(?:{either('comparator')})\s*)?"
        rf"(?P<low>{NUMBER})(?:\s*(?:đến|[-–])\s*(?P<high>{NUMBER}))?"
        rf"(?P<sign>\s*(?:{signs})|{per}|{counted})?(?P<onwards>\s+(?:{either('onwards')}))?"
    )


@cache
def _trailing() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<=\s)|(?<=^)){_pattern()}{YEARLY}(?P<group>\s+đối\s+với\s+[^\d;]+)?$", re.IGNORECASE)


@cache
def _leading() -> re.Pattern[str]:
    begins = r"(?:[^\W\d]+\s+){0,2}?"
    return re.compile(rf"^{begins}{_pattern()}(?=\s)", re.IGNORECASE)


def trailing(text: str) -> Quantity | None:
    """The quantity with which a phrase ends."""
    found = _trailing().search(text)
    if found is None:
        return None
    has_no_mark = not (found["lead"] or found["comparator"] or found["sign"] or found["onwards"])
    return None if has_no_mark else _quantity(found, text[found.start() :])


def leading(text: str) -> Quantity | None:
    """A share with which a phrase begins: 97% trẻ em …, Phấn đấu 30% …, Giảm 15% …"""
    found = _leading().match(text)
    if found is None or (found["sign"] or "").strip() not in terms("unit"):
        return None
    return _quantity(found, text[: found.end()])


def groups(text: str) -> tuple[str, list[Quantity]]:
    """Several quantities "đối với X và … đối với Y" with the text before them; none for one or none."""
    parts = re.split(r"\s+và\s+(?=(?:dưới|trên|\d))", text)
    found = [trailing(part) for part in parts]
    if len(parts) < 2 or not all(each and each.group for each in found):
        return text, []
    made, offset = [], 0
    for part, each in zip(parts, found, strict=True):
        assert each
        made.append(each._replace(start=offset + each.start))
        offset = text.index(part, offset) + len(part)
    return text[: made[0].start].strip(), made


def anywhere(text: str) -> Quantity | None:
    """The last quantity of a label that says how to compare: dưới 100/100.000 trẻ em, từ 2 đến 3% hằng năm."""
    found = [
        quantity
        for match in re.finditer(_pattern(), text, re.IGNORECASE)
        if (match["comparator"] or match["high"] or match["lead"])
        and (match["sign"] or "").strip()
        and not match["sign"].strip().casefold().startswith(("tuổi", "gam"))
        and (quantity := _quantity(match, match[0])) is not None
        and match["sign"].strip().casefold() not in terms("counted")
    ]
    return found[-1] if found else None


def of_cell(text: str) -> Quantity | None:
    """A cell of an annex; None where it holds nothing, and a quantity without value where it cannot be read."""
    cell = cells.parse_text(text)
    if cell.kind in ("missing", "not_applicable"):
        return None
    if cell.kind in ("yes", "no"):
        number = Decimal(cell.kind == "yes")
        return Quantity(cell.kind, number, number, text, is_written=True)
    sign = next((sign for sign in terms("unit") if text.strip().endswith(sign)), "")
    if cell.kind == "exact":
        return Quantity(None, cell.low, cell.high, text, sign=sign)
    if cell.kind == "range":
        return Quantity("between", cell.low, cell.high, text, sign=sign, is_written=True)
    if cell.kind != "censored":
        return Quantity(None, None, None, text)
    closed = cell.low_closed if cell.high is None else cell.high_closed
    signs = ("≥", ">") if cell.high is None else ("≤", "<")
    return Quantity(signs[0 if closed else 1], cell.low, cell.high, text, sign=sign, is_written=True)


def lower_is_better(text: str) -> bool:
    """Whether the name of an indicator says that less of it is better; what is done for those concerned is not."""
    return has("lower_is_better", text) and not re.search(r"\bđược\b", plain(text))


def inferred(quantity: Quantity, name: str) -> Quantity:
    """With the comparator that its lead or the name suggest, where the text has none."""
    if quantity.comparator is not None:
        return quantity
    value = quantity.low if quantity.low is not None else quantity.high
    goes_down = quantity.way == "down" or (quantity.way != "up" and lower_is_better(name))
    if is_reduction(f"{name} {quantity.raw}"):
        goes_down = False
    return quantity._replace(
        comparator="≤" if goes_down else "≥", low=None if goes_down else value, high=value if goes_down else None
    )


def is_reduction(text: str) -> bool:
    """Whether the value is what is lost a year and not what is left."""
    return has("reduction", text) or re.match(rf"\W*(?:phấn đấu )?giảm {NUMBER}", plain(text)) is not None


def _quantity(found: re.Match[str], raw: str) -> Quantity | None:
    sign = terms("onwards").get(plain(found["onwards"] or "")) or terms("comparator").get(
        plain(found["comparator"] or "")
    )
    phrase = f"{sign or ''}{found['low']}"
    if found["high"]:
        phrase = f"{found['low']}-{found['high']}"
    cell = cells.parse_text(phrase, "rate")
    if cell.kind == "unreadable":
        return None
    ways = [terms("approach").get(plain(term), "") for term in re.findall(either("approach"), found["lead"], re.I)]
    read = of_cell(phrase)
    if read is None:
        return None
    return read._replace(
        raw=" ".join(raw.split()),
        start=found.start(),
        sign=" ".join((found["sign"] or "").split()),
        way=next((way for way in ways if way), ""),
        group=" ".join((found.groupdict().get("group") or "").split()),
    )
