import re
from datetime import datetime
from pathlib import Path

import pytest

from warehouse import settings as home_settings
from warehouse.errors import WrongCall
from warehouse.settings import PROJECT_ROOT, ZONE, Settings, get_settings


def test_without_a_home_it_is_in_the_project(monkeypatch):
    monkeypatch.delenv("BAOCAO_HOME")
    assert get_settings().home == PROJECT_ROOT / ".baocao"
    assert (PROJECT_ROOT / "dbt_project").is_dir()


def test_places_stay_where_they_are_when_a_process_changes_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAOCAO_HOME", "office")
    monkeypatch.setenv("BAOCAO_ARCHIVE", "kept")
    settings = get_settings()
    assert settings.home == tmp_path / "office"
    assert settings.inbox == str(tmp_path / "office" / "inbox")
    assert settings.archive == str(tmp_path / "kept")


def test_an_address_of_a_store_is_left_alone(monkeypatch):
    monkeypatch.setenv("BAOCAO_INBOX", "s3://office/inbox")
    assert get_settings().inbox == "s3://office/inbox"


def test_the_store_that_the_settings_name_has_its_package_in_the_lock():
    from fsspec.registry import known_implementations

    named = re.search(r"`(\w+)://…`", Settings.model_fields["inbox"].description or "")
    assert named is not None
    package = known_implementations[named[1]]["class"].partition(".")[0]
    locked = dict(re.findall(r"^([\w-]+)==([\w.]+)", (PROJECT_ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert locked[package] == locked["fsspec"]  # they are released together


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("BAOCAO_DATABASE_URL", "")
    monkeypatch.setenv("BAOCAO_NOW", "")
    assert (get_settings().database_url, get_settings().now) == (None, None)


@pytest.mark.parametrize(
    ("written", "timestamp"),
    [
        ("2026-11-30", datetime(2026, 11, 30, tzinfo=ZONE)),
        ("2026-11-30T08:15", datetime(2026, 11, 30, 8, 15, tzinfo=ZONE)),
        ("2026-11-30T01:15:00Z", datetime(2026, 11, 30, 8, 15, tzinfo=ZONE)),
    ],
)
def test_a_moment_without_an_offset_is_vietnamese_time(monkeypatch, written, timestamp):
    monkeypatch.setenv("BAOCAO_NOW", written)
    assert get_settings().now == timestamp


def test_a_moment_that_is_none_names_its_variable(monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "tomorrow")
    with pytest.raises(WrongCall, match="BAOCAO_NOW"):
        get_settings()


def test_addresses_with_passwords_are_not_printed(monkeypatch):
    for name in ("DATABASE_URL", "SMTP_URL"):
        monkeypatch.setenv(f"BAOCAO_{name}", "postgresql://user:hunter2@host/")
    settings = get_settings()
    assert settings.smtp_url == "postgresql://user:hunter2@host/"
    assert "hunter2" not in repr(settings) + str(settings)


def test_the_project_stands_above_the_packages():
    assert Path(__file__).is_relative_to(PROJECT_ROOT)


def test_the_file_of_the_home_is_read_and_the_environment_overrides_it(own_home, monkeypatch):
    home_settings.store("BAOCAO_OPERATOR", "van-hanh@example.org")
    assert (get_settings().operator, home_settings.origin("BAOCAO_OPERATOR")) == (
        "van-hanh@example.org",
        "settings.json",
    )
    monkeypatch.setenv("BAOCAO_OPERATOR", "ca-truc@example.org")
    assert (get_settings().operator, home_settings.origin("BAOCAO_OPERATOR")) == ("ca-truc@example.org", "environment")
    monkeypatch.setenv("BAOCAO_OPERATOR", "")
    assert get_settings().operator == "van-hanh@example.org"
    home_settings.store("BAOCAO_OPERATOR", None)
    assert (get_settings().operator, home_settings.origin("BAOCAO_OPERATOR")) == (None, "default")


def test_only_its_owner_reads_the_file_of_the_home(own_home):
    home_settings.store("BAOCAO_SMTP_URL", "smtp://a:hunter2@localhost:25")
    assert home_settings.stored_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("BAOCAO_ALERTS_SINCE", "soon", "BAOCAO_ALERTS_SINCE: Value error"),
        ("BAOCAO_INBOX_SCHEDULE", "hourly", "cron line of five fields"),
        ("BAOCAO_HOME", "/srv/office", "read from the environment only"),
        ("BAOCAO_NOW", "2026-12-01", "read from the environment only"),
        ("BAOCAO_SMPT_URL", "smtp://localhost", "is no setting. Allowed: BAOCAO_DATABASE_URL"),
        ("BAOCAO_OPERATOR", "", "counts as unset"),
    ],
)
def test_what_the_settings_would_refuse_is_not_kept(own_home, name, value, reason):
    with pytest.raises(WrongCall, match=reason):
        home_settings.store(name, value)
    assert not home_settings.stored_file().exists()


def test_a_wrong_value_in_the_file_is_named_with_the_file(own_home):
    home_settings.stored_file().write_text('{"BAOCAO_ALERTS_SINCE": "soon"}')
    with pytest.raises(WrongCall, match=r"BAOCAO_ALERTS_SINCE \(settings\.json\)"):
        get_settings()
    home_settings.stored_file().write_text("BAOCAO_OPERATOR=a")
    with pytest.raises(WrongCall, match=r"settings\.json cannot be read"):
        get_settings()
