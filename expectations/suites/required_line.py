"""What must hold for a report to be complete: every line that the programme requires is there."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="required_line",
    relation="pg_temp.required_line",
    rules=(Rule("required_line_absent", "not is_present"),),
)
