"""The second door: what a build has made is checked before anybody reads it."""

from expectations.context import count_unexpected
from expectations.layout import keep, lay_out
from expectations.rules import Suite
from expectations.suites import fct_indicator_rollup, fct_report_obligation, fct_reported_value, rpt_reporting_rates
from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.logging import get_logger

log = get_logger(__name__)

SUITES: tuple[Suite, ...] = (
    fct_indicator_rollup.SUITE,
    fct_report_obligation.SUITE,
    fct_reported_value.SUITE,
    rpt_reporting_rates.SUITE,
)


class NotFitToPublish(BaocaoError):
    """The marts hold rows that cannot be true; the message names each broken rule and how many rows break it."""


def check(run_id: int) -> None:
    """Check the marts after the build `run_id` (ops.pipeline_run) and keep the result of every rule.

    Raises NotFitToPublish when a critical rule is broken; a broken warning is kept and logged.
    """
    severities = {rule.code: rule.severity for suite in SUITES for rule in suite.rules}
    with database.connect("loader") as session:
        lay_out(session, [suite.table for suite in SUITES])
        session.commit()
        counts = count_unexpected(session, SUITES, severities)
        keep(session, run_id, counts, severities)
    critical = []
    for (suite, code), count in counts.items():
        if count:
            log.warning("%s.%s (%s): %s rows", suite, code, severities[code], count)
            if severities[code] == "critical":
                critical.append(f"{suite}.{code}: {count} rows")
    if critical:
        raise NotFitToPublish("The marts are not fit to publish. " + "; ".join(critical))
