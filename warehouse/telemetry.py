"""Traces of our steps for OpenTelemetry, where a collector is named; else nothing is loaded and nothing is sent.

The variables are OpenTelemetry's own. In a task of Airflow a step is a span below that of the task; a command of ours
sends its spans itself.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from warehouse import settings

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
DEFAULTS = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_TRACES_EXPORTER": "otlp_proto_http",
    "OTEL_SERVICE_NAME": "baocao",
}

AT_BEGIN = "jsonb_build_object('wal_lsn', pg_current_wal_insert_lsn())"
AT_END = """jsonb_build_object(
    'seconds', round(extract(epoch from clock_timestamp() - started_at), 3),
    'wal_bytes', pg_wal_lsn_diff(pg_current_wal_insert_lsn(), (detail ->> 'wal_lsn')::pg_lsn)::bigint
)"""
"""Of a row of ops.pipeline_run, what `detail` begins with, and what is added to it: its seconds, and the bytes that the
server wrote meanwhile."""


def variables() -> dict[str, str]:
    """OpenTelemetry's variables, of the home or the environment, and our defaults; none where no collector is named."""
    given = {name: value for name, value in settings.passed_variables().items() if name.startswith("OTEL_")}
    is_on = any(given.get(name) for name in ENDPOINTS) and given.get("OTEL_SDK_DISABLED", "").lower() != "true"
    return DEFAULTS | given if is_on else {}


@contextmanager
def span(step: str, detail: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
    """One run of a step. detail: what it counted, called when it ends."""
    if not (found := variables()):
        yield
        return
    with _tracer(found).start_as_current_span(step) as current:
        try:
            yield
        finally:
            counts = {name: count for name, count in detail().items() if isinstance(count, int | float | str)}
            current.set_attributes({f"baocao.{name}": count for name, count in counts.items()})


def _tracer(found: Mapping[str, str]) -> Any:
    """Airflow's, where it has one; else our own, which sends what is left when the process ends."""
    from opentelemetry import trace

    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        os.environ |= dict(found)
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("baocao")
