"""What Great Expectations lacks: a rule that counts the rows of a condition, all rules of a table in one statement.

Its own `UnexpectedRowsExpectation` sends two statements a rule and reads up to 200 rows, which nobody asks for here.
Importing this module imports Great Expectations, which takes seconds.
"""

from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from sqlalchemy import func, text
from sqlalchemy.sql.elements import FunctionFilter

METRIC = "table.rows_that_break"


class RowsThatBreak(TableMetricProvider):
    """How many rows of a batch meet a condition; the engine bundles those of one batch into one statement."""

    metric_name = METRIC
    value_keys = ("condition",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[FunctionFilter[int], dict[str, Any], dict[str, Any]]:
        return func.count().filter(text(metric_value_kwargs["condition"])), metric_domain_kwargs, {}


class ExpectNoRowsThatBreak(BatchExpectation):
    """No row of the batch meets the condition, an SQL text over its columns; the observed value is how many do."""

    condition: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("condition",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: object = None, execution_engine: object = None
    ) -> dict[str, Any]:
        count = metrics[METRIC]
        return {"success": count == 0, "result": {"observed_value": count}}
