"""The plans as rows: typed read access to the catalogue, as the database has it.

Everything here is a row of dbt_project/seeds/catalogue/; an office that changes a plan changes a row and no code.
The wording of the gate's rules and the signs of personal data are read from CSV files, for they are needed before any
database is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import psycopg
from psycopg.rows import class_row

from warehouse.errors import WrongCall
from warehouse.settings import PROJECT_ROOT, get_settings

Aggregation = Literal["ratio", "sum", "share_of_units", "relative_change", "none"]
Measure = Literal["rate", "count", "share", "yes_no", "change", "points"]
Level = Literal["commune", "district", "province"]

DEFAULT_AGENCY = "UBND"
"""Who reports for a unit where no agency is named: the unit itself (in SQL: the macro default_agency)."""

DBT_PROJECT = PROJECT_ROOT / "dbt_project"


@dataclass(frozen=True)
class Programme:
    """A plan that sets indicators, targets and who reports when. assumptions_vi: what it does not say and we assume."""

    programme_code: str
    name_vi: str
    document_vi: str
    root_unit_code: str
    starts_on: date
    ends_on: date
    period_type: str
    assumptions_vi: str
    source: str


@dataclass(frozen=True)
class Period:
    """A reporting period; data_from and data_to are the first and the last day of its data window."""

    programme_code: str
    period: str
    kind: Literal["owed", "baseline"]
    data_from: date
    data_to: date


@dataclass(frozen=True)
class Indicator:
    """A measured row of a plan's annex, and how its figure is made. direction: where better lies, if anywhere.

    plan_unit_code: the unit whose plan alone has it, None for the programme's own.
    factor: what the division is multiplied with (100, 1 000, 100 000), None where nothing is divided.
    hard_min, hard_max: what is mathematically possible; soft_min, soft_max: what is plausible; None is no bound.
    """

    programme_code: str
    indicator_code: str
    plan_unit_code: str | None
    sort_order: int
    objective_vi: str
    heading_code: str | None
    heading_vi: str | None
    name_vi: str
    unit_vi: str | None
    aggregation: Aggregation
    factor: Decimal | None
    is_part_of_whole: bool
    numerator_vi: str
    denominator_vi: str
    direction: Literal["up", "down"] | None
    is_required: bool
    is_sensitive: bool
    hard_min: Decimal | None
    hard_max: Decimal | None
    soft_min: Decimal | None
    soft_max: Decimal | None
    lead_agency_vi: str | None
    source_line: int
    measures: dict[Level, Measure]


@dataclass(frozen=True)
class Target:
    """What a plan promises and whom it binds: the unit with a plan of its own, or every unit of the scope.

    agency_code: whose plan it is where the scope is agency; such a target never decides.
    low, high: one-sided comparators fill one end (≥ and > the low one), the others both.
    competing_reading_vi: what another place of the plan says of the same target.
    """

    indicator_code: str
    target_scope: Literal["commune", "district", "province", "agency", "national"]
    bound_unit_code: str | None
    agency_code: str | None
    target_year: int
    measure: Measure
    comparator: Literal["<", "≤", ">", "≥", "=", "between", "yes"]
    target_low: Decimal | None
    target_high: Decimal | None
    raw: str
    comparator_source: Literal["annex", "label", "body", "inferred", "secondary"]
    competing_reading_vi: str | None


@dataclass(frozen=True)
class GateRule:
    """A rule of the gate as its sender reads it; a message names its values in {braces}.

    needs_confirmation: the sender of an accepted report is to confirm the figure with a reason, or correct it.
    """

    rule_code: str
    severity: Literal["critical", "warning"]
    message_vi: str
    message_en: str
    needs_confirmation: bool = False


@dataclass(frozen=True)
class IdentityPattern:
    """A sign of personal data: a regular expression of Python, and what in the same text makes it something else.

    rule_code: the gate rule with which a file is refused; None for what only helps. scope: part, file, cell, line or
    heading, as the seed's page explains.
    """

    pattern_code: str
    rule_code: str | None
    scope: str
    pattern: str
    unless_pattern: str | None


PROGRAMMES = """
select programme_code, name_vi, document_vi, root_unit_code, starts_on, ends_on, period_type, assumptions_vi, source
from catalogue_as_of.programmes order by starts_on desc, programme_code
"""

PERIODS = """
select programme_code, period, kind, data_from, data_to
from app.reporting_period where programme_code = %(programme)s order by data_from, data_to
"""

INDICATORS = """
select programme_code, indicator_code, plan_unit_code, sort_order, objective_vi, heading_code, heading_vi, name_vi,
       unit_vi, aggregation, factor, is_part_of_whole, numerator_vi, denominator_vi, direction, is_required,
       is_sensitive, hard_min, hard_max, soft_min, soft_max, lead_agency_vi, source_line,
       (select jsonb_object_agg(unit_level, measure) from catalogue_as_of.indicator_measures as measured
        where measured.programme_code = indicators.programme_code
            and measured.indicator_code = indicators.indicator_code) as measures
from catalogue_as_of.indicators where programme_code = %(programme)s order by sort_order
"""

TARGETS = """
select indicator_code, target_scope, bound_unit_code, agency_code, target_year, measure, comparator, target_low,
       target_high, raw, comparator_source, competing_reading_vi
from catalogue_as_of.targets join catalogue_as_of.indicators using (programme_code, indicator_code)
where programme_code = %(programme)s order by sort_order, target_scope, target_year, valid_from nulls first
"""

Row = TypeVar("Row")


def programmes(connection: psycopg.Connection) -> list[Programme]:
    """All programmes, the newest first."""
    return _rows(connection, Programme, PROGRAMMES)


def programme(connection: psycopg.Connection, programme_code: str) -> Programme:
    """Raises WrongCall, which names the programmes there are, for any other code."""
    by_code = {found.programme_code: found for found in programmes(connection)}
    if programme_code not in by_code:
        raise WrongCall(f"There is no programme {programme_code}; there are {', '.join(sorted(by_code))}.")
    return by_code[programme_code]


def periods(connection: psycopg.Connection, programme_code: str) -> list[Period]:
    """The programme's periods in time, the baseline with them."""
    return _rows(connection, Period, PERIODS, programme_code)


def sensitive_indicators(connection: psycopg.Connection, programme_code: str) -> frozenset[str]:
    """The codes of the programme's indicators of which a small count can identify a child."""
    query = "select indicator_code from catalogue.indicators where programme_code = %s and is_sensitive"
    return frozenset(code for (code,) in connection.execute(query, [programme_code]))


def period(connection: psycopg.Connection, programme_code: str, code: str) -> Period:
    """Raises WrongCall for an unknown programme, and for a period that it does not have."""
    programme(connection, programme_code)
    by_code = {found.period: found for found in periods(connection, programme_code)}
    if code not in by_code:
        raise WrongCall(f"{programme_code} has no period {code}; it has {', '.join(by_code)}.")
    return by_code[code]


def indicators(connection: psycopg.Connection, programme_code: str) -> list[Indicator]:
    """The programme's indicators in the order of its annex; none for an unknown programme."""
    return _rows(connection, Indicator, INDICATORS, programme_code)


def targets(connection: psycopg.Connection, programme_code: str) -> list[Target]:
    """The programme's targets with their revisions, by the order of its indicators, then scope, year and day."""
    return _rows(connection, Target, TARGETS, programme_code)


def gate_rules() -> dict[str, GateRule]:
    """The gate's rules by code, with the office's own wording."""
    return _gate_rules(get_settings().catalogue)


@cache
def _gate_rules(folder: Path | None) -> dict[str, GateRule]:
    from warehouse.seeds import office

    return {str(row["rule_code"]): _gate_rule(row) for row in office.rows(DBT_PROJECT, "gate_rules", folder)}


def identity_patterns() -> tuple[IdentityPattern, ...]:
    """The signs of personal data, with the office's own."""
    return _identity_patterns(get_settings().catalogue)


@cache
def _identity_patterns(folder: Path | None) -> tuple[IdentityPattern, ...]:
    from warehouse.seeds import office

    rows = office.rows(DBT_PROJECT, "identity_patterns", folder)
    return tuple(
        IdentityPattern(
            str(row["pattern_code"]), row["rule_code"], str(row["scope"]), str(row["pattern"]), row["unless_pattern"]
        )
        for row in rows
    )


def rule_message(rule: str, **values: object) -> tuple[str, str]:
    """The message of a broken rule, in Vietnamese and in English.

    values: what the names in the message's braces stand for.
    Raises KeyError for an unknown rule or a value that is missing.
    """
    found = gate_rules()[rule]
    return found.message_vi.format(**values), found.message_en.format(**values)


def _gate_rule(row: Mapping[str, str | None]) -> GateRule:
    severity: Literal["critical", "warning"] = "critical" if row["severity"] == "critical" else "warning"
    needs_confirmation = (row.get("needs_confirmation") or "").lower() == "true"
    texts = row["message_vi"] or "", row["message_en"] or ""
    return GateRule(row["rule_code"] or "", severity, *texts, needs_confirmation)


def _rows(connection: psycopg.Connection, kind: type[Row], query: str, programme_code: str | None = None) -> list[Row]:
    return connection.cursor(row_factory=class_row(kind)).execute(query, {"programme": programme_code}).fetchall()
