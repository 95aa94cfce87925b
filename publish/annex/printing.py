"""How the figures of an annex row are printed: one rule for whoever draws a table and whoever checks one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from publish import formatting
from publish.annex.types import Entry


@dataclass(frozen=True)
class Printed:
    """The content of a cell. places: the decimals that a number is shown with; None for a text."""

    content: Decimal | str
    places: int | None = None

    @property
    def num_format(self) -> str:
        """The spreadsheet format of the cell."""
        return "General" if self.places is None else formatting.excel_format(self.places)


def result(entry: Entry) -> Printed:
    """A number stays a number, with as many decimals as keep it on its side of the target; a bound is text."""
    if entry.value is None or entry.measure == "yes_no":
        return Printed(entry.figure)
    return Printed(entry.value, formatting.decimals(entry.value, entry.beside))


def numerator(entry: Entry) -> Printed:
    return _count(entry, entry.numerator)


def denominator(entry: Entry) -> Printed:
    return _count(entry, entry.denominator)


def coverage(entry: Entry) -> Printed:
    return Printed(f"{entry.units_reporting}/{entry.units_expected}")


def _count(entry: Entry, count: Decimal | None) -> Printed:
    if count is None:
        return Printed(formatting.SUPPRESSED if entry.is_suppressed else formatting.MISSING)
    return Printed(count, formatting.decimals(count))


COLUMNS: Mapping[str, Callable[[Entry], Printed]] = MappingProxyType(
    {"result": result, "numerator": numerator, "denominator": denominator, "coverage": coverage}
)
"""By the content of a column of the annex: what stands in it follows from the reported lines."""
