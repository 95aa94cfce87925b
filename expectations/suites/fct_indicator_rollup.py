"""What must hold for a figure made from reports: it and its coverage are possible, and it follows from its columns."""

from expectations.rules import Rule, Suite

SUITE = Suite(
    name="fct_indicator_rollup",
    relation="pg_temp.fct_indicator_rollup",
    rules=(
        Rule("figure_of_unknown_indicator", "not indicator_is_known"),
        Rule("figure_of_unknown_unit", "not unit_is_known"),
        Rule("share_outside_0_100", "is_share and (value_low < 0 or value_high > 100)"),
        Rule("interval_reversed", "value_low > value_high or not value between value_low and value_high"),
        Rule("figure_not_from_its_parts", "abs(value - recomputed) > 0.000001 * greatest(1, abs(recomputed))"),
        Rule("coverage_outside_0_100", "coverage_pct not between 0 and 100 or units_reporting > units_expected"),
        Rule("estimate_on_the_old_map", "is_estimated and boundary_basis <> 'current'"),
        Rule(
            "published_outside_soft_range",
            "measure in ('rate', 'change') and not value <@ numrange(soft_min, soft_max, '[]')",
            severity="warning",
        ),
    ),
)
