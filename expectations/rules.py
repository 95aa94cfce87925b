"""A rule stands once: its condition is what Great Expectations counts and what is written down as an issue.

A condition is SQL over one checked table (checked/). What a rule of the gate answers is a row of
seeds/catalogue/gate_rules.csv: its severity, and a message whose words in braces are columns of the checked table.
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from warehouse.settings import PROJECT_ROOT

CHECKED = Path(__file__).with_name("checked")
"""One SQL file for each checked table."""

ROWS = PROJECT_ROOT / "dbt_project/seeds/catalogue/gate_rules.csv"

NUMBERS = frozenset({"expected", "figure"})
DAYS = frozenset({"resolve_on"})
RANGES = {"hard_range": ("hard_min", "hard_max"), "soft_range": ("soft_min", "soft_max")}


@dataclass(frozen=True)
class Rule:
    """condition: true for a row that breaks the rule. severity: of a rule for what is published.

    code: for a rule of the gate a row of gate_rules.csv, which has its severity and its answer to the sender.
    place: which cell an issue points at: a part of the line (`numerator`), `indicator` for the cell that holds the
    code, or empty for the whole submission (and for checked cells, which know their own place).
    """

    code: str
    condition: str
    place: str = ""
    severity: str = "critical"


@dataclass(frozen=True)
class Suite:
    """The rules of one checked table, `pg_temp.<table>` in SQL; a rule's code stands once in a suite."""

    name: str
    relation: str
    rules: tuple[Rule, ...]

    @property
    def table(self) -> str:
        return self.relation.rpartition(".")[2]


@dataclass(frozen=True)
class Row:
    """How a broken rule is answered, as gate_rules.csv has it."""

    severity: str
    message_vi: str
    message_en: str


def rows() -> dict[str, Row]:
    """gate_rules.csv by rule code."""
    with ROWS.open(encoding="utf-8", newline="") as lines:
        return {
            row["rule_code"]: Row(row["severity"], row["message_vi"], row["message_en"])
            for row in csv.DictReader(lines)
        }


@cache
def laid_out(table: str) -> str:
    """The SELECT that makes a checked table out of the batch; its header comment says what a row is."""
    return (CHECKED / f"{table}.sql").read_text(encoding="utf-8")


def version(suites: Sequence[Suite]) -> str:
    """What decided, as 16 hex digits: a hash of the conditions, the checked tables and the rows of gate_rules.csv."""
    text = hashlib.sha256()
    for suite in suites:
        text.update(repr(suite).encode())
        text.update(laid_out(suite.table).encode())
    for code, row in sorted(rows().items()):
        text.update(repr((code, row)).encode())
    return text.hexdigest()[:16]


def message_sql(template: str, language: str) -> str:
    """A message template as an SQL expression over a checked table's columns: «{raw}» becomes concat('«', raw, '»').

    language: `vi` writes decimal commas and day/month/year, `en` decimal points and ISO dates.
    """
    pieces = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            pieces.append(literal(text))
        if name:
            pieces.append(_word_sql(name, language))
    return f"concat({', '.join(pieces)})"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _word_sql(name: str, language: str) -> str:
    if name in NUMBERS:
        return _number_sql(name, language)
    if name in DAYS:
        return f"to_char({name}, '{'DD/MM/YYYY' if language == 'vi' else 'YYYY-MM-DD'}')"
    if name in RANGES:
        low, high = RANGES[name]
        low_text, high_text = _number_sql(low, language), _number_sql(high, language)
        return (
            f"case when {high} is null then concat('≥ ', {low_text}) when {low} is null then concat('≤ ', {high_text}) "
            f"else concat({low_text}, '–', {high_text}) end"
        )
    return name


def _number_sql(name: str, language: str) -> str:
    text = f"trim_scale(round({name}, 4))::text"
    return f"replace({text}, '.', ',')" if language == "vi" else text


def words(template: str) -> set[str]:
    """The columns that a message template needs of its checked table."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return {column for name in names for column in RANGES.get(name, (name,))}
