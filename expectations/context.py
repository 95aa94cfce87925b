"""Great Expectations on a session that is already open: no folder, no telemetry, no progress bar, no flood of logs.

Sharing the session lets it see the session's temporary tables, so nothing of a check outlives it or meets another's.
"""

import logging
from collections.abc import Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING

import psycopg

from expectations.rules import Suite
from warehouse.deferred_import import defer_import

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent import PostgresDatasource

NEVER_DIALLED = "postgresql+psycopg://open:session@localhost/open"
"""Great Expectations insists on an address; the engine takes the open session instead."""


class CheckBroken(RuntimeError):
    """A rule could not be evaluated, or two counts of it differ: nothing may be decided on it."""


class NotEvaluable(CheckBroken):
    """A rule could not be evaluated on these rows; on others it perhaps can."""


def count_unexpected(
    session: psycopg.Connection, suites: Sequence[Suite], severities: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """How many rows break each rule, by (suite, rule code); every rule of every suite is there.

    session: has no open transaction; Great Expectations rolls back whatever is pending.
    severities: by rule code.
    Raises NotEvaluable where Great Expectations met an error: it reports one as a mere failed expectation; and
    psycopg.OperationalError where the session was lost, which says nothing about the rows.
    """
    warehouse = _datasource(session, suites)
    counts = {}
    for suite in suites:
        results = _validate(warehouse, suite, severities)
        if session.closed:
            raise psycopg.OperationalError("the connection is closed")
        for result in results:
            code = result.expectation_config.description
            counts[suite.name, code] = _unexpected(result, f"{suite.name}.{code}")
    expected = {(suite.name, rule.code) for suite in suites for rule in suite.rules}
    if counts.keys() != expected:
        raise CheckBroken(f"Great Expectations did not answer for {sorted(expected - counts.keys())}.")
    return counts


def _datasource(session: psycopg.Connection, suites: Sequence[Suite]) -> "PostgresDatasource":
    """The session, with the table of each suite. Given whole: whatever is added to a source later writes the
    configuration of all of it again.
    """
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # Airflow's root logger is at info
    # It writes the stack trace of an error that it raises as well, and whoever lost a server would read both.
    logging.getLogger("great_expectations.execution_engine.sqlalchemy_execution_engine").setLevel(logging.CRITICAL)

    defer_import("scipy.stats")
    import great_expectations
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
    from great_expectations.datasource.fluent import PostgresDatasource
    from great_expectations.datasource.fluent.sql_datasource import QueryAsset
    from sqlalchemy.pool import StaticPool
    from tqdm import tqdm

    tqdm.set_lock(RLock())  # its own is a semaphore, which is there until the process ends, progress bars or none
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars={"globally": False},
    )
    context = great_expectations.get_context(mode="ephemeral", project_config=config)
    source = PostgresDatasource(
        name="warehouse",
        connection_string=NEVER_DIALLED,
        kwargs={"creator": lambda: session, "poolclass": StaticPool},
        assets=[QueryAsset(name=suite.name, query=f"select * from {suite.relation}") for suite in suites],
    )
    return context.data_sources.add_postgres(source)


def _validate(
    warehouse: "PostgresDatasource", suite: Suite, severities: Mapping[str, str]
) -> list["ExpectationValidationResult"]:
    from great_expectations import ExpectationSuite

    from expectations.counting import ExpectNoRowsThatBreak

    expectations = [
        ExpectNoRowsThatBreak(description=rule.code, condition=rule.condition, severity=severities[rule.code])
        for rule in suite.rules
    ]
    asset = warehouse.get_asset(suite.name)
    batch = asset.get_batch(asset.build_batch_request())
    found = batch.validate(ExpectationSuite(suite.name, expectations=expectations), result_format="BASIC")
    return list(found.results)


def _unexpected(result: "ExpectationValidationResult", rule: str) -> int:
    """The count behind a result; `success` alone does not distinguish a broken rule from a broken query."""
    count = result.result.get("observed_value")
    if count is None:
        errors = [info["exception_message"] for info in result.exception_info.values() if isinstance(info, dict)]
        raise NotEvaluable(f"{rule} could not be evaluated: {'; '.join(dict.fromkeys(errors)) or 'no count'}")
    return int(count)
