"""Units of the map that a text names: "phường Đa Mai", "KẾ HOẠCH TỈNH BẮC NINH 2030"."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from ingest.plans.vocabulary import either, plain, terms

LONGEST = 5
"""Words of the longest name of a unit, its type included, and one to spare."""


class Unit(NamedTuple):
    """level: commune, district or province. valid_to: the first day on which it is no more; empty: still there."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: str
    valid_to: str


class Places:
    """The units of the seed org_units, by name."""

    def __init__(self, rows: Iterable[Mapping[str, str | None]]) -> None:
        self._rows = rows

    @cached_property
    def _by_name(self) -> Mapping[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for row in self._rows:
            unit = Unit(*(row.get(name) or "" for name in COLUMNS))
            found[plain(unit.name)].append(unit)
        return found

    def all_in(self, text: str, day: str = "") -> Iterator[Unit]:
        """The units that a text names with their type, in its order; of two of a name one that is there on the day."""
        tokens = plain(re.sub(r"[^\w\s]", " , ", text)).split()
        types = tuple(terms("level"))
        for at in range(len(tokens)):
            if not " ".join(tokens[at : at + 2]).startswith(types):
                continue
            for length in range(LONGEST, 1, -1):
                if found := self.named(" ".join(tokens[at : at + length]), day):
                    yield found
                    break

    def named(self, name: str, day: str = "", within: str = "") -> Unit | None:
        """within: the province that is preferred, by its code."""
        units = self._by_name.get(plain(name), [])
        alive = [unit for unit in units if unit.valid_from <= day and (not unit.valid_to or day < unit.valid_to)]
        parents = {unit.code for unit in alive if unit.parent == within}
        preferred = [unit for unit in alive if unit.code in parents]
        return next(iter([*preferred, *alive, *units]), None)

    def last_day(self, level: str) -> str | None:
        """The day from which there is no unit of the level any more; None while there is one."""
        ends = [unit.valid_to for units in self._by_name.values() for unit in units if unit.level == level]
        return max(ends) if ends and all(ends) else None


COLUMNS = ("unit_code", "unit_name", "unit_level", "parent_code", "valid_from", "valid_to")


def level_in(text: str) -> str | None:
    """The level that a heading is about: phường is commune; "dành cho đơn vị cấp huyện" district."""
    for kind in ("level_group", "level"):
        found = re.search(rf"(?<!\w)(?:{either(kind)})(?!\w)", plain(text))
        if found:
            return terms(kind)[" ".join(found[0].split())] or None
    return None
