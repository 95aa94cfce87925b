"""What must hold for a report with published lines: somebody was to send it, and the gate accepted it."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="fct_reported_value",
    relation="pg_temp.fct_reported_value",
    rules=(
        Rule("value_of_unknown_unit", "not unit_is_known"),
        Rule("report_without_schedule", "not is_scheduled"),
        Rule("value_of_no_accepted_report", "not is_accepted"),
        Rule("known_to_before_known_from", "has_reversed_times"),
    ),
)
