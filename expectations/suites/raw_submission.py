"""What must hold for a report as a whole: it is known, and somebody may send it.

Each rule asks only what the rules before it leave open, so that one mistake has one message.
"""

from expectations.rules import Rule, Suite

GIVEN = "({} is not null or not is_unreadable)"
"""A key that the reader already missed is not called unknown as well."""

ALIVE_WITHOUT_DUTY = "period_is_known and unit_is_alive and not is_scheduled"

CORRECTS_NOTHING = (
    "submission_type = 'correction' and (form, scheduled_form) = ('figures', 'figures') "
    "and not has_full_report and not is_unreadable"
)

SUITE = Suite(
    name="raw_submission",
    relation="pg_temp.checked_submission",
    rules=(
        Rule("programme_unknown", f"not programme_is_known and {GIVEN.format('programme')}"),
        Rule("period_unknown", f"programme_is_known and not period_is_known and {GIVEN.format('period')}"),
        Rule("unit_unknown", f"not unit_is_known and {GIVEN.format('unit')}"),
        Rule("unit_not_alive", "unit_is_known and period_is_known and not unit_is_alive and not is_scheduled"),
        Rule("unit_ambiguous", "is_ambiguous"),
        Rule("unit_misidentified", "is_misidentified"),
        Rule("arrival_order_unknown", "has_unknown_order and is_scheduled"),
        Rule("report_not_due", f"{ALIVE_WITHOUT_DUTY} and agencies is null"),
        Rule("agency_not_assigned", f"{ALIVE_WITHOUT_DUTY} and agencies is not null"),
        Rule("form_not_due", "form <> scheduled_form"),
        Rule("correction_without_report", CORRECTS_NOTHING),
        Rule("after_closing", "is_scheduled and closed_at is not null"),
    ),
)
