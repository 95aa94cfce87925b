-- rpt_indicator_progress.sql: one row per programme, indicator, period and unit on today's map,
-- with
-- its figure against the target that decides, in codes and in words
{{ described_progress("current") }}
