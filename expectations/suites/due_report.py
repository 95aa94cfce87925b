"""What should hold of the reports whose deadline has passed: none is missing, no rate is below the programme's minimum.

A broken rule names the reports that are wanting. All are warnings: who is told is the alerts' business, and figures are
made of what came.
"""

from expectations.rules import Rule, Suite

BELOW = "not is_{rate} and app.percentage(reports_{rate}, reports_due) < {rate}_minimum"
DETAIL = (
    "concat({wanting}, '; {name} ', reports_{rate}, ' of ', reports_due, ' due, ', "
    "trunc(app.percentage(reports_{rate}, reports_due), 2), ' %, minimum ', trim_scale({rate}_minimum), ' %')"
)

NOTHING_ACCEPTED = (
    "concat(case when is_submitted then 'nothing that came was accepted' else 'nothing came' end, "
    "', last day in time ', last_on_time_on)"
)
LINES = "concat(lines_reported, ' of ', lines_required, ' lines')"


def _below(rate: str, wanting: str) -> Rule:
    """Each report that the rate lacks, where the rate of its level is below the minimum."""
    detail = DETAIL.format(wanting=wanting, rate=rate, name=rate.replace("_", " "))
    return Rule(f"{rate}_below_minimum", BELOW.format(rate=rate), severity="warning", detail=detail)


SUITE = Suite(
    name="due_report",
    relation="pg_temp.due_report",
    rules=(
        Rule("report_missing", "is_overdue", severity="warning", detail=NOTHING_ACCEPTED),
        _below("submitted", NOTHING_ACCEPTED),
        _below("on_time", f"case when is_accepted then 'came late' else {NOTHING_ACCEPTED} end"),
        _below("accepted", NOTHING_ACCEPTED),
        _below("complete", f"case when is_accepted then {LINES} else {NOTHING_ACCEPTED} end"),
    ),
)
