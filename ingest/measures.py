"""What each cell of an indicator is, by the catalogue: read once a batch, before any file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import psycopg

from ingest.cells import Expects
from warehouse import catalogue
from warehouse.catalogue import Indicator, Level, Measure

LEVELS: dict[int, Level] = {2: "province", 3: "district", 5: "commune"}
"""The level of a unit by the length of its code."""

RATES: dict[int, Expects] = {100: "percent", 1000: "per_mille"}


@dataclass(frozen=True)
class Measures:
    """values: what a value without parts is, by (programme, indicator) and unit level. codes: its indicators."""

    values: Mapping[tuple[str, str], Mapping[Level, Expects]] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of_value(self, programme: str | None, indicator: str | None, unit_code: str | None) -> Expects:
        """What the value of an indicator is for a unit; `any` where the catalogue does not say.

        A bare value for an indicator whose scope speaks of a count is a count; of a reduction, a percentage.
        """
        levels = self.values.get((programme or "", indicator or ""))
        level = LEVELS.get(len(unit_code or ""))
        return levels.get(level, "any") if levels and level else "any"

    def of_programme(self, programme: str | None) -> frozenset[str]:
        return self.codes.get(programme or "", frozenset())


def read(connection: psycopg.Connection) -> Measures:
    """The measures of every programme, or none before the catalogue is there."""
    there = connection.execute("select to_regclass('catalogue.indicator_measures')").fetchone()
    if there is None or there[0] is None:
        return Measures()
    codes = [found.programme_code for found in catalogue.programmes(connection)]
    return gathered({code: catalogue.indicators(connection, code) for code in codes})


def gathered(plans: Mapping[str, Iterable[Indicator]]) -> Measures:
    """The measures of indicators by programme code."""
    values: dict[tuple[str, str], dict[Level, Expects]] = {}
    codes: dict[str, frozenset[str]] = {}
    for programme, indicators in plans.items():
        found = {
            indicator.indicator_code: {
                level: _expects(measure, indicator.factor) for level, measure in (indicator.measures or {}).items()
            }
            for indicator in indicators
        }
        values |= {(programme, code): levels for code, levels in found.items()}
        codes[programme] = frozenset(found)
    return Measures(values, codes)


def _expects(measure: Measure, factor: Decimal | None) -> Expects:
    if measure == "count" or measure == "yes_no" or measure == "points":
        return measure
    if measure in ("share", "change"):
        return "percent"
    return RATES.get(int(factor), "rate") if factor else "rate"
