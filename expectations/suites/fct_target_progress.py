"""What must hold for a figure beside its target: the milestone is possible, the trend has one of its names."""

from expectations.rules import Rule, Suite

VERDICTS = "('met', 'not_met', 'undetermined', 'no_data', 'not_comparable', 'no_target')"
TRENDS = "('target_met', 'on_track', 'acceleration_needed', 'reversing', 'insufficient_data')"

SUITE = Suite(
    name="fct_target_progress",
    relation="pg_temp.fct_target_progress",
    rules=(
        Rule("verdict_without_name", f"verdict is null or verdict not in {VERDICTS}"),
        Rule("trend_without_name", f"trend_class not in {TRENDS}"),
        Rule("milestone_outside_hard_range", "not milestone <@ numrange(hard_min, hard_max, '[]')"),
        Rule("acceleration_without_need", "(trend_class = 'acceleration_needed') <> (acceleration > 1)"),
    ),
)
