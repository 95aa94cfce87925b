"""What must hold for a published score: a known unit's, within its maximum, and sections are the sum of their lines."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="fct_score",
    relation="pg_temp.fct_score",
    rules=(
        Rule("score_of_unknown_unit", "not unit_is_known"),
        Rule(
            "points_outside_maximum",
            "case when kind = 'deduction' or max_points < 0 then counted_points < max_points or counted_points > 0 "
            "else counted_points > max_points or counted_points < 0 end",
        ),
        Rule("section_not_from_its_lines", "is_sum and counted_points is distinct from points_below"),
    ),
)
