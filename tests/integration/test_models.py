"""dbt's own unit tests: each rule of a figure with its numbers, beside the model that follows it."""

import pytest
import yaml

from pipeline import building

WRITTEN = [
    test["name"]
    for file in building.DBT_PROJECT.glob("models/**/*unit_tests.yml")
    for test in yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]
]


@pytest.fixture(scope="module")
def outcomes(own_database):
    building.build()
    nodes = building.run_dbt(["test", "--select", "test_type:unit"])
    return {node.node_id.rpartition(".")[2]: node for node in nodes}


def test_every_unit_test_that_is_written_was_run(outcomes):
    assert len(WRITTEN) > 20
    assert sorted(outcomes) == sorted(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_models_follow_their_rules(outcomes, name):
    assert outcomes[name].status == "pass", outcomes[name].message
