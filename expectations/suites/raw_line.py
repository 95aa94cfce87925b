"""What must hold for one line of a report: its indicator is the programme's, its parts and its value make sense."""

from expectations.rules import Rule, Suite

PARTED = "aggregation in ('ratio', 'relative_change')"
"""Indicators that are made of a numerator and a denominator."""

NOT_GIVEN = "('missing', 'not_applicable')"
OTHER_IS_DUE = (
    "coalesce(problems ->> 'numerator', '') not in ('fraction_in_cell', 'not_a_number') "
    "and coalesce(problems ->> 'denominator', '') not in ('fraction_in_cell', 'not_a_number')"
)
"""Who writes 291/300 into one cell has given both; who writes words into one has given none. One mistake, one issue."""

NOT_APPLICABLE_BESIDE_NUMBER = (
    "value_kind = 'not_applicable' and (numerator_range is not null or denominator_range is not null) "
    f"or {PARTED} and value_range is not null and 'not_applicable' in (numerator_kind, denominator_kind) "
    f"and numerator_kind in {NOT_GIVEN} and denominator_kind in {NOT_GIVEN}"
)
"""One part that is not applicable beside the other's number is a missing part; who counts no parts has none to give."""

VALUE_ALONE = "is_value_alone and measure <> 'yes_no'"
"""Points and surveys; a number among the parts of a yes or no is said to be none (raw_cell.yes_no_expected)."""

OUTSIDE_HARD = (
    "measure is distinct from 'yes_no' and case "
    "when value_kind in ('exact', 'nil', 'censored') then not value_range && numrange(hard_min, hard_max, '[]') "
    "when value_kind = 'range' then not value_range <@ numrange(hard_min, hard_max, '[]') "
    "end"
)
"""A censored value is impossible only when no part of it is possible; a range must be possible as a whole."""

FILLED_IN = (
    "is_scheduled and indicator_is_known "
    "and (numerator_kind, denominator_kind, value_kind) <> ('missing', 'missing', 'missing')"
)
"""A line that this sender's report does not have is unknown to it; an empty one, of a table for all, does no harm."""

TYPED_DISAGREES = (
    "case value_kind "
    "when 'exact' then abs(expected - lower(value_range)) > rounding "
    "when 'nil' then expected <> 0 "
    "when 'censored' then not expected <@ value_range "
    "when 'range' then not expected <@ numrange(lower(value_range) - rounding, upper(value_range) + rounding, '[]') "
    "end"
)
"""The parts count; the typed value may differ by the rounding of its typed digits."""

SUITE = Suite(
    name="raw_line",
    relation="pg_temp.checked_line",
    rules=(
        Rule(
            "indicator_unknown",
            "programme_is_known and not indicator_is_known and indicator is not null "
            "and problems ->> 'indicator' is null",
            "indicator",
        ),
        Rule("indicator_not_assigned", f"{FILLED_IN} and not is_assigned", "indicator"),
        Rule("indicator_not_of_level", f"{FILLED_IN} and is_assigned and measure is null", "indicator"),
        Rule("line_twice", "indicator is not null and occurrence > 1", "indicator"),
        Rule("value_outside_hard_range", OUTSIDE_HARD, "value"),
        Rule("numerator_above_denominator", "is_part_of_whole and numerator_range >> denominator_range", "numerator"),
        Rule(
            "denominator_missing",
            f"{PARTED} and numerator_kind not in {NOT_GIVEN} and denominator_kind in {NOT_GIVEN} and {OTHER_IS_DUE}",
            "denominator",
        ),
        Rule(
            "numerator_missing",
            f"{PARTED} and denominator_kind not in {NOT_GIVEN} and numerator_kind in {NOT_GIVEN} and {OTHER_IS_DUE}",
            "numerator",
        ),
        Rule("not_applicable_beside_number", NOT_APPLICABLE_BESIDE_NUMBER, "value"),
        Rule(
            "figure_outside_hard_range",
            "not is_part_of_whole and not figure_range && numrange(hard_min, hard_max, '[]')",
            "numerator",
        ),
        Rule(
            "value_outside_soft_range",
            "figure is null and value_range <@ numrange(hard_min, hard_max, '[]') "
            "and not value_range && numrange(soft_min, soft_max, '[]')",
            "value",
        ),
        Rule(
            "figure_outside_soft_range",
            "figure <@ numrange(hard_min, hard_max, '[]') and not figure <@ numrange(soft_min, soft_max, '[]')",
            "numerator",
        ),
        Rule("figure_jumped", "abs(compared_value - earlier_value) > (soft_max - soft_min) / 2", "indicator"),
        Rule("base_differs_from_last_report", "base <> base_earlier", "denominator"),
        Rule("value_disagrees", TYPED_DISAGREES, "value"),
        Rule(
            "value_without_parts",
            f"feeds_rollup and {PARTED} and value_range && numrange(hard_min, hard_max, '[]') "
            "and numerator_kind = 'missing' and denominator_kind = 'missing'",
            "value",
        ),
        Rule("numerator_without_use", f"{VALUE_ALONE} and numerator_range is not null", "numerator"),
        Rule(
            "denominator_without_use",
            f"({VALUE_ALONE} or aggregation = 'sum') and denominator_range is not null",
            "denominator",
        ),
    ),
)
