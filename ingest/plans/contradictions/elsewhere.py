"""Contradictions with what the catalogue has already: national targets, acts, the same indicator of other plans."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ingest.plans.contradictions.finding import Finding
from ingest.plans.measured import Goal
from ingest.plans.vocabulary import plain

Cells = Mapping[str, str | None]
DATED = re.compile(r"(?<![\w/])(\d+/(?:20\d\d/)?[A-ZĐ]+(?:-?[A-ZĐ][\w]*)*)\s+ngày\s+(\d{1,2})/(\d{1,2})/(20\d\d)")


def below_national(goals: Sequence[Goal], indicators: Sequence[Cells], targets: Sequence[Cells]) -> Iterator[Finding]:
    """The last target is looser than the national one of an indicator of that name and year."""
    names = {
        (row.get("programme_code"), row.get("indicator_code")): _core(row.get("name_vi") or "") for row in indicators
    }
    national = {
        (names.get((row.get("programme_code"), row.get("indicator_code"))), row.get("target_year")): row
        for row in targets
        if row.get("target_scope") == "national"
    }
    last = max((goal.year or 0 for goal in goals), default=0)
    seen: set[str] = set()
    for goal in (goal for goal in goals if goal.year == last):
        row = national.get((_core(goal.measured.name), str(goal.year)))
        is_number = goal.quantity.comparator not in ("yes", None)
        if row and is_number and goal.measured.code not in seen and _is_looser(goal, row):
            seen.add(goal.measured.code)
            yield Finding("below national target", goal.raw, row.get("raw") or "", goal.line, goal.measured.code)


def _is_looser(goal: Goal, row: Cells) -> bool:
    low, high = (Decimal(row[end] or 0) if row.get(end) else None for end in ("target_low", "target_high"))
    if goal.quantity.high is not None and high is not None and low is None:
        return goal.quantity.high > high
    return goal.quantity.low is not None and low is not None and high is None and goal.quantity.low < low


def other_comparators(
    goals: Sequence[Goal], indicators: Sequence[Cells], targets: Sequence[Cells], programme: str
) -> Iterator[Finding]:
    """Another plan compares the same value of an indicator of that name otherwise."""
    names = {
        (row.get("programme_code"), row.get("indicator_code")): _core(row.get("name_vi") or "") for row in indicators
    }
    seen: set[str] = set()
    for row in targets:
        of = row.get("programme_code"), row.get("indicator_code")
        if of[0] == programme or row.get("target_scope") == "national" or row.get("comparator_source") == "inferred":
            continue
        for goal in goals:
            same = names.get(of) == _core(goal.measured.name) and goal.measured.code not in seen
            values = {
                format(value.normalize(), "f") for value in (goal.quantity.low, goal.quantity.high) if value is not None
            }
            printed = {value for end in ("target_low", "target_high") if (value := row.get(end))}
            written = goal.source in ("annex", "label", "body")
            if same and written and values == printed and goal.quantity.comparator != row.get("comparator"):
                seen.add(goal.measured.code)
                yield Finding(
                    "comparator differs across plans",
                    f"{goal.quantity.comparator} {goal.raw}",
                    f"{of[0]}: {row.get('raw')}",
                    goal.line,
                    goal.measured.code,
                )


def _core(name: str) -> str:
    return re.sub(r"^(?:phấn đấu |phần đầu |duy trì |giảm )*", "", plain(name)).rstrip(" .")


def acts(cited: Mapping[str, set[tuple[str, int]]], tables: Sequence[Sequence[Cells]]) -> Iterator[Finding]:
    """An act is cited with a day, and elsewhere in the catalogue its number has another one.

    Numbers with an issuer that many offices have (46/KH-UBND) are given anew by each of them and are not compared.
    """
    known: dict[str, set[str]] = {}
    for rows in tables:
        for row in rows:
            for found in DATED.finditer(" ".join(filter(None, row.values()))):
                known.setdefault(found[1], set()).add(f"{int(found[2]):02}/{int(found[3]):02}/{found[4]}")
    for number, days in cited.items():
        for day, line in sorted(days, key=lambda each: each[1]):
            others = sorted(known.get(number, set()) - {day})
            if others and not re.search(r"-(?:UBND|HĐND|BCĐ)$", number):
                yield Finding(
                    "legal basis", f"{number} ngày {day}", f"{number} ngày {others[0]}", line, severity="high"
                )
