"""A rule is written once: its condition is what Great Expectations counts and what is written down as an issue.

A condition is SQL over one checked table (checked/). What a rule of the gate answers is a row of
seeds/catalogue/gate_rules.csv: its severity, and a message whose words in braces are columns of the checked table.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from warehouse import catalogue

CHECKED = Path(__file__).with_name("checked")
"""One SQL file for each checked table."""

NUMBERS = frozenset({"base", "base_earlier", "expected", "figure", "compared_value", "earlier_value"})
DAYS = frozenset({"resolve_on"})
TIMESTAMPS = frozenset({"closed_at", "received_at"})
RANGES = {
    "hard_range": ("hard_min", "hard_max"),
    "soft_range": ("soft_min", "soft_max"),
    "figure_range": ("computed_low", "computed_high"),
}
BOUNDS = frozenset({"hard_range", "soft_range"})
"""The ranges that a figure of the same message is compared with."""


@dataclass(frozen=True)
class Rule:
    """condition: true for a row that breaks the rule. severity: of a rule for what is published.

    code: for a rule of the gate a row of gate_rules.csv, which has its severity and its answer to the sender.
    place: which cell an issue points at: a part of the line (`numerator`), `indicator` for the cell that holds the
    code, or empty for the whole submission (and for checked cells, which know their own place).
    detail: SQL of what is told of a row that ops.check_failure names.
    """

    code: str
    condition: str
    place: str = ""
    severity: str = "critical"
    detail: str = "null"


@dataclass(frozen=True)
class Suite:
    """The rules of one checked table, `pg_temp.<table>` in SQL; a rule's code is unique in a suite."""

    name: str
    relation: str
    rules: tuple[Rule, ...]

    @property
    def table(self) -> str:
        return self.relation.rpartition(".")[2]


def severities_of(suites: Sequence[Suite]) -> dict[str, str]:
    """The severity of each rule of published figures, by code."""
    return {rule.code: rule.severity for suite in suites for rule in suite.rules}


@cache
def check_table_query(table: str) -> str:
    """The SELECT that makes a checked table out of the batch; its header comment says what a row is."""
    return (CHECKED / f"{table}.sql").read_text(encoding="utf-8")


def version(suites: Sequence[Suite], tables: Sequence[str]) -> str:
    """Version of the rules, 16 hex digits: hash of the conditions, checked tables and the rows of gate_rules.csv."""
    text = hashlib.sha256(repr(suites).encode())
    for table in tables:
        text.update(check_table_query(table).encode())
    text.update(repr(sorted(catalogue.gate_rules().items())).encode())
    return text.hexdigest()[:16]


def message_sql(template: str, language: str) -> str:
    """A message template as an SQL expression over a checked table's columns: «{raw}» becomes concat('«', raw, '»').

    language: `vi` writes decimal commas and day/month/year, `en` decimal points and ISO dates; moments are Vietnam's.
    """
    parsed = list(Formatter().parse(template))
    bounds = [column for _, name, _, _ in parsed if name in BOUNDS for column in RANGES[name]]
    pieces = []
    for text, name, _, _ in parsed:
        if text:
            pieces.append(literal(text))
        if name:
            pieces.append(_value_sql(name, language, [] if name in BOUNDS else bounds))
    return f"concat({', '.join(pieces)})"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _value_sql(name: str, language: str, bounds: Sequence[str]) -> str:
    if name in NUMBERS:
        return _number_sql(name, language, bounds)
    if name in DAYS:
        return f"to_char({name}, '{'DD/MM/YYYY' if language == 'vi' else 'YYYY-MM-DD'}')"
    if name in TIMESTAMPS:
        form = 'HH24:MI "ngày" DD/MM/YYYY' if language == "vi" else "YYYY-MM-DD HH24:MI"
        return f"to_char({name} at time zone 'Asia/Ho_Chi_Minh', '{form}')"
    if name in RANGES:
        low, high = RANGES[name]
        low_text, high_text = _number_sql(low, language, bounds), _number_sql(high, language, bounds)
        return (
            f"case when {high} is null then concat('≥', {low_text}) when {low} is null then concat('≤', {high_text}) "
            f"when {low} = {high} then {low_text} else concat({low_text}, '–', {high_text}) end"
        )
    return name


def _number_sql(name: str, language: str, bounds: Sequence[str]) -> str:
    """At most four decimals; all of them where rounding would show a figure as a bound that it breaks."""
    shown = f"round({name}, 4)"
    if bounds:
        shown = f"case when {shown} in ({', '.join(bounds)}) then {name} else {shown} end"
    text = f"trim_scale({shown})::text"
    return f"replace({text}, '.', ',')" if language == "vi" else text
