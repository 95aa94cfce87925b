"""`baocao config`: what is set in a home and where it comes from, with secrets masked."""

import io
import json

from warehouse import settings


def test_each_setting_has_its_origin_and_no_secret_is_shown(own_home, command, monkeypatch):
    settings.store("BAOCAO_SMTP_URL", "smtp://office:hunter2@mail.example.org:587?from=a@example.org")
    settings.store("BAOCAO_WEBHOOK_URL", "https://hooks.example.org/services/hunter2#hunter2")
    settings.store("BAOCAO_OIDC_CLIENT_ID", "baocao")
    settings.store("BAOCAO_OIDC_CLIENT_SECRET", "hunter2")
    settings.store("AIRFLOW_CONN_STORE", "aws://hunter2@/")
    settings.store("AIRFLOW__METRICS__STATSD_ON", "True")
    monkeypatch.setenv("BAOCAO_OPERATOR", "van-hanh@example.org")
    outcome = command("config", "--json")
    assert "hunter2" not in outcome.out
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(outcome.out)}
    assert rows["BAOCAO_SMTP_URL"] == ("smtp://office:***@mail.example.org:587", "settings.json")
    assert rows["BAOCAO_WEBHOOK_URL"] == ("https://***", "settings.json")
    assert rows["BAOCAO_OIDC_CLIENT_SECRET"] == ("***", "settings.json")
    assert rows["BAOCAO_OPERATOR"] == ("van-hanh@example.org", "environment")
    assert rows["BAOCAO_ARCHIVE"] == (str(own_home / "archive"), "default")
    assert rows["AIRFLOW_CONN_STORE"] == ("***", "settings.json")
    assert rows["AIRFLOW__METRICS__STATSD_ON"] == ("True", "settings.json")


def test_a_value_from_standard_input_is_kept_until_it_is_unset(own_home, command, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("smtp://localhost:25\n"))
    assert command("config", "set", "BAOCAO_SMTP_URL", "-").code == 0
    assert settings.get_settings().smtp_url == "smtp://localhost:25"
    assert command("config", "unset", "BAOCAO_SMTP_URL").code == 0
    assert settings.get_settings().smtp_url is None
    assert "does not hold" in command("config", "unset", "BAOCAO_SMTP_URL").out


def test_a_file_that_the_environment_overrides_is_pointed_out(own_home, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_OPERATOR", "van-hanh@example.org")
    outcome = command("config", "set", "BAOCAO_OPERATOR", "ca-truc@example.org")
    assert "overrides the file" in outcome.err


def test_a_wrong_value_exits_2_and_names_what_is_allowed(own_home, command):
    outcome = command("config", "set", "BAOCAO_INBOX_SCHEDULE", "hourly")
    assert (outcome.code, outcome.out) == (2, "")
    assert "cron line of five fields" in outcome.err
