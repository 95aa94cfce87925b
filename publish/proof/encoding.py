"""Rows of the sheet of lines as texts, and back. Numbers keep every digit; nothing is ever evaluated."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from publish.proof.types import Added, Figure, Interval, Line, Proven, Rule, Source

SOURCES: Mapping[str, Source] = {"lines": "lines", "sum": "sum", "stated": "stated"}
VALUE_ONLY, ESTIMATED = "giá trị", "ước tính"
ENDLESS = "∞"
LONGEST = 2_000
"""Characters of a text that is copied; of a longer one the copy has the hash."""

Content = str | float
Copied = tuple[Content, str]
"""What a cell contains, and its number format."""


class Unreadable(ValueError):
    """A row that nobody wrote so."""


def digest(texts: Sequence[str]) -> str:
    """Sixteen digits by which a change of a row is found."""
    return sha256("\x1f".join(texts).encode()).hexdigest()[:16]


# --- lines ------------------------------------------------------------------------------------------------------------


def line_texts(line: Line) -> list[str]:
    """A line as the texts of a row."""
    flags = [VALUE_ONLY] * line.is_value_only + [ESTIMATED] * line.is_estimated
    ends = [*_ends(line.numerator), *_ends(line.denominator), *_ends(line.value)]
    closed = "".join(
        "[]" if line.value is None else ("[" if line.value_closed[0] else "(", "]" if line.value_closed[1] else ")")
    )
    counts = [str(count) for count in (line.reports, line.reporting, line.not_applicable)]
    keys = [line.indicator_code, line.measure, line.unit_code, line.agency_code]
    return [*keys, *ends, closed, _number(line.weight), *counts, ", ".join(flags)]


def line(texts: Sequence[str]) -> Line:
    """Raises Unreadable."""
    if len(texts) != len(line_texts(Line("", "", "", "", None, None))):
        raise Unreadable
    indicator, measure, unit, agency, *ends = texts[:10]
    closed, weight, reports, reporting, not_applicable, flags = texts[10:]
    if closed not in ("[]", "[)", "(]", "()"):
        raise Unreadable
    return Line(
        indicator,
        measure,
        unit,
        agency,
        _interval(ends[0], ends[1]),
        _interval(ends[2], ends[3]),
        _interval(ends[4], ends[5]),
        (closed[0] == "[", closed[1] == "]"),
        _decimal(weight),
        _count(reports),
        _count(reporting),
        _count(not_applicable),
        VALUE_ONLY in flags,
        ESTIMATED in flags,
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise Unreadable
    return int(text)


def _ends(interval: Interval) -> list[str]:
    return ["", ""] if interval is None else [_number(end) for end in interval]


def _interval(low: str, high: str) -> Interval:
    if not low and not high:
        return None
    return _decimal(low), _decimal(high)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        return ENDLESS if value > 0 else f"-{ENDLESS}"
    return f"{value.normalize():f}" if value else "0"


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(ENDLESS, "Infinity"))
    except InvalidOperation as error:
        raise Unreadable from error


# --- figures ----------------------------------------------------------------------------------------------------------


def proven_text(row: Proven) -> str:
    """A figure's rule and cells as JSON."""
    rule, stated = row.rule, row.stated
    content = {
        "source": row.source,
        "rule": [
            rule.measure,
            *(_optional(number) for number in (rule.factor, rule.hard_min, rule.hard_max, rule.min_coverage_pct)),
            rule.is_rolled_up,
            rule.reports_expected,
        ],
        "stated": stated and _figure_content(stated),
        "bounds": [_number(bound) for bound in row.bounds],
        "milestones": [_number(milestone) for milestone in row.milestones],
        "limits": [_optional(limit) for limit in row.limits],
        "answers": list(row.answers),
        "not_applicable": row.is_not_applicable,
        "suppressed": row.is_suppressed,
        "cells": {name: list(cell) for name, cell in row.cells.items()},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def proven(indicator_code: str, text: str) -> Proven:
    """Raises Unreadable."""
    try:
        content = json.loads(text)
        measure, factor, hard_min, hard_max, coverage, is_rolled_up, expected = content["rule"]
        stated, limits, answers = content["stated"], content["limits"], content["answers"]
        return Proven(
            indicator_code,
            SOURCES[content["source"]],
            Rule(
                str(measure),
                _known(factor),
                _known(hard_min),
                _known(hard_max),
                _known(coverage),
                bool(is_rolled_up),
                int(expected),
            ),
            None if stated is None else _figure(stated),
            tuple(_decimal(bound) for bound in content["bounds"]),
            tuple(_decimal(milestone) for milestone in content["milestones"]),
            (_known(limits[0]), _known(limits[1])),
            (str(answers[0]), str(answers[1])),
            bool(content["not_applicable"]),
            bool(content["suppressed"]),
            {str(name): (str(cell[0]), str(cell[1])) for name, cell in content["cells"].items()},
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable from error


def _figure_content(figure: Figure) -> list[Any]:
    ends = figure.ends and [_optional(end) for end in figure.ends]
    parts = [_optional(figure.numerator), _optional(figure.denominator)]
    flags = [figure.units_expected, figure.units_reporting, figure.is_provisional, figure.is_estimated]
    return [*parts, ends, list(figure.closed), *flags]


def _figure(content: Sequence[Any]) -> Figure:
    numerator, denominator, ends, closed, expected, reporting, is_provisional, is_estimated = content
    return Figure(
        _known(numerator),
        _known(denominator),
        None if ends is None else (_known(ends[0]), _known(ends[1])),
        (bool(closed[0]), bool(closed[1])),
        int(expected),
        int(reporting),
        bool(is_provisional),
        bool(is_estimated),
    )


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else _number(value)


def _known(text: str | None) -> Decimal | None:
    return None if text is None else _decimal(text)


# --- sums -------------------------------------------------------------------------------------------------------------


def added_text(row: Added) -> str:
    """A sum as JSON."""
    return json.dumps({"target": row.target, "parts": list(row.parts), "most": _optional(row.most)})


def added(sheet: str, text: str) -> Added:
    """Raises Unreadable."""
    try:
        content = json.loads(text)
        parts = tuple(str(part) for part in content["parts"])
        return Added(sheet, str(content["target"]), parts, _known(content["most"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable from error


# --- copies of cells --------------------------------------------------------------------------------------------------


def copy_text(cells: Mapping[str, Copied]) -> str:
    """The cells of a row by their addresses, as JSON."""
    return json.dumps({at: _copy(*cell) for at, cell in cells.items()}, ensure_ascii=False)


def copies(text: str) -> dict[str, list[str]]:
    """By address, what `copy_of` gives. Raises Unreadable."""
    try:
        return {str(at): [str(part) for part in cell] for at, cell in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable from error


def _copy(content: Content, num_format: str) -> list[str]:
    if isinstance(content, str):
        text = content.replace("\r", "")
        return ["t", text] if len(text) <= LONGEST else ["h", sha256(text.encode()).hexdigest()]
    return ["n", f"{content:.15g}", num_format]


def is_copy(content: object, num_format: str, copied: Sequence[str]) -> bool:
    """Whether a cell still is what was copied."""
    if isinstance(content, bool) or not isinstance(content, str | int | float):
        return False
    kept = _copy(content if isinstance(content, str) else float(content), num_format)
    return kept == list(copied)
