-- rpt_indicator_progress_as_reported.sql: one row per programme, indicator, period and unit on the
-- map of that time, with the columns of rpt_indicator_progress
{{ described_progress("as_reported") }}
