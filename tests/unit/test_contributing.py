"""What contributors work with agrees with what CI runs: hooks, lock file, development container, issue forms."""

import json
import re
import subprocess
import tomllib

import pytest
import yaml

from docs.generate import ROOT

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def _hooks() -> list[dict]:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    return repositories[0]["hooks"]


def _commands_of_make_lint() -> list[str]:
    """What `make lint` would run once the environment is set up."""
    call = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "make", "--dry-run", "--old-file=.venv/.ready", "lint"]
    printed = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in printed.splitlines() if line != ":"]


def test_pre_commit_runs_the_linters_of_make_lint_and_nothing_else():
    commands = _commands_of_make_lint()

    assert len(commands) >= 5
    assert [hook["entry"] for hook in _hooks()] == commands


def test_pre_commit_runs_what_the_lock_file_installs_and_downloads_nothing():
    for hook in _hooks():
        assert hook["language"] == "system", hook["id"]
        assert hook["entry"].startswith(".venv/bin/"), hook["id"]
        assert hook["pass_filenames"] is False, hook["id"]


@pytest.mark.parametrize("changed", ["warehouse/clock.py", "pyproject.toml", "requirements.lock"])
def test_every_python_linter_runs_after_a_change_of_code_settings_or_versions(changed):
    hooks = [hook["id"] for hook in _hooks() if re.search(hook["files"], changed)]

    assert {"ruff-check", "ruff-format", "mypy", "import-linter"} <= set(hooks)


def test_ci_runs_make_test_and_make_test_runs_the_linters():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^test: .*\blint\b", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_lock_file_has_a_hash_for_every_package_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]

    assert len(packages) > 200
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert [line for line in lock.splitlines() if "://" in line or line.startswith("-")] == []


def test_every_direct_dependency_is_in_the_lock_file():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.split(r"[^\w.-]", requirement)[0].lower() for requirement in wanted]
    locked = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)

    assert "pre-commit" in names
    assert sorted(set(names) - set(locked)) == []


def test_the_development_container_has_the_python_of_the_image_and_sets_itself_up():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    image = re.search(r"^FROM python:(3\.\d+)", (ROOT / "docker" / "Dockerfile").read_text(), re.MULTILINE)

    assert image
    assert container["image"].startswith(f"python:{image[1]}-")
    assert container["postCreateCommand"] == "make setup"


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_an_issue_form_can_be_shown_and_asks_for_no_personal_data(file):
    form = yaml.safe_load(file.read_text(encoding="utf-8"))
    if file.stem == "config":
        assert form["blank_issues_enabled"] is False
        return

    fields = [field for field in form["body"] if field["type"] != "markdown"]
    identifiers = [field["id"] for field in fields]
    promises = [field["attributes"]["options"] for field in fields if field["type"] == "checkboxes"]
    assert {"name", "description", "body"} <= set(form)
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len(identifiers) == len(set(identifiers)) >= 3
    assert all(field["attributes"]["label"] for field in fields if field["type"] != "checkboxes")
    assert [option["required"] for options in promises for option in options] == [True]
    assert "no real report" in promises[0][0]["label"]


def test_there_is_a_form_for_each_kind_of_issue():
    assert [file.stem for file in FORMS] == ["alert", "config", "feature", "misread-file", "wrong-figure"]
