"""What must hold for a ranking: the total follows from the columns beside it, and who is recognised has the points."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="rpt_score_ranking",
    relation="pg_temp.rpt_score_ranking",
    rules=(
        Rule(
            "total_not_from_its_points",
            "abs(total_points - coalesce(points_before_deductions, 0) - coalesce(deductions, 0)) > 0.000001",
        ),
        Rule("deduction_above_zero", "deductions > 0"),
        Rule("recognised_below_threshold", "verdict = 'recognised' and total_points < threshold"),
    ),
)
