"""What Airflow's components inherit: our settings are defaults, the operator's override them."""

import os
import socket

import pytest

from warehouse import settings
from warehouse.airflow import environment, supervisor, worker
from warehouse.errors import BaocaoError, WrongCall


def test_what_the_operator_sets_passes_through_and_overrides_ours(warehouse, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "16")
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
    monkeypatch.setenv("AIRFLOW_CONN_STORE", "aws://key@/")
    monkeypatch.setenv("AIRFLOW_HOME", "/home/office/airflow")
    found = environment.environment()
    assert found["AIRFLOW__CORE__PARALLELISM"] == "16"
    assert found["AIRFLOW__METRICS__STATSD_ON"] == "True"
    assert found["AIRFLOW_CONN_STORE"] == "aws://key@/"
    assert found["AIRFLOW_HOME"] == str(environment.home())
    assert found["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"


def test_settings_of_the_home_are_handed_on_and_the_environment_overrides_them(warehouse, monkeypatch):
    try:
        settings.store("AIRFLOW__CORE__PARALLELISM", "8")
        settings.store("BAOCAO_INBOX_SCHEDULE", "*/5 * * * *")
        found = environment.environment()
        assert (found["AIRFLOW__CORE__PARALLELISM"], found["BAOCAO_INBOX_SCHEDULE"]) == ("8", "*/5 * * * *")
        monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "2")
        assert environment.environment()["AIRFLOW__CORE__PARALLELISM"] == "2"
    finally:
        settings.stored_file().unlink()


def test_tasks_reach_the_api_below_the_path_of_a_base_url(warehouse, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://bao-cao.example.org/airflow/")
    monkeypatch.setenv("AIRFLOW__API__PORT", "18080")
    monkeypatch.setenv("AIRFLOW__API__HOST", "0.0.0.0")
    found = environment.environment()
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/airflow/execution/"
    assert found["AIRFLOW__API__HOST"] == "0.0.0.0"
    assert environment.page() == "https://bao-cao.example.org/airflow/"


def test_a_database_that_the_operator_gives_airflow_is_used_by_all_its_drivers(warehouse, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql+psycopg2://a:b@db.example.org/airflow")
    found = environment.environment()
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://a:b@db.example.org/airflow"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == "postgresql+psycopg://a:b@db.example.org/airflow"


def test_a_port_that_the_operator_set_is_not_exchanged_for_another(own_home, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (environment.home() / "port").write_text(str(port))
        assert environment.take_port() > port
        monkeypatch.setenv("AIRFLOW__API__PORT", str(port))
        with pytest.raises(BaocaoError, match=f"Port {port} of AIRFLOW__API__PORT is taken"):
            environment.take_port()


def test_changed_settings_are_named_without_their_values():
    before = environment.fingerprints({"BAOCAO_SMTP_URL": "smtp://a:hunter2@b", "PATH": "/bin", "BAOCAO_DBT_HOST": "x"})
    after = environment.fingerprints({"BAOCAO_SMTP_URL": "smtp://a:hunter3@b", "AIRFLOW__X__Y": "1"})
    assert set(before) == {"BAOCAO_SMTP_URL"}
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "BAOCAO_SMTP_URL",
        "AIRFLOW__X__Y",
    }
    assert "hunter2" not in str(before)


def test_a_broker_has_the_tasks_run_by_the_workers_of_this_machine(warehouse, monkeypatch):
    assert not [name for name in supervisor.components() if name.startswith("worker")]
    monkeypatch.setenv("BAOCAO_BROKER_URL", "redis://:key@127.0.0.1:6379/0")
    monkeypatch.setenv("BAOCAO_WORKERS", "2")
    found = environment.environment()
    assert found["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert found["AIRFLOW__CELERY__BROKER_URL"] == "redis://:key@127.0.0.1:6379/0"
    assert [name for name in supervisor.components() if name.startswith("worker")] == ["worker-1", "worker-2"]


def test_a_broker_that_is_no_redis_is_refused(monkeypatch):
    monkeypatch.setenv("BAOCAO_BROKER_URL", "amqp://office:key@127.0.0.1/")
    with pytest.raises(WrongCall, match=r"BAOCAO_BROKER_URL.*must be redis:// or rediss://"):
        settings.get_settings()


def test_a_worker_of_a_further_machine_names_the_addresses_that_it_lacks(warehouse, monkeypatch, command):
    monkeypatch.setenv("BAOCAO_BROKER_URL", "redis://:key@127.0.0.1:6379/0")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:8080/execution/")
    ended = command("worker")
    assert ended.code == 2
    assert "needs BAOCAO_DATABASE_URL, AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: docs/growing.md" in ended.err


def test_a_worker_that_had_no_heartbeat_for_long_does_not_live(own_home):
    assert worker.last_beat("worker-1") is None
    worker.beat_file("worker-1").touch()
    assert worker.last_beat("worker-1") is not None
    os.utime(worker.beat_file("worker-1"), (1, 1))
    assert worker.last_beat("worker-1") is None
