select programme_code, period, unit_code, indicator_code, measure, own_value, rolled_up_value,
       own_value - rolled_up_value, units_reporting, units_expected
from marts.rpt_reconciliation
where own_value <> rolled_up_value
