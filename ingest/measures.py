"""What each cell of an indicator holds, as the catalogue says: read once a batch, before any file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psycopg

from ingest.cells import Expects

MEASURES = """
select measures.programme_code, measures.indicator_code, measures.unit_level, measures.measure, indicators.factor
from catalogue.indicator_measures as measures
inner join catalogue.indicators as indicators using (programme_code, indicator_code)
"""

LEVELS = {2: "province", 3: "district", 5: "commune"}
"""The level of a unit by the length of its code."""

RATES: dict[int, Expects] = {100: "percent", 1000: "per_mille"}


@dataclass(frozen=True)
class Measures:
    """values: what a bare value is, by (programme, indicator) and unit level. codes: the indicators of a programme."""

    values: Mapping[tuple[str, str], Mapping[str, Expects]] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of_value(self, programme: str | None, indicator: str | None, unit_code: str | None) -> Expects:
        """What the value of an indicator is for a unit; `any` where the catalogue does not say.

        A bare value for an indicator whose scope speaks of a count is a count; of a reduction, a percentage.
        """
        levels = self.values.get((programme or "", indicator or ""))
        return levels.get(LEVELS.get(len(unit_code or ""), ""), "any") if levels else "any"

    def of_programme(self, programme: str | None) -> frozenset[str]:
        return self.codes.get(programme or "", frozenset())


def gathered(rows: Iterable[tuple[str, str, str, str, object]]) -> Measures:
    """rows: programme, indicator, unit level, measure, factor (a number, text or None)."""
    values: dict[tuple[str, str], dict[str, Expects]] = defaultdict(dict)
    codes: dict[str, set[str]] = defaultdict(set)
    for programme, indicator, level, measure, factor in rows:
        values[programme, indicator][level] = _expects(measure, factor)
        codes[programme].add(indicator)
    return Measures(dict(values), {programme: frozenset(known) for programme, known in codes.items()})


def read(connection: psycopg.Connection) -> Measures:
    """The measures of every programme, or none before the catalogue is there."""
    there = connection.execute("select to_regclass('catalogue.indicator_measures')").fetchone()
    if there is None or there[0] is None:
        return Measures()
    return gathered(connection.execute(MEASURES).fetchall())


def _expects(measure: str, factor: object) -> Expects:
    if measure in ("count", "yes_no"):
        return "count" if measure == "count" else "yes_no"
    if measure in ("share", "change"):
        return "percent"
    return RATES.get(int(float(str(factor))), "rate") if factor else "rate"
