"""Indicators that the sentences of a plan promise: "Chỉ tiêu 3: Tỷ suất … ở mức dưới 9; tỷ suất … dưới 10"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.plans import quantities
from ingest.plans.document import Paragraph, sentences
from ingest.plans.quantities import Quantity
from ingest.plans.vocabulary import either, has, meaning, plain, terms

NUMBERED = re.compile(r"^\W*Chỉ tiêu (\d+)\s*[:.]?\s*", re.IGNORECASE)
OBJECTIVE = re.compile(r"^(?:\W|\d[\d.]*\s|[a-zđ]\))*(Mục tiêu (\d+)\s*[:.]\s*\D.*)$", re.IGNORECASE)
YEAR = re.compile(r"(?:đến )?năm (20\d\d)")


@dataclass(frozen=True)
class Promise:
    """One indicator with what is promised of it. number: the plan's; part: counted from 1, 0 where there is one only.

    quantity: None where the sentence promises a deed and no number. is_heading: names parts and promises nothing.
    """

    number: str
    part: int
    name: str
    quantity: Quantity | None
    line: int
    quotation: str
    objective: str = ""
    objective_no: str = ""
    year: int | None = None
    letter: str = ""
    heading: str = ""
    is_heading: bool = False

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.objective_no, self.number, self.part, self.letter


def of_sentences(paragraphs: Sequence[Paragraph]) -> list[Promise]:
    """Those of sentences with a number of their own, and shares with which a sentence of an aim begins."""
    found: list[Promise] = []
    objective, objective_no, year, aims = "", "", None, False
    for paragraph in paragraphs:
        if paragraph.cells:
            continue
        if heading := OBJECTIVE.match(paragraph.text):
            objective, objective_no = _without_points(heading[1]), heading[2]
        elif numbered := NUMBERED.match(paragraph.text):
            shared = replace(_EMPTY, number=numbered[1], objective=objective, objective_no=objective_no, year=year)
            found += _parts(paragraph, numbered.end(), shared)
        elif _is_heading(paragraph.text):
            aims = has("promise", paragraph.text)
            year = int(named[-1]) if (named := YEAR.findall(paragraph.text)) and aims else year
        elif aims:
            found += _unnumbered(paragraph)
    return found


_EMPTY = Promise("", 0, "", None, 0, "")


def _is_heading(text: str) -> bool:
    return re.match(r"(?:[IVX]+|\d+|[a-zđ])[.)]\s", text) is not None and len(text) < 150


def _without_points(text: str) -> str:
    return re.sub(r"\s+\d+$|\*+$", "", text.strip()).strip()


def _parts(paragraph: Paragraph, begins: int, shared: Promise) -> Iterator[Promise]:
    parts = [(start, part) for start, part in sentences(paragraph) if part]
    first, text = parts[0]
    parts[0] = begins, text[begins - first :].strip()
    for number, (start, part) in enumerate(parts, 1):
        promise = replace(shared, part=number if len(parts) > 1 else 0, quotation=part)
        yield from _of_part(paragraph, start, part, promise)


def _of_part(paragraph: Paragraph, start: int, part: str, promise: Promise) -> Iterator[Promise]:
    name, several = quantities.groups(part)
    for letter, quantity in zip("abcd", several, strict=False):
        at = paragraph.line_at(start + quantity.start)
        named = f"{name} {quantity.group}".strip()
        yield replace(promise, name=_named(named), quantity=quantity, line=at, letter=letter)
    if several:
        return
    if (last := quantities.trailing(part)) is not None:
        at = paragraph.line_at(start + last.start)
        yield replace(promise, name=_named(part[: last.start]), quantity=last, line=at)
        return
    yield replace(promise, name=_named(part), quantity=_deed(part), line=paragraph.line_at(start))


def _deed(part: str) -> Quantity | None:
    """A share at its head, a nought in words, or nothing that is a number."""
    if found := re.match(either("none"), plain(part)):
        return Quantity("≤", None, Decimal(0), found[0], is_written=True)
    return quantities.leading(part)


def _unnumbered(paragraph: Paragraph) -> Iterator[Promise]:
    text = re.sub(r"^[-+*–•]\s+", "", paragraph.text).rstrip(" .;")
    quantity = quantities.leading(text)
    if quantity is not None and not quantity.way:
        yield replace(_EMPTY, name=_named(text), quantity=quantity, line=paragraph.line, quotation=text)


def _named(text: str) -> str:
    name = " ".join(text.strip(" .;:,").split())
    return name[:1].upper() + name[1:]


def unit_of(promise_name: str, quantity: Quantity | None) -> str:
    """%, ‰ or /100.000 … as the text has it: behind the value, or in the name (trên 1.000 trẻ đẻ sống)."""
    if quantity is not None and quantity.sign:
        return quantity.sign if quantity.sign.startswith("/") else _sign(quantity.sign)
    if re.search(r"(?:trên|/)\s?1\.000\s", promise_name):
        return "‰"
    if found := re.search(r"/\s?100\.000(?:\s+[^\W\d]+){0,2}", promise_name):
        return found[0]
    return "%" if plain(promise_name).startswith("tỷ lệ") else ""


def _sign(sign: str) -> str:
    factors = terms("unit")
    return next((each for each in ("%", "‰") if factors.get(plain(sign)) == factors[each]), sign)


def direction_of(name: str, quantity: Quantity | None) -> str:
    """up or down, as the comparator says, else the name."""
    comparator = quantity.comparator if quantity else None
    if comparator in ("<", "≤"):
        return "down"
    if comparator in (">", "≥", "yes"):
        return "up"
    return "down" if quantities.lower_is_better(name) and not quantities.is_reduction(name) else "up"


def points_heading(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether the document has a sheet of points, whose lines have numbers of their own."""
    return any(meaning("column", cell) == "points" for paragraph in paragraphs for cell in _cells(paragraph))


def _cells(paragraph: Paragraph) -> tuple[str, ...]:
    """Headings of a table; of one that lost its rules the line that begins with its number column."""
    if paragraph.cells:
        return paragraph.cells
    text = plain(paragraph.text)
    return ("điểm chuẩn",) if re.match(r"(?:số )?(?:tt|stt)\b", text) and "điểm" in text else ()
