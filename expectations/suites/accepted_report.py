"""What must hold for every accepted report: somebody owes it, or may send it; else it is in no figure and no rate."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="accepted_report",
    relation="pg_temp.accepted_report",
    rules=(
        Rule(
            "report_without_obligation",
            "not is_scheduled",
            detail="concat('accepted ', to_char(accepted_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI'), "
            "'; nobody is to send such a report')",
        ),
    ),
)
