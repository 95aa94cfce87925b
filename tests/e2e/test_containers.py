"""The image and the compose file, as far as they can be checked without Docker: every command in them exists."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from warehouse.settings import PROJECT_ROOT, Settings

DOCKER = PROJECT_ROOT / "docker"
PROGRAMS = Path(sys.executable).parent
ONCE = {"passwords", "migrate", "warehouse"}
LASTING = {"postgres", "api-server", "scheduler", "dag-processor", "triggerer", "session-limits"}
BY_PROFILE = {"redis": "workers", "worker": "workers", "replica": "replica"}
FOREIGN = {"postgres", "redis", "replica"}
"""Services of other images."""


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """(INSTRUCTION, the rest) of each line of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (DOCKER / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def commands_of(services: dict, instructions: list[tuple[str, str]]) -> list[list[str]]:
    """Every command that a container of ours runs: to work, and to check whether it is healthy."""
    ours = {name: service for name, service in services.items() if name not in FOREIGN}
    work = [service["command"] for service in ours.values()]
    checks = [service["healthcheck"]["test"][1:] for service in ours.values() if "healthcheck" in service]
    image = [
        json.loads(rest[rest.index("[") :])
        for instruction, rest in instructions
        if instruction in ("CMD", "HEALTHCHECK")
    ]
    return [*work, *checks, *image]


def test_the_compose_file_names_each_component_once(services):
    assert set(services) == ONCE | LASTING | set(BY_PROFILE)
    assert {name: service["profiles"] for name, service in services.items() if "profiles" in service} == {
        name: [profile] for name, profile in BY_PROFILE.items()
    }


def test_whatever_keeps_running_says_whether_it_is_healthy(services):
    lasting = {name for name, service in services.items() if service["restart"] == "unless-stopped"}
    assert lasting == LASTING | set(BY_PROFILE)
    assert all(services[name]["healthcheck"]["test"][0] == "CMD" for name in lasting)


def test_images_are_pinned_and_nothing_of_ours_runs_as_root(services, instructions):
    bases = [rest.split()[0] for instruction, rest in instructions if instruction == "FROM"]
    assert len(bases) == 2
    assert services["replica"]["image"] == services["postgres"]["image"]
    for image in [*bases, services["postgres"]["image"], services["redis"]["image"]]:
        assert re.fullmatch(r"(python|postgres|redis):\d+\.\d+(\.\d+)?-(slim-)?bookworm", image)
    assert [rest for instruction, rest in instructions if instruction == "USER"] == ["10001"]
    assert {service["user"] for name, service in services.items() if name not in FOREIGN} == {"10001"}


def test_the_page_is_offered_to_this_machine_only(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8080:8080", "127.0.0.1:5433:5432"]


def test_no_password_has_a_default(services):
    """It must be given, or may stay empty where what it opens is not used."""
    for service in services.values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD$|SECRET|KEY$", name):
                assert re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value), name


def test_every_setting_of_the_program_can_be_set_for_the_containers(services):
    """Those that the containers' own folder and database decide have their value; the others come from .env."""
    settings = {f"BAOCAO_{name.upper()}" for name in Settings.model_fields}
    assert {"BAOCAO_INBOX_SCHEDULE", "BAOCAO_NOW"} <= settings
    for name, service in services.items():
        if name not in FOREIGN:
            given = {key: value for key, value in service["environment"].items() if key.startswith("BAOCAO_")}
            assert set(given) == settings, name
            own = {key for key, value in given.items() if value != f"${{{key}:-}}"}
            assert own == {"BAOCAO_HOME", "BAOCAO_DATABASE_URL"}, name


def test_what_the_image_copies_is_there(instructions):
    copied = [
        source
        for instruction, rest in instructions
        if instruction == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert "dbt_project" in copied and "dags" in copied
    assert [source for source in copied if not (PROJECT_ROOT / source).exists()] == []
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")} - {"tests", "docs"}
    assert packages >= {"baocao", "accounts", "pages"} and packages <= set(copied)


def test_every_command_in_a_container_is_one_that_can_be_called_here(services, instructions, tmp_path):
    commands = {tuple(command) for command in commands_of(services, instructions)}
    assert len(commands) >= 8
    ours = sorted(command for command in commands if command[0] != "python")
    assert [command for command in ours if not (PROGRAMS / command[0]).exists()] == []
    environment = {"PATH": str(PROGRAMS), "AIRFLOW_HOME": str(tmp_path), "BAOCAO_HOME": str(tmp_path)}

    def exit_code_of_help(command: tuple[str, ...]) -> int:
        call = [PROGRAMS / command[0], *command[1:], "--help"]
        return subprocess.run(call, capture_output=True, env=environment).returncode

    with ThreadPoolExecutor(2) as pool:
        codes = dict(zip(ours, pool.map(exit_code_of_help, ours), strict=True))
    assert codes == dict.fromkeys(ours, 0)


def test_the_password_file_is_made_once_and_for_its_owner_alone(home):
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "warehouse.airflow.environment"], check=True, cwd=PROJECT_ROOT)
    file = home / "airflow" / "passwords.json"
    assert set(json.loads(file.read_text())) == {"admin"}
    assert file.stat().st_mode & 0o777 == 0o600
