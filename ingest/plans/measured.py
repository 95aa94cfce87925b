"""The indicators of a plan: what its sentences promise and what its annex has of each, under one code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingest.plans import annexes, promises, quantities
from ingest.plans.annexes import Annex, AnnexRow, Column
from ingest.plans.document import Document, Paragraph
from ingest.plans.masthead import Masthead
from ingest.plans.places import Places, Unit, level_in
from ingest.plans.promises import Promise
from ingest.plans.quantities import Quantity
from ingest.plans.vocabulary import has, plain, terms


@dataclass(frozen=True)
class Measured:
    """One indicator. row is the annex's, promise the text's; one of them may be missing."""

    code: str
    promise: Promise | None
    row: AnnexRow | None

    @property
    def name(self) -> str:
        return (self.row.name if self.row else self.promise.name if self.promise else "").rstrip(" .")

    @property
    def unit(self) -> str:
        """As the annex prints it; without one, as the text has it."""
        if self.row is not None:
            return self.row.unit
        return promises.unit_of(self.promise.name, self.promise.quantity) if self.promise else ""

    @property
    def objective(self) -> str:
        return (self.row.objective if self.row else "") or (self.promise.objective if self.promise else "")

    @property
    def number(self) -> str:
        return self.row.number if self.row else self.promise.number if self.promise else ""

    @property
    def line(self) -> int:
        return self.row.line if self.row else self.promise.line if self.promise else 0

    @property
    def quotation(self) -> str:
        if self.row is not None:
            return " | ".join(filter(None, (self.row.name, self.row.unit, *self.row.values.values())))
        return self.promise.quotation if self.promise else ""

    @property
    def is_share_of_units(self) -> bool:
        return has("share_of_units", self.name) or re.match(r"100% xã, phường", self.name) is not None

    @property
    def direction(self) -> str:
        for column, cell in self.row.values.items() if self.row else ():
            quantity = quantities.of_cell(cell) if column.role == "target" else None
            if quantity and quantity.comparator in ("<", "≤", ">", "≥"):
                return promises.direction_of(self.name, quantity)
        quantity = self.promise.quantity if self.promise else None
        if quantity is not None:
            quantity = quantities.inferred(quantity, self.name)
        return promises.direction_of(self.name, quantity)


@dataclass(frozen=True)
class Goal:
    """A promised value with whom it binds. source: where the comparator is from. competing: what another place says."""

    measured: Measured
    level: str
    unit: Unit | None
    year: int | None
    quantity: Quantity
    source: quantities.Source
    raw: str
    line: int
    competing: str = ""

    @property
    def measure(self) -> str:
        """rate, count, share, yes_no or change: what the value is."""
        if self.quantity.comparator == "yes":
            return "yes_no"
        name = f"{self.measured.name} {self.raw}"
        if quantities.is_reduction(name) or has("relative", name):
            return "change"
        if self.measured.is_share_of_units and self.level != "commune":
            return "share"
        unit = plain(self.measured.unit)
        is_head_count = not unit and self.level == "commune" and _is_count(self.measured.promise)
        return "count" if unit in terms("counted") or is_head_count else "rate"


def _is_count(promise: Promise | None) -> bool:
    quantity = promise.quantity if promise else None
    return quantity is not None and (plain(quantity.sign) in terms("counted") or has("none", quantity.raw))


def read(found: Document, paragraphs: Sequence[Paragraph]) -> tuple[list[Measured], list[Annex]]:
    """The annex's rows, each with its sentence; without an annex, the sentences."""
    stated = promises.of_sentences(paragraphs)
    tables = annexes.read(found, paragraphs)
    rows = [row for table in tables for row in table.rows]
    restarts = _restarts([(each.objective_no, each.number) for each in rows or stated])
    prefix = "CT" if promises.points_heading(paragraphs) else ""
    by_key = {_shared_key(each, restarts): each for each in stated}
    made = [Measured(_code(row, prefix, restarts), by_key.get(_shared_key(row, restarts)), row) for row in rows]
    seen = {_shared_key(row, restarts) for row in rows}
    more = [each for each in stated if not rows or (_shared_key(each, restarts) not in seen and not each.number)]
    count = 0
    for each in more:
        count += not each.number
        code = _code(each, prefix, restarts) if each.number else f"YC{count}"
        made.append(Measured(code, each, None))
    return made, tables


def _restarts(numbers: Sequence[tuple[str, str]]) -> bool:
    """Whether the numbers begin again under each objective."""
    objectives: dict[str, set[str]] = {}
    for objective, number in numbers:
        objectives.setdefault(number, set()).add(objective)
    return any(number and len(found) > 1 for number, found in objectives.items())


def _shared_key(each: Promise | AnnexRow, restarts: bool) -> tuple[str, ...]:
    objective, number, part, letter = each.key
    return (objective if restarts else "", number, str(part), letter)


def _code(each: Promise | AnnexRow, prefix: str, restarts: bool) -> str:
    objective, number, part, letter = each.key
    whole = f"{_roman(objective)}.{number}" if restarts else f"{prefix}{number}"
    return f"{whole}.{part}{letter}" if part else whole


def _roman(number: str) -> str:
    numerals = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    return numerals[int(number)] if number.isdigit() and int(number) < len(numerals) else number


def goals(measured: Sequence[Measured], masthead: Masthead, places: Places) -> list[Goal]:
    """The targets of every indicator: those of the annex's columns, else the one of its sentence."""
    found: list[Goal] = []
    for each in measured:
        if each.row is None:
            found += _of_promise(each, masthead)
            continue
        for column, cell in each.row.values.items():
            if column.role == "target" and (goal := _of_cell(each, column, cell, masthead, places)):
                found.append(goal)
    return found


def whose(column: Column, masthead: Masthead, places: Places) -> tuple[str, Unit | None]:
    """The level and the unit that a column's heading names, else those of the plan."""
    named = list(places.all_in(column.heading, f"{masthead.starts or ''}-06-30"))
    level = named[-1].level if named else level_in(column.heading) or masthead.level
    unit = named[-1] if named else masthead.issuer if masthead.issuer and masthead.issuer.level == level else None
    return level, unit


def _of_cell(each: Measured, column: Column, cell: str, masthead: Masthead, places: Places) -> Goal | None:
    quantity = quantities.of_cell(cell)
    if quantity is None:
        return None
    level, unit = whose(column, masthead, places)
    assert each.row
    stated = each.promise.quantity if each.promise else None
    if each.promise and stated is None and each.is_share_of_units and level == "commune":
        is_written = quantity.comparator == "yes"
        deed = Quantity("yes", Decimal(1), Decimal(1), cell)
        competing = "" if is_written else f"Phụ lục ghi {cell}."
        return Goal(each, level, unit, column.year, deed, "annex" if is_written else "body", cell, each.line, competing)
    quantity, source, competing = _compared(each, quantity, stated)
    return Goal(each, level, unit, column.year, quantity, source, cell, each.line, competing)


def _compared(each: Measured, quantity: Quantity, stated: Quantity | None) -> tuple[Quantity, quantities.Source, str]:
    """The cell with a comparator: its own, else that of the label or of the sentence with the same value."""
    label = quantities.anywhere(each.name)
    competing = "; ".join(
        f"{place}: {other.raw}"
        for place, other in (("Tên chỉ tiêu", label), ("Phần lời", stated))
        if other is not None and _differs(quantity, other)
    )
    if quantity.is_written:
        return quantity, "annex", competing
    sources: tuple[tuple[quantities.Source, Quantity | None], ...] = (("label", label), ("body", stated))
    for source, other in sources:
        if other is not None and other.is_written and _value(other) == _value(quantity):
            return other._replace(raw=quantity.raw), source, competing
    way = stated.way if stated is not None else ""
    name = f"{each.name} {each.promise.name if each.promise else ''}"
    return quantities.inferred(quantity._replace(way=quantity.way or way), name), "inferred", competing


def _value(quantity: Quantity) -> Decimal | None:
    return quantity.low if quantity.low is not None else quantity.high


def _differs(one: Quantity, other: Quantity) -> bool:
    return _value(one) != _value(other) or (
        other.is_written and one.comparator is not None and one.comparator != other.comparator
    )


def _of_promise(each: Measured, masthead: Masthead) -> Iterator[Goal]:
    stated = each.promise
    assert stated
    quantity = stated.quantity
    if quantity is None:
        if masthead.level != "commune":
            return
        quantity = Quantity("yes", Decimal(1), Decimal(1), stated.name, is_written=True)
    source: quantities.Source = "label" if quantity.is_written else "inferred"
    unit = masthead.issuer if masthead.issuer and masthead.issuer.level == masthead.level else None
    year = stated.year or masthead.ends
    yield Goal(
        each, masthead.level, unit, year, quantities.inferred(quantity, each.name), source, quantity.raw, stated.line
    )


def factor_of(unit: str) -> int | None:
    """What a division is multiplied with, by the unit: 100, 1 000 or 100 000."""
    if found := re.search(r"/\s?(\d[\d.]*)", unit):
        return int(found[1].replace(".", ""))
    return int(factor) if (factor := terms("unit").get(plain(unit))) else None
