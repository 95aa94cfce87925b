"""Random provinces: their units before and after the map changed, what these wrote, corrected and took back.

Each province is a case of its own. Its codes are given again, partly to another case's units; some of its communes
merge, some are split (with and without declared shares), some have no successor, some change a second time.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from tests.integration.reference import Indicator, Line, Map, Unit

FIRST_CHANGE, SECOND_CHANGE = date(2025, 7, 1), date(2026, 7, 1)
LAST_DAYS = {"2024": date(2024, 12, 31), "2025": date(2025, 12, 31), "2026": date(2026, 12, 31)}
BY_COMMUNES, BY_DISTRICTS = "xa-gia-dinh", "huyen-gia-dinh"
BATCHES = 4
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def everywhere(measure: str, **but: str) -> dict[str, str]:
    return {level: but.get(level, measure) for level in ("commune", "district", "province")}


INDICATORS = {
    "share": Indicator("ratio", everywhere("rate"), 100, is_part=True, hard_min=0, hard_max=100, min_coverage=80),
    "deaths": Indicator("ratio", everywhere("rate"), 1000, hard_min=0, hard_max=1000),
    "injuries": Indicator("ratio", everywhere("rate", commune="count"), 100_000, hard_min=0, min_coverage=50),
    "births": Indicator("sum", everywhere("count"), hard_min=0),
    "friendly": Indicator("share_of_units", everywhere("share", commune="yes_no"), hard_min=0, hard_max=100),
    "fewer": Indicator("relative_change", everywhere("change"), hard_max=100, min_coverage=60),
    "survey": Indicator("none", everywhere("rate"), 100, hard_min=0, hard_max=100),
    "points": Indicator("none", everywhere("points"), hard_min=0, hard_max=25),
}
REPORTED_BY = {
    BY_COMMUNES: INDICATORS,
    BY_DISTRICTS: {code: INDICATORS[code] for code in ("share", "injuries", "births", "fewer")},
}


@dataclass(frozen=True)
class Event:
    """One report as it is sent. A spoilt one has more cases than children, and must not be accepted."""

    batch: int
    kind: str
    lines: dict[str, Line]
    is_spoilt: bool = False


Report = tuple[str, str, str]
"""A programme, a period and a unit's id."""


@dataclass
class Case:
    """A made-up province. names: the rows of org_units.csv of each unit, one per version."""

    number: int
    map: Map = field(default_factory=Map)
    rows: list[dict[str, object]] = field(default_factory=list)
    events: dict[Report, list[Event]] = field(default_factory=dict)

    def add(self, code: str, level: str, parent: str | None, since: date | None, until: date | None) -> str:
        """A new unit; returns its id."""
        unit_id = f"{code}@{since or 'start'}"
        self.map.units[unit_id] = Unit(unit_id, level, parent, until)
        self.rows.append(
            {
                "unit_id": unit_id,
                "unit_code": code,
                "unit_name": f"Đơn vị giả định {code}",
                "unit_type": "xã" if level == "commune" else "",
                "unit_level": level,
                "parent_code": parent.partition("@")[0] if parent else "",
                "valid_from": since or "",
                "valid_to": until or "",
            }
        )
        return unit_id

    def rename(self, unit_id: str, on: date) -> None:
        """A change of type: a new version of the same unit."""
        row = next(row for row in self.rows if row["unit_id"] == unit_id)
        self.rows.append(row | {"unit_type": "phường", "valid_from": on})
        row["valid_to"] = on

    def owing(self, programme: str, period: str) -> list[str]:
        """The units that owe a report: those that are there on the period's last day."""
        level, day = ("commune" if programme == BY_COMMUNES else "district"), LAST_DAYS[period]
        return [
            unit.unit_id
            for unit in self.map.units.values()
            if unit.level == level and began(unit.unit_id) <= day and (unit.valid_to is None or unit.valid_to > day)
        ]

    def known(self, programme: str, period: str, batch: int) -> dict[str, dict[str, Line]]:
        """The valid lines of each unit once this batch was validated: a report, overlaid by later ones."""
        found: dict[str, dict[str, Line]] = {}
        for (of_programme, of_period, unit), events in self.events.items():
            if (of_programme, of_period) == (programme, period):
                lines: dict[str, Line] = {}
                for event in events:
                    if event.batch <= batch and not event.is_spoilt:
                        lines = event.lines if event.kind != "correction" else lines | event.lines
                found[unit] = lines
        return found


def code(unit_id: str) -> str:
    return unit_id.partition("@")[0]


def began(unit_id: str) -> date:
    since = unit_id.partition("@")[2]
    return date.min if since == "start" else date.fromisoformat(since)


def cases(number: int, seed: int) -> list[Case]:
    """So many cases. The same seed gives the same cases."""
    chance = random.Random(seed)
    found = [_before(Case(position), chance) for position in range(number)]
    given_again = [_codes_of_communes(case, chance) for case in found]
    for position in range(0, number - 1, 2):
        if chance.random() < 0.3:
            given_again[position : position + 2] = given_again[position + 1], given_again[position]
    for case, codes in zip(found, given_again, strict=True):
        _change(case, chance, codes)
        _write(case, chance)
    return found


def _before(case: Case, chance: random.Random) -> Case:
    """One province or two that will be one, with districts and communes; a few communes lie in no district."""
    communes = iter(range(30))
    for nth in range(chance.choice([1, 1, 1, 2])):
        number = case.number * 2 + nth
        province = case.add(DIGITS[number // 36] + DIGITS[number % 36], "province", None, None, FIRST_CHANGE)
        for district in range(chance.randint(1, 3)):
            code_ = f"{DIGITS[case.number // 36]}{DIGITS[case.number % 36]}{DIGITS[nth * 3 + district]}"
            within = case.add(code_, "district", province, None, FIRST_CHANGE)
            for _ in range(chance.randint(1, 3)):
                parent = province if chance.random() < 0.05 else within
                case.add(f"{case.number * 60 + next(communes):05d}", "commune", parent, None, FIRST_CHANGE)
    return case


def _codes_of_communes(case: Case, chance: random.Random) -> list[str]:
    """Old codes to be given again, in any order, and behind them some that are new."""
    codes = [code(unit.unit_id) for unit in case.map.units.values() if unit.level == "commune"]
    return chance.sample(codes, len(codes)) + [f"{case.number * 60 + 30 + nth:05d}" for nth in range(30)]


def _change(case: Case, chance: random.Random, codes: list[str]) -> None:
    provinces = [unit for unit in case.map.units.values() if unit.level == "province"]
    old = [unit.unit_id for unit in case.map.units.values() if unit.level == "commune"]
    province = case.add(code(chance.choice(provinces).unit_id), "province", None, FIRST_CHANGE, None)
    case.map.successor_units = {unit.unit_id: province for unit in provinces}
    changes_again = chance.random() < 0.3
    new = chance.randint(2 if changes_again else 1, max(2, len(old)))
    ending = set(chance.sample(range(new), chance.randint(1, new))) if changes_again else set()
    successor_units = [
        case.add(codes[nth], "commune", province, FIRST_CHANGE, SECOND_CHANGE if nth in ending else None)
        for nth in range(new)
    ]
    _hand_on(case, chance, old, successor_units)
    ended = [successor_units[nth] for nth in ending]
    if ended:
        later = range(new, new + chance.randint(1, 2))
        _hand_on(case, chance, ended, [case.add(codes[nth], "commune", province, SECOND_CHANGE, None) for nth in later])
    for unit in successor_units:
        if case.map.is_of_today(unit) and chance.random() < 0.1:
            case.rename(unit, date(2026, 3, 1))


def _hand_on(case: Case, chance: random.Random, ended: list[str], successor_units: list[str]) -> None:
    """Each ended commune goes whole to one successor, or is split, half of the times with declared shares, or is lost.

    In each province somebody has a successor: from it the province of the lost ones is known.
    """
    first_of_province = {[unit, *case.map.above(unit)][-1]: unit for unit in reversed(ended)}
    for unit in ended:
        way = chance.random()
        if way < 0.06 and unit not in first_of_province.values():
            continue
        parts = chance.randint(2, min(3, len(successor_units))) if way < 0.35 and len(successor_units) > 1 else 1
        case.map.successors[unit] = chance.sample(successor_units, parts)
        if parts > 1 and chance.random() < 0.5:
            cuts = [0, *sorted(chance.sample(range(1, 100), parts - 1)), 100]
            shares = [Fraction(high - low, 100) for low, high in pairwise(cuts)]
            case.map.shares[unit] = dict(zip(case.map.successors[unit], shares, strict=True))


def _write(case: Case, chance: random.Random) -> None:
    """What the units send: in the first batch or later, nothing at all, and what changes it."""
    for programme, indicators in REPORTED_BY.items():
        for period in LAST_DAYS:
            for unit in case.owing(programme, period):
                if chance.random() < 0.88:
                    level = case.map.units[unit].level
                    case.events[programme, period, unit] = list(_events(chance, indicators, level))


def _events(chance: random.Random, indicators: dict[str, Indicator], level: str) -> Iterator[Event]:
    first = chance.choice([0, 0, 0, 1, 2])
    yield _event(chance, first, "full", indicators, level)
    for batch in range(first, BATCHES):
        if chance.random() < (0.1 if batch == first else 0.25):
            kind = chance.choice(["correction", "correction", "correction", "full", "retraction"])
            yield _event(chance, batch, kind, indicators, level)


def _event(chance: random.Random, batch: int, kind: str, indicators: dict[str, Indicator], level: str) -> Event:
    if kind == "retraction":
        return Event(batch, kind, {})
    left_out = 0.7 if kind == "correction" else 0.03
    lines = {indicator: a_line(chance, indicator, level) for indicator in indicators if chance.random() >= left_out}
    if kind == "correction":
        lines = {indicator: line for indicator, line in lines.items() if any(line)}
    is_spoilt = chance.random() < 0.06
    more_cases_than_children = {"share": ("9", "4", "")} if is_spoilt else {}
    return Event(batch, kind, (lines or {"births": ("7", "", "")}) | more_cases_than_children, is_spoilt)


def a_line(chance: random.Random, indicator: str, level: str) -> Line:
    """What a unit may write: parts exact, nil, bounded or as a range; a value only; that it does not apply; nothing."""
    way = chance.random()
    if way < 0.07:
        return "", "", ""
    if way < 0.13:
        return chance.choice([("", "", "không áp dụng"), ("không áp dụng", "", "")])
    if indicator == "friendly":
        return "", "", chance.choice(["Có", "Không", "Đạt", "Không đạt"])
    if indicator == "points":
        return "", "", f"{chance.randint(0, 24)},5"
    if indicator == "survey":
        return "", "", _a_rate(chance)
    children = chance.choice([chance.randint(0, 6), chance.randint(7, 60), chance.randint(61, 900)])
    cases = chance.choice([chance.randint(0, children), chance.randint(0, min(children, 6))])
    if indicator == "births":
        return (_a_count(chance, children), "", "") if chance.random() < 0.6 else ("", "", _a_count(chance, children))
    if way < 0.25:
        is_value_only = indicator == "injuries" and level == "commune"
        return "", "", _a_count(chance, cases) if is_value_only else _a_rate(chance)
    beside = _a_rate(chance) if way < 0.3 and not (indicator == "injuries" and level == "commune") else ""
    return _a_count(chance, cases), _a_count(chance, children), beside


def _a_count(chance: random.Random, true: int) -> str:
    """A true count as somebody may write it down."""
    if chance.random() < 0.6:
        return "KPS" if true == 0 and chance.random() < 0.5 else str(true)
    return chance.choice(
        [
            f"<{true + chance.randint(1, 4)}",
            f"≤{true + chance.randint(0, 3)}",
            f">{true - 1}" if true else "0",
            f"{max(0, true - chance.randint(0, 2))}-{true + chance.randint(0, 3)}",
        ]
    )


def _a_rate(chance: random.Random) -> str:
    whole = chance.randint(1, 97)
    return chance.choice([f"{whole},5", f"<{whole},5", f"≤{whole}", f">{whole},25", f"{whole}-{whole + 2}", "KPS"])
