"""What a step cost: in ops.pipeline_run, in `baocao status`, and as a span where a collector is named."""

import json
import os
import subprocess
import sys

import pytest

from pipeline import runs
from tests.integration.trace_collector import attributes, collecting
from warehouse import database

STEP = """
import sys
from pipeline import runs
with runs.recorded("publish") as run:
    run.detail = {"workbooks_written": 3, "bytes": 12345, "blocked": {}}
print(*sorted(name for name in sys.modules if name == "opentelemetry"))
"""


def run_step(**variables: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ran = subprocess.run(
        [sys.executable, "-c", STEP], env=kept | variables, check=True, capture_output=True, text=True, timeout=120
    )
    return ran.stdout.strip()


def test_a_collector_that_is_named_receives_a_step_with_what_it_counted(own_database):
    with collecting() as collected:
        run_step(OTEL_EXPORTER_OTLP_ENDPOINT=collected.endpoint)
    (span,) = collected.named("publish")
    assert span.end_time_unix_nano > span.start_time_unix_nano
    assert attributes(span) == {"baocao.workbooks_written": 3, "baocao.bytes": 12345}


@pytest.mark.parametrize("variables", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, {"OTEL_SDK_DISABLED": "true"}])
def test_without_a_collector_nothing_is_loaded_and_nothing_is_sent(own_database, variables):
    with collecting() as collected:
        named = {"OTEL_EXPORTER_OTLP_ENDPOINT": collected.endpoint} if "OTEL_SDK_DISABLED" in variables else {}
        assert run_step(**named | variables) == ""
    assert collected.paths == set()


def test_a_run_keeps_its_seconds_and_what_the_server_wrote(own_database, command):
    with runs.recorded("publish") as run, database.connect() as connection:
        run.detail = {"rows": 7, "bytes": 2048}
        connection.execute("create table public.filled as select repeat('x', 1000) from generate_series(1, 1000)")
        connection.commit()
        connection.execute("drop table public.filled")
    with database.connect() as connection:
        (detail,) = connection.execute("select detail from ops.pipeline_run order by run_id desc limit 1").fetchone()
    assert detail["seconds"] > 0
    assert detail["wal_bytes"] > 1_000_000
    assert "wal_lsn" not in detail

    shown = json.loads(command("status", "--json").out)["runs"][0]
    assert (shown["step"], shown["status"], shown["rows"], shown["bytes"]) == ("publish", "succeeded", 7, 2048)
    assert shown["wal_bytes"] == detail["wal_bytes"]
    assert "publish        succeeded" in command("status").out
    assert "7 rows, 2,048 bytes" in command("status").out


def test_a_run_that_fails_keeps_its_seconds_too(own_database):
    with pytest.raises(ZeroDivisionError), runs.recorded("publish"):
        print(1 / 0)
    assert (runs.newest()[0]["status"], runs.newest()[0]["seconds"] is None) == ("failed", False)
