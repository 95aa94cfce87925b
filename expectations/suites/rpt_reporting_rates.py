"""What must hold for the four rates: none is capped, and none can exceed 100 %."""

from expectations.rules import Rule, Suite

RATES = ("submitted_pct", "on_time_pct", "accepted_pct", "complete_pct")

SUITE = Suite(
    name="rpt_reporting_rates",
    relation="pg_temp.rpt_reporting_rates",
    rules=tuple(
        Rule(f"{rate}_outside_0_100", f"{rate} not between 0 and 100", detail=f"concat(round({rate}, 2), ' %')")
        for rate in RATES
    ),
)
