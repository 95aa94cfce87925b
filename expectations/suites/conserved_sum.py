"""What must hold between published figures: a province is the sum of its units and of what none of them holds."""

from expectations.rules import Rule, Suite

NOT_THE_SUM = "abs({0} - {0}_within) > 0.000001 * greatest(1, {0})"
"""Declared shares have a last digit."""

SUITE = Suite(
    name="conserved_sum",
    relation="pg_temp.conserved_sum",
    rules=(
        Rule("numerator_not_conserved", NOT_THE_SUM.format("numerator")),
        Rule("denominator_not_conserved", NOT_THE_SUM.format("denominator")),
    ),
)
