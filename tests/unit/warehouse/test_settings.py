import re
from datetime import datetime
from pathlib import Path

import pytest

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
        monkeypatch.setenv(f"BAOCAO_{name}", "scheme://user:hunter2@host/")
    settings = get_settings()
    assert settings.smtp_url == "scheme://user:hunter2@host/"
    assert "hunter2" not in repr(settings) + str(settings)


def test_the_project_stands_above_the_packages():
    assert Path(__file__).is_relative_to(PROJECT_ROOT)
