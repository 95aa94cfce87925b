"""Queries the metrics of dbt_project/models/semantic: MetricFlow's engine writes the SQL, the database answers it.

`mf query --explain` prints the same SQL. It is sent as bi_reader, as a BI tool would.
"""

from collections.abc import Sequence
from typing import Any

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet

from pipeline import building
from tests.integration.bi_season import read_as_bi
from warehouse.settings import get_settings

Row = dict[str, Any]
NOTHING_BOUND = SqlBindParameterSet()


class Postgres(SqlClient):
    """What the engine has to know to write SQL. It never runs any."""

    sql_engine_type = SqlEngine.POSTGRES
    sql_plan_renderer = PostgresSQLSqlPlanRenderer()

    def query(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = NOTHING_BOUND) -> Any:
        raise AssertionError("SQL is sent by read_as_bi")

    execute = dry_run = query

    def close(self) -> None:
        """There is no connection."""

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        raise AssertionError("No parameter is bound")


class SemanticLayer:
    """The semantic models and metrics as dbt reads them."""

    def __init__(self) -> None:
        assert building.run_dbt_by_hand(["parse"])
        folder = get_settings().home / building.BY_HAND
        text = (folder / "semantic_manifest.json").read_text(encoding="utf-8")
        self.manifest = parse_manifest_from_dbt_generated_manifest(text)
        self.engine = MetricFlowEngine(SemanticManifestLookup(self.manifest), Postgres())
        self.measures = [(model.name, each) for model in self.manifest.semantic_models for each in model.measures]

    def query(self, entity: str, metrics: Sequence[str], by: Sequence[str] = (), **where: str) -> list[Row]:
        """One row for each combination of the dimensions `by` of an entity. where: values of its dimensions."""
        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=[f"{entity}__{name}" for name in by],
            where_constraints=[f"{{{{ Dimension('{entity}__{name}') }}}} = '{value}'" for name, value in where.items()],
        )
        rows = read_as_bi(self.engine.explain(request).sql_statement.sql)
        return [{name.removeprefix(f"{entity}__"): value for name, value in row.items()} for row in rows]
