"""What must hold for a published obligation: a known unit owes it, and what fulfils it was accepted."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="fct_report_obligation",
    relation="pg_temp.fct_report_obligation",
    rules=(
        Rule("obligation_of_unknown_unit", "not unit_is_known"),
        Rule("fulfilled_by_no_accepted_report", "status in ('on_time', 'late') and not is_backed"),
        Rule("late_without_deadline", "status in ('on_time', 'late', 'missing', 'not_due') and deadline_at is null"),
        Rule("complete_without_its_lines", "is_complete and (accepted_at is null or lines_reported < lines_required)"),
        Rule("more_lines_than_required", "lines_reported > lines_required"),
    ),
)
