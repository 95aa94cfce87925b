"""The values for Airflow's official chart: its schema takes them, and they are of this release."""

import copy
import json
import re
import tomllib
from typing import Any

import jsonschema
import pytest
import yaml

from warehouse.settings import PROJECT_ROOT, Settings

SCHEMA = json.loads((PROJECT_ROOT / "tests/vendor/airflow_chart/values.schema.json").read_text())


@pytest.fixture
def values() -> dict[str, Any]:
    return yaml.safe_load((PROJECT_ROOT / "docker/helm/values.yaml").read_text())


def test_the_schema_takes_the_values(values):
    jsonschema.validate(values, SCHEMA)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (["workers", "replicas"], "3"),
        (["workers", "probe"], {}),
        (["env"], [{"name": "A"}]),
        (["x"], 1),
    ],
)
def test_the_schema_refuses_what_the_chart_refuses(values, path, wrong):
    changed = copy.deepcopy(values)
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, SCHEMA)


def test_versions_are_those_of_this_release(values):
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
    assert f"apache-airflow=={values['airflowVersion']}" in project["dependencies"]
    assert "defaultAirflowTag" not in values, "the release is named at installation, not here"


def test_each_setting_in_them_is_one_of_the_program_and_none_is_a_password(values):
    named = [each["name"] for each in values["env"]]
    ours = {name.removeprefix("BAOCAO_").lower() for name in named if name.startswith("BAOCAO_")}
    assert ours and ours <= set(Settings.model_fields)
    assert [name for name in named if re.search("PASSWORD$|SECRET|KEY$|_URL$|CONN$", name)] == []


def test_workers_are_started_and_looked_at_by_the_program_that_compose_uses(values):
    compose = yaml.safe_load((PROJECT_ROOT / "docker/compose.yaml").read_text())["services"]["worker"]
    assert values["workers"]["args"] == compose["command"]
    assert values["workers"]["livenessProbe"]["command"] == compose["healthcheck"]["test"][1:]
