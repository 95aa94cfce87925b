"""The checked tables of a session, and what a check found in them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import psycopg

from expectations import rules
from expectations.context import CheckBroken
from expectations.rules import Suite
from warehouse.errors import NotRetryable
from warehouse.logging import get_logger

log = get_logger(__name__)

Counts = Mapping[tuple[str, str], int]
"""Rows that break a rule, by (suite, rule code)."""


class NotFitToPublish(NotRetryable):
    """The marts hold rows that cannot be true; the message names each broken rule and how many rows break it."""


def create_check_tables(session: psycopg.Connection, tables: Sequence[str], **values: object) -> None:
    """Make these checked tables, in their order, as temporary tables that end with the session.

    values: what the parameters in their SQL stand for, written in as literals so that the planner sees them.
    """
    cursor = psycopg.ClientCursor(session)
    for table in tables:
        cursor.execute(f"create temporary table {table} as\n{rules.check_table_query(table)}".encode(), values or None)
        session.execute(f"analyze pg_temp.{table}")


def keep(
    session: psycopg.Connection, run_id: int, suites: Sequence[Suite], counts: Counts, severities: Mapping[str, str]
) -> None:
    """The result of every rule, met or not, into ops.check_result; a run that is checked again keeps the newest."""
    rows_checked = {suite.name: _rows(session, suite) for suite in suites}
    session.cursor().executemany(
        """
        insert into ops.check_result (run_id, suite, rule, severity, is_met, unexpected_count, rows_checked)
        values (%s, %s, %s, %s, %s, %s, %s)
        on conflict (run_id, suite, rule)
        do update set is_met = excluded.is_met, unexpected_count = excluded.unexpected_count,
            rows_checked = excluded.rows_checked
        """,
        [
            (run_id, suite, code, severities[code], count == 0, count, rows_checked[suite])
            for (suite, code), count in counts.items()
        ],
    )


def _rows(session: psycopg.Connection, suite: Suite) -> int:
    row = session.execute(f"select count(*) from {suite.relation}".encode()).fetchone()
    return int(row[0]) if row else 0


NAMED = """
insert into ops.check_failure
    (run_id, suite, rule, programme_code, period, unit_level, unit_code, agency_code, detail)
select {run_id}, '{suite.name}', '{rule.code}',
    programme_code, period, unit_level, unit_code, agency_code, {rule.detail}
from {suite.relation} where {rule.condition}
"""


def name_failures(session: psycopg.Connection, run_id: int, suites: Sequence[Suite], counts: Counts) -> None:
    """Every row that breaks a rule into ops.check_failure, after `keep` has kept their results.

    Raises CheckBroken where their number is not Great Expectations'.
    """
    for suite in suites:
        for rule in suite.rules:
            named = session.execute(NAMED.format(run_id=run_id, suite=suite, rule=rule).encode()).rowcount
            if named != counts[suite.name, rule.code]:
                raise CheckBroken(
                    f"{suite.name}.{rule.code}: Great Expectations counted {counts[suite.name, rule.code]} rows, "
                    f"{named} were named."
                )


BY_PROGRAMME = """
insert into ops.check_result_by_programme (run_id, suite, rule, programme_code, unexpected_count)
select {run_id}, '{suite.name}', '{rule.code}', coalesce(programme_code, ''), count(*)
from {suite.relation} where {rule.condition} group by coalesce(programme_code, '')
on conflict (run_id, suite, rule, programme_code) do update set unexpected_count = excluded.unexpected_count
returning programme_code
"""


def keep_by_programme(
    session: psycopg.Connection, run_id: int, suites: Sequence[Suite], counts: Counts, severities: Mapping[str, str]
) -> set[str]:
    """Whose rows break each rule into ops.check_result_by_programme, after `keep` has kept the results.

    Returns the programmes with a row that breaks a critical rule; '' among them: a row of no programme.
    """
    blocked: set[str] = set()
    for suite in suites:
        for rule in suite.rules:
            if counts[suite.name, rule.code]:
                query = BY_PROGRAMME.format(run_id=run_id, suite=suite, rule=rule).encode()
                programmes = {programme for (programme,) in session.execute(query)}
                blocked |= programmes if severities[rule.code] == "critical" else set()
    return blocked


TESTS = "dbt_tests"
"""What dbt's tests are called among the suites."""


def keep_tests(session: psycopg.Connection, run_id: int, failing: Mapping[str, Sequence[str]]) -> None:
    """Which programme's rows fail which tests of dbt, beside the broken rules. failing: by programme."""
    found = [(run_id, TESTS, test, programme) for programme, tests in failing.items() for test in tests]
    cursor = session.cursor()
    cursor.executemany(
        "insert into ops.check_result (run_id, suite, rule, severity, is_met) values (%s, %s, %s, 'critical', false) "
        "on conflict do nothing",
        [row[:3] for row in found],
    )
    cursor.executemany(
        "insert into ops.check_result_by_programme (run_id, suite, rule, programme_code) values (%s, %s, %s, %s) "
        "on conflict do nothing",
        found,
    )


def stop_if_critical(
    counts: Counts, severities: Mapping[str, str], failing: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> None:
    """Log what is broken; raises NotFitToPublish when one of it is critical. failing: by programme, tests of dbt."""
    critical = [f"{programme}: {test}" for programme, tests in failing.items() for test in tests]
    for (suite, code), count in counts.items():
        if count:
            log.warning("%s.%s (%s): %s rows", suite, code, severities[code], count)
            if severities[code] == "critical":
                critical.append(f"{suite}.{code}: {count} rows")
    if critical:
        raise NotFitToPublish("The marts are not fit to publish. " + "; ".join(critical))
