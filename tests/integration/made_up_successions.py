"""Random small maps whose communes merge, are split, move, are renamed and give their codes away, and what they send.

Each case is a few provinces of its own. The first map that the catalogue has contains the changes until FIRST_MAP, and
is in force in the rounds before SECOND_MAP; then all of them are in it. All of it is made up (số liệu giả định).
"""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from tests.integration.succession_reference import COMMUNE, Map, Period, Report, Unit, Version

START = date.min
PERIODS = [Period(year, date(int(year), 1, 1), date(int(year), 11, 30)) for year in ("2025", "2026")]
INDICATORS = ("share", "births")
DISTRICTS_END = date(2025, 7, 1)
FIRST_MAP = 4
"""How many of the days of change the first map knows."""
DAYS = [
    DISTRICTS_END,
    date(2025, 10, 15),
    date(2025, 11, 30),
    date(2026, 1, 1),
    date(2026, 4, 10),
    date(2026, 10, 1),
    date(2026, 11, 1),
    date(2026, 11, 30),
    date(2026, 12, 5),
]
ROUNDS = {
    date(2025, 5, 10): ["2025"],
    date(2025, 8, 10): ["2025"],
    date(2025, 11, 10): ["2025"],
    date(2025, 12, 15): ["2025"],
    date(2026, 5, 5): ["2026"],
    date(2026, 10, 10): ["2025", "2026"],
    date(2026, 11, 15): ["2025", "2026"],
    date(2026, 12, 10): ["2025", "2026"],
}
SECOND_MAP = date(2026, 11, 15)
"""The first round that knows all changes."""
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Case:
    number: int
    chance: random.Random
    map: Map = field(default_factory=Map)
    first_map: Map = field(default_factory=Map)
    reports: dict[date, list[Report]] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    """What happened to its communes, for the test of the generator."""
    codes: int = 0

    def new_code(self) -> str:
        self.codes += 1
        return f"{self.number * 100 + self.codes:05d}"

    def add(self, code: str, level: str, parent: str | None, since: date = START, name: str = "") -> str:
        unit_id = f"{code}@{'start' if since == START else since}"
        name = name or f"{'Xã' if level == COMMUNE else 'Đơn vị'} giả định {code}{'' if since == START else ' mới'}"
        self.map.units[unit_id] = Unit(unit_id, code, level, [Version(name, parent, since)])
        return unit_id

    def alive(self, level: str = COMMUNE) -> list[str]:
        return [unit.unit_id for unit in self.map.units.values() if unit.level == level and unit.ended is None]

    def end(self, unit_id: str, day: date) -> None:
        versions = self.map.units[unit_id].versions
        if versions[-1].since == day:  # its district ended on the same day
            versions.pop()
        versions[-1].until = day

    def alter(self, unit_id: str, day: date, parent: str | None = None, name: str = "") -> None:
        """Another name or parent of the same unit."""
        versions = self.map.units[unit_id].versions
        if versions[-1].since == day:
            versions[-1].parent_id = parent or versions[-1].parent_id
            versions[-1].name = name or versions[-1].name
        else:
            versions[-1].until = day
            versions.append(Version(name or versions[-1].name, parent or versions[-1].parent_id, day))


def cases(number: int, seed: int) -> list[Case]:
    """So many cases. The same seed gives the same cases."""
    return [_case(position, random.Random(f"{seed}/{position}")) for position in range(number)]


def _case(number: int, chance: random.Random) -> Case:
    case = Case(number, chance)
    _draw(case)
    days = {DISTRICTS_END, *chance.sample(DAYS, chance.randint(1, 4))}
    for day in sorted(days | {DAYS[FIRST_MAP]}):
        if day == DAYS[FIRST_MAP]:
            case.first_map = deepcopy(case.map)
        if day == DISTRICTS_END:
            _end_districts(case)
        if day in days:
            for _ in range(chance.choice([1, 1, 2])):
                _change(case, day)
    case.reports = {day: list(_write(case, day)) for day in ROUNDS}
    return case


def _draw(case: Case) -> None:
    chance = case.chance
    for nth in range(chance.choice([1, 2, 2, 3])):
        number = case.number * 3 + nth
        province = case.add(DIGITS[number // 36] + DIGITS[number % 36], "province", None)
        parents = [province]
        if chance.random() < 0.5:
            parents = [
                case.add(f"{number:02d}{DIGITS[district + 10]}".rjust(4, "0"), "district", province)
                for district in range(chance.randint(1, 2))
            ]
        for _ in range(chance.randint(1, 4)):
            case.add(case.new_code(), COMMUNE, chance.choice(parents))


def _end_districts(case: Case) -> None:
    for commune in case.alive():
        if len(above := case.map.above(commune)) > 1:
            case.alter(commune, DISTRICTS_END, above[-1])
    for district in case.alive("district"):
        case.end(district, DISTRICTS_END)


def _change(case: Case, day: date) -> None:
    chance = case.chance
    settled = [unit for unit in case.alive() if case.map.units[unit].began < day]
    if not settled:
        return
    first = chance.choice(settled)
    province = case.map.above(first)[-1]
    others = [other for other in case.alive("province") if other != province]
    neighbours = [unit for unit in settled if unit != first and case.map.above(unit)[-1] == province]
    kind = chance.choice(["merge"] * 4 + ["split"] * 2 + ["mix", "mix", "rename", "away", "version", "lost"])
    if kind in ("away", "version") and not others:
        kind = "merge"
    if kind == "merge" and others and chance.random() < 0.15:
        neighbours = [unit for unit in settled if unit != first]
    if kind in ("merge", "mix") and not neighbours:
        kind = "split"
    olds = [first, *chance.sample(neighbours, min(len(neighbours), chance.choice([1, 1, 2])))]
    case.kinds.append(kind)
    if kind == "rename":
        case.alter(first, day, name=f"Phường giả định {case.map.units[first].code}")
    elif kind == "version":
        case.alter(first, day, parent=chance.choice(others))
    elif kind == "lost":
        case.end(first, day)
    elif kind == "away":
        _succeed(case, day, [first], [chance.choice(others)])
    elif kind == "merge":
        _succeed(case, day, olds, [province])
    else:
        provinces = [chance.choice(others) if others and chance.random() < 0.1 else province for _ in range(2)]
        _succeed(case, day, [first] if kind == "split" else olds, provinces)


def _succeed(case: Case, day: date, olds: list[str], provinces: list[str]) -> None:
    """New units in these provinces, to which the old ones go: whole or in parts. Codes and names are given again."""
    chance = case.chance
    codes = [case.map.units[old].code for old in olds]
    chance.shuffle(codes)
    news = []
    for province in provinces:
        code = codes.pop() if codes and chance.random() < 0.75 else case.new_code()
        name = case.map.units[chance.choice(olds)].versions[-1].name if chance.random() < 0.3 else ""
        news.append(case.add(code, COMMUNE, province, day, name))
    for position, old in enumerate(olds):
        case.end(old, day)
        parts = chance.sample(news, chance.randint(1, len(news))) if position else news
        case.map.successors[old] = parts
        if len(parts) > 1 and chance.random() < 0.4:
            cuts = [0, *sorted(chance.sample(range(1, 100), len(parts) - 1)), 100]
            shares = [Fraction(high - low, 100) for low, high in pairwise(cuts)]
            case.map.shares[old] = dict(zip(parts, shares, strict=True))


def _write(case: Case, day: date) -> Iterator[Report]:
    """What comes on a day: of each commune that there has been, now and then, for the periods of the round."""
    for unit in list(case.map.communes()):
        if unit.began > day:
            continue
        for period in PERIODS:
            is_there = unit.ended is None or unit.ended > day
            has_reason = unit.ended is None or unit.ended > period.since
            if period.name in ROUNDS[day] and has_reason and case.chance.random() < (0.45 if is_there else 0.25):
                yield _report(case.chance, unit, period.name, day)


def _report(chance: random.Random, unit: Unit, period: str, day: date) -> Report:
    kind = chance.choice(["full"] * 5 + ["correction"] * 2 + ["retraction"])
    lines: dict[str, tuple[int, int | None]] = {}
    if kind != "retraction":
        whole = chance.randint(1, 500)
        lines = {"share": (chance.randint(0, whole), whole), "births": (chance.randint(0, 300), None)}
        if chance.random() < (0.6 if kind == "correction" else 0.1):
            lines.pop(chance.choice(INDICATORS))
    way = chance.random()
    name = chance.choice([version.name for version in unit.versions if version.since <= day])
    return Report(
        period,
        unit.code,
        kind,
        lines,
        day,
        unit_id=unit.unit_id if way < 0.3 else None,
        unit_name=name.partition(" ")[2] if way > 0.9 else name if way > 0.65 else None,
    )
