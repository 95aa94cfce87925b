"""What a figure is made of, as a workbook has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Interval = tuple[Decimal, Decimal] | None
"""Both ends; an unknown end is infinite. None where nothing is known."""

Source = Literal["lines", "sum", "stated"]
"""From what a figure can be computed: the lines of its reports; their sum alone, where a line could identify a child;
or nothing but itself."""

Cell = tuple[str, str]
"""A sheet's name and an address on it: ("Phụ lục", "E14")."""


@dataclass(frozen=True)
class Line:
    """A reported line, or the sum of several of them.

    reports: lines that it stands for; of these `reporting` are added up and `not_applicable` do not apply.
    numerator, denominator: what is added up, before `weight`. value: what was typed as the figure itself, and whether
    its ends belong to it. is_value_only: the figure is this value.
    """

    indicator_code: str
    measure: str
    unit_code: str
    agency_code: str
    numerator: Interval
    denominator: Interval
    value: Interval = None
    value_closed: tuple[bool, bool] = (True, True)
    weight: Decimal = Decimal(1)
    reports: int = 1
    reporting: int = 1
    not_applicable: int = 0
    is_value_only: bool = False
    is_estimated: bool = False


@dataclass(frozen=True)
class Rule:
    """How a figure is made of its lines. reports_expected: before those that do not apply are taken off.

    min_coverage_pct: None where the catalogue names none; every figure is provisional then.
    """

    measure: str
    factor: Decimal | None
    hard_min: Decimal | None
    hard_max: Decimal | None
    min_coverage_pct: Decimal | None
    is_rolled_up: bool
    reports_expected: int


@dataclass(frozen=True)
class Figure:
    """What lines and rule give; fields as in publish.annex.types.Entry."""

    numerator: Decimal | None
    denominator: Decimal | None
    ends: tuple[Decimal | None, Decimal | None] | None
    closed: tuple[bool, bool]
    units_expected: int
    units_reporting: int
    is_provisional: bool
    is_estimated: bool


@dataclass(frozen=True)
class Proven:
    """A printed row and what it can be computed from.

    stated: the figure itself, where nothing else may be in the workbook. bounds, milestones, limits, answers, status:
    what its digits are printed by. cells: the addresses of its result, numerator, denominator and coverage.
    """

    indicator_code: str
    source: Source
    rule: Rule
    stated: Figure | None
    bounds: tuple[Decimal, ...]
    milestones: tuple[Decimal, ...]
    limits: tuple[Decimal | None, Decimal | None]
    answers: tuple[str, str]
    is_not_applicable: bool
    is_suppressed: bool
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Added:
    """A printed sum, as publish.drawing.Sum, with the addresses of its cells on one sheet."""

    sheet: str
    target: str
    parts: tuple[str, ...]
    most: Decimal | None
