-- What BI tools and our own pages request of a national history, one query a name; tests/bench/reading.py runs them as
-- bi_reader. `nation` and `province` say which limit holds. %(…)s is written into the text, as BI tools do.

-- A tool that opens a table: a preview, the values of a filter, a count
-- name: preview rollups, nation
select * from marts.fct_indicator_rollup limit 100;
-- name: preview target progress, nation
select * from marts.fct_target_progress limit 100;
-- name: preview reported values, nation
select * from marts.fct_reported_value limit 100;
-- name: preview obligations, nation
select * from marts.fct_report_obligation limit 100;
-- name: preview scorecard, nation
select * from marts.rpt_provincial_scorecard limit 100;
-- name: distinct programmes, nation
select distinct programme_code from marts.fct_indicator_rollup;
-- name: distinct periods, nation
select distinct period from marts.fct_indicator_rollup;
-- name: distinct units with figures, nation
select distinct unit_code from marts.fct_indicator_rollup where programme_code = %(programme)s;
-- name: distinct verdicts, nation
select distinct verdict from marts.fct_target_progress;
-- name: first and last period, nation
select min(period), max(period) from marts.fct_indicator_rollup;
-- name: count of rollups, nation
select count(*) from marts.fct_indicator_rollup;
-- name: count of obligations, nation
select count(*) from marts.fct_report_obligation;

-- A dashboard of the nation
-- name: all provinces of a period, nation
select unit_code, indicator_code, value, coverage_pct, is_provisional
from marts.fct_indicator_rollup
where programme_code = %(programme)s and period = %(period)s and unit_level = 'province' and boundary_basis = 'as_reported'
order by unit_code, indicator_code;
-- name: one indicator, all provinces and periods, nation
select period, unit_code, value
from marts.fct_indicator_rollup
where
    programme_code = %(programme)s and indicator_code = %(indicator)s and measure = 'rate'
    and unit_level = 'province' and boundary_basis = 'current'
order by period, unit_code;
-- name: verdicts by province, nation
select unit_code, verdict, count(*)
from marts.fct_target_progress
where programme_code = %(programme)s and period = %(period)s and unit_level = 'province' and is_main_target
group by unit_code, verdict;
-- name: scorecard of a period, nation
select * from marts.rpt_provincial_scorecard where programme_code = %(programme)s and period = %(period)s order by unit_code, sort_order;
-- name: reporting rates of provinces, nation
select * from marts.rpt_reporting_rates
where programme_code = %(programme)s and period = %(period)s and unit_level in ('province', 'country');
-- name: missing reports of a period, nation
select * from marts.rpt_missing_reports where programme_code = %(programme)s and period = %(period)s order by unit_code;
-- name: all open missing reports, nation
select * from marts.rpt_missing_reports where is_open order by programme_code, period, unit_code, agency_code;
-- name: score ranking of the nation, nation
select * from marts.rpt_score_ranking
where programme_code = %(scores)s and period = %(year)s order by rank nulls last, unit_code limit 100;
-- name: denominator coverage of provinces, nation
select coverage.unit_code, coverage.indicator_code, coverage.denominator_coverage_pct
from marts.fct_denominator_coverage as coverage
inner join marts.dim_org_unit as units on units.unit_id = coverage.unit_id and units.is_current and units.unit_level = 'province'
where
    coverage.programme_code = %(programme)s and coverage.period = %(period)s and coverage.boundary_basis = 'as_reported'
order by coverage.unit_code, coverage.indicator_code;

-- A page of one province or commune
-- name: figures of one period, province
select * from marts.fct_indicator_rollup
where programme_code = %(programme)s and period = %(period)s and unit_code = %(province)s and boundary_basis = 'as_reported'
order by indicator_code, measure;
-- name: indicators against targets, province
select figures.indicator_code, figures.value, progress.target_low, progress.milestone, progress.verdict, progress.trend_class
from marts.fct_indicator_rollup as figures
inner join marts.fct_target_progress as progress
    on progress.programme_code = figures.programme_code and progress.indicator_code = figures.indicator_code
    and progress.period = figures.period and progress.unit_id = figures.unit_id and progress.measure = figures.measure
where
    figures.programme_code = %(programme)s and figures.period = %(period)s and figures.unit_code = %(province)s
    and figures.boundary_basis = 'as_reported' and progress.is_main_target
order by figures.indicator_code;
-- name: one indicator over periods, province
select period, value, coverage_pct
from marts.fct_indicator_rollup
where
    programme_code = %(programme)s and indicator_code = %(indicator)s and measure = 'rate'
    and unit_code = %(province)s and boundary_basis = 'current'
order by period;
-- name: matrix of communes and indicators, province
select figures.unit_code, figures.indicator_code, figures.value
from marts.fct_reported_value as figures
inner join marts.bridge_org_unit_ancestor as units
    on units.unit_id = figures.unit_id and units.ancestor_code = %(province)s
where
    figures.programme_code = %(programme)s and figures.period = %(period)s and figures.known_to is null
order by figures.unit_code, figures.indicator_code;
-- name: reported values of one commune, province
select * from marts.fct_reported_value
where programme_code = %(programme)s and period = %(period)s and unit_code = %(commune)s and known_to is null
order by indicator_code;
-- name: figures of one commune, province
select * from marts.fct_indicator_rollup
where programme_code = %(programme)s and period = %(period)s and unit_code = %(commune)s and boundary_basis = 'as_reported'
order by indicator_code, measure;
-- name: series of one commune, province
select period, value
from marts.fct_reported_value
where programme_code = %(programme)s and indicator_code = %(indicator)s and unit_code = %(commune)s and known_to is null
order by period;
-- name: reporting rates of communes, province
select rates.*
from marts.rpt_reporting_rates as rates
inner join marts.bridge_org_unit_ancestor as units on units.unit_id = rates.unit_id and units.ancestor_code = %(province)s
where rates.programme_code = %(programme)s and rates.period = %(period)s;
-- name: scores of one commune, province
select * from marts.fct_score
where programme_code = %(scores)s and period = %(year)s and unit_code = %(commune)s order by sort_order;
