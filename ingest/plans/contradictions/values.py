"""Contradictions of an indicator: its sentence, its label, its cells, its baseline."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from ingest.plans import quantities
from ingest.plans.annexes import Annex, Column
from ingest.plans.contradictions.finding import Finding
from ingest.plans.measured import Goal, Measured, factor_of
from ingest.plans.quantities import Quantity
from ingest.plans.vocabulary import has, meaning, plain, terms, unaccented

SIMILAR = 0.85
"""Names as alike as this are one name with a slip in it."""


def of_indicator(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """All rules about one indicator. goals: its own."""
    for rule in RULES:
        yield from rule(each, goals)


def _baselines(each: Measured) -> Iterator[tuple[Column, str, Quantity | None]]:
    for column, cell in each.row.values.items() if each.row else ():
        if column.role == "baseline":
            yield column, cell, quantities.of_cell(cell)


def _text_against_annex(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The sentence promises another value, or compares otherwise, than the annex."""
    stated = each.promise.quantity if each.promise else None
    if each.row is None or stated is None or each.promise is None:
        return
    last = max((goal.year or 0 for goal in goals), default=0)
    own = [goal for goal in goals if goal.level == goals[0].level and (goal.year or 0) == last]
    for goal in own:
        cell = quantities.of_cell(goal.raw)
        if cell is None or cell.comparator == "yes":
            continue
        same_value = (stated.low or stated.high) == (cell.low or cell.high)
        both_written = stated.is_written and cell.is_written
        same_sign = stated.comparator == cell.comparator or not (stated.is_written or cell.is_written)
        if not same_value or (both_written and stated.comparator != cell.comparator) or not same_sign:
            if has("none", stated.raw):
                continue
            low = same_value and each.promise and "%" in stated.sign and not cell.is_written
            yield Finding(
                "text vs annex",
                f"text {stated.raw}",
                f"annex {goal.raw}",
                each.line,
                each.code,
                "high" if not same_value else "low" if low else "medium",
            )


def _looser_than_baseline(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The last target is not as good as what was reached already."""
    last = max((goal.year or 0 for goal in goals), default=0)
    for column, cell, reached in _baselines(each):
        for goal in (goal for goal in goals if goal.year == last):
            if reached is None or goal.quantity.comparator in ("yes", None) or goal != _first(goals, last):
                continue
            if _is_looser(goal.quantity, reached):
                yield Finding(
                    "target looser than baseline",
                    f"{column.year} {cell}",
                    f"{goal.year} {goal.raw}",
                    each.line,
                    each.code,
                    "medium",
                )


def _first(goals: Sequence[Goal], year: int) -> Goal:
    return next(goal for goal in goals if goal.year == year)


def _is_looser(target: Quantity, reached: Quantity) -> bool:
    """The whole of what was reached is better than the target's bound."""
    if target.comparator in ("<", "≤"):
        return target.high is not None and reached.high is not None and reached.high < target.high
    if target.comparator in (">", "≥"):
        return target.low is not None and reached.low is not None and reached.low > target.low
    return False


def _kind_of_value(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """A yes or a deed where the unit is a share."""
    if factor_of(each.unit) is None or each.row is None:
        return
    cells = [cell for column, cell in each.row.values.items() if column.role != "assessment"]
    answers = [cell for cell in cells if (found := quantities.of_cell(cell)) and found.comparator in ("yes", "no")]
    numbers = [cell for cell in cells if (found := quantities.of_cell(cell)) and found.comparator not in ("yes", "no")]
    is_deed = each.promise is not None and each.promise.quantity is None
    if answers or is_deed:
        stated = f"text “{each.promise.name}”" if is_deed and each.promise else f"cells {', '.join(answers)}"
        yield Finding(
            "type conflict",
            stated,
            f"unit {each.unit}, values {', '.join([*answers, *numbers])}",
            each.line,
            each.code,
            "high",
        )


def _units(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The label speaks of a rate, the sentence of a number of cases, the cell of the unit is empty."""
    label, stated = quantities.anywhere(each.name), each.promise.quantity if each.promise else None
    if each.row is None or label is None or not label.sign.startswith("/") or stated is None:
        return
    counts = plain(stated.sign) in terms("counted") or has("none", stated.raw)
    if not each.unit or counts:
        reading = f"unit “{each.unit}”; values {', '.join(each.row.values.values())}"
        yield Finding("unit conflict", f"label {label.raw}, text {stated.raw}", reading, each.line, each.code, "high")


def _missing_comparator(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The label has a comparator and the cell the same number without it."""
    for goal in goals:
        if each.row is not None and goal.source == "label":
            label = quantities.anywhere(each.name)
            yield Finding(
                "missing comparator",
                f"label {label.raw if label else ''}",
                f"cell {goal.raw}",
                each.line,
                each.code,
                "medium",
            )


def _label(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The label promises something else than the cell."""
    label = quantities.anywhere(each.name)
    if each.row is None or label is None or label.sign.startswith("/"):
        return
    own = [goal for goal in goals if goal.level == goals[0].level]
    cells = {goal.raw for goal in goals}
    values = {(goal.quantity.low, goal.quantity.high) for goal in goals} | {(label.low, label.high)}
    if len(values) > 2 or (len(cells) > 1 and len(values) > 1):
        reading = f"cells {', '.join(goal.raw for goal in goals)}"
        yield Finding("three different targets", f"label {label.raw}", reading, each.line, each.code, "high")
    elif own and label.comparator != own[0].quantity.comparator and own[0].quantity.is_written:
        yield Finding("text vs label", f"cell {own[0].raw}", f"label {label.raw}", each.line, each.code)


def _precision(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """A number of cases that was reached is written as a bound."""
    is_count = any(goal.measure == "count" for goal in goals)
    for column, cell, reached in _baselines(each):
        if is_count and reached is not None and reached.comparator in ("<", ">", "≤", "≥"):
            yield Finding(
                "baseline precision", f"{column.year} {cell}", "a count should be exact", each.line, each.code, "medium"
            )


def _missing_baseline(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The plan has no baseline."""
    if each.row is None:
        return
    empty = [cell for column, cell, reached in _baselines(each) if reached is None]
    if empty:
        yield Finding("missing baseline", f"“{empty[0]}”", "", each.line, each.code, "medium")


def _unit_in_cell(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """A cell repeats the unit of its row where others do not."""
    for column, cell in each.row.values.items() if each.row else ():
        if column.role != "assessment" and each.unit and cell.endswith(each.unit):
            yield Finding("unit inside cell", f"“{cell}”", f"column unit {each.unit}", each.line, each.code)


def _shifted(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The row begins one column too early."""
    if each.row is not None and each.row.shifted:
        yield Finding(
            "shifted row",
            "row starts in the objective column",
            "other rows start with an empty cell",
            each.line,
            each.code,
            "high",
        )


def _below_own_part(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """A unit promises more than the unit above it."""
    by_level = {goal.level: goal for goal in goals}
    lower, upper = by_level.get("commune"), by_level.get("province")
    if lower is None or upper is None or lower.measure != upper.measure:
        return
    is_stricter = _is_looser(upper.quantity, lower.quantity._replace(comparator=None))
    if lower.quantity.comparator == upper.quantity.comparator and is_stricter:
        yield Finding("ward above province", f"commune {lower.raw}", f"province {upper.raw}", each.line, each.code)


def _wrong_unit(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """A rate per thousand (tỷ suất) in percent."""
    named = meaning("ratio_name", each.name)
    if named and plain(each.name).find("tỷ lệ") < 0 and factor_of(each.unit) == 100:
        raw = ", ".join(goal.raw for goal in goals)
        yield Finding("wrong unit", raw, "a rate of this name is per thousand", each.line, each.code, "high")


def _relative(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """The target is relative to a year whose value the plan does not give."""
    text = each.promise.quotation if each.promise else each.name
    if found := re.search(r"so với năm 20\d\d", text):
        yield Finding("relative target", found[0], "needs the value of that year", each.line, each.code, "medium")


def _wording(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """Sentence and annex call it by names that differ in a few letters, or by another kind of figure."""
    if each.row is None or each.promise is None:
        return
    stated, printed = plain(each.promise.name), plain(_without_quantity(each.name))
    for kind_a, kind_b in (("tỷ số", "tỷ suất"), ("tỷ lệ", "tỷ suất"), ("tỷ số", "tỷ lệ")):
        pair = {kind_a, kind_b}
        if any(
            one in stated and other in printed and one not in printed for one, other in (tuple(pair), tuple(pair)[::-1])
        ):
            reading = f"annex “{each.row.name}”"
            yield Finding(
                "naming/direction", f"text “{each.promise.quotation}”", reading, each.line, each.code, "medium"
            )
    stated, printed = _core(stated), _core(printed)
    differs = stated != printed and unaccented(stated) != unaccented(printed)
    if differs and SequenceMatcher(None, stated, printed).ratio() >= SIMILAR and _is_slip(stated, printed):
        yield Finding("text vs annex", f"text “{each.promise.name}”", f"annex “{each.name}”", each.line, each.code)


def _core(name: str) -> str:
    return re.sub(r"^(?:phấn đấu |phần đầu |duy trì |giảm |\d+% )*(?:tỷ lệ |tỷ suất |tỷ số )?", "", name).strip()


def _is_slip(stated: str, printed: str) -> bool:
    """One is the other with a word of a quantity missing: từ 5 đến 17 (tuổi)."""
    longer, shorter = sorted((stated.split(), printed.split()), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and bool(re.search(r"\d", stated)) and set(shorter) <= set(longer)


def _without_quantity(name: str) -> str:
    found = quantities.trailing(name)
    return name[: found.start] if found else name


def _denominators(each: Measured, goals: Sequence[Goal]) -> Iterator[Finding]:
    """Sentence and annex divide by things of different names."""
    stated = each.promise.quantity.sign if each.promise and each.promise.quantity else ""
    if each.row is None or not stated.startswith("/") or "/" not in each.unit:
        return
    one, other = (re.sub(r"^.*?/\s?[\d.]+\s*", "", plain(text)) for text in (stated, each.unit))
    if one != other and one and other:
        yield Finding("denominator wording", one, other, each.line, each.code)


def _heading_again(annexes: Sequence[Annex], measured: Sequence[Measured]) -> Iterator[Finding]:
    """A heading without values has the name of a row below it."""
    by_line = {each.line: each for each in measured}
    for annex in annexes:
        for row in annex.rows:
            if row.heading and plain(row.heading) == plain(row.name):
                each = by_line[row.line]
                yield Finding(
                    "heading duplicates leaf",
                    f"heading row “{row.heading}”",
                    "a row of the same name has the values",
                    row.line,
                    each.code,
                    "medium",
                )


def _compound(measured: Sequence[Measured], has_points: bool) -> Iterator[Finding]:
    """An indicator of several promises has one score."""
    by_number: dict[str, list[Measured]] = {}
    for each in measured if has_points else ():
        by_number.setdefault(each.number, []).append(each)
    for number, parts in by_number.items():
        if number and len(parts) > 1:
            yield Finding(
                "compound indicator",
                f"{len(parts)} thresholds, one score",
                "no partial-credit rule",
                parts[0].line,
                f"CT{number}.diem",
                "high",
            )


def of_all(measured: Sequence[Measured], annexes: Sequence[Annex], has_points: bool) -> Iterator[Finding]:
    """The rules that look at several indicators at once."""
    yield from _heading_again(annexes, measured)
    yield from _compound(measured, has_points)
    numbers = [each.number for each in measured if each.number and (each.row is None or each.row.part in (0, 1))]
    if len(set(numbers)) < len(numbers) and not has_points:
        yield Finding(
            "codes restart",
            "numbers begin again under each objective",
            "",
            measured[0].line if measured else 0,
            severity="medium",
        )
    yield from _decimal_marks(measured)


def _decimal_marks(measured: Sequence[Measured]) -> Iterator[Finding]:
    """Some cells have a decimal comma and some a point."""
    cells = [cell for each in measured if each.row for cell in each.row.values.values()]
    commas = [cell for cell in cells if re.search(r"\d,\d", cell)]
    points = [cell for cell in cells if re.search(r"\d\.\d{1,2}(?!\d)", cell)]
    if commas and points:
        yield Finding(
            "mixed decimal mark", " ".join(points[:4]), " ".join(commas[:4]), measured[0].line, severity="high"
        )


RULES: tuple[Callable[[Measured, Sequence[Goal]], Iterator[Finding]], ...] = (
    _text_against_annex,
    _looser_than_baseline,
    _kind_of_value,
    _units,
    _missing_comparator,
    _label,
    _precision,
    _missing_baseline,
    _unit_in_cell,
    _shifted,
    _below_own_part,
    _wrong_unit,
    _relative,
    _wording,
    _denominators,
)
