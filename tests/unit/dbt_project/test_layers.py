"""Which layer may read which, and what its models are called: the rules of dbt-project-evaluator that hold here."""

import re
from collections import Counter

import pytest

from tests.unit.dbt_project.project import data_tests, models, parents

MAY_READ = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "seed", "marts"},
    "app": {"staging", "intermediate", "seed", "marts", "app"},
}
NAMES = {
    "staging": r"stg(_[a-z]+)+",
    "intermediate": r"int(_[a-z]+)+__[a-z]+(_[a-z]+)*",
    "marts": r"(dim|fct|bridge|rpt)(_[a-z]+)+",
    "app": r"[a-z]+(_[a-z]+)*",
}


def test_every_layer_has_its_rules(manifest):
    layers = {model.layer for model in models(manifest)}

    assert {"staging", "intermediate", "marts"} <= layers
    assert layers <= set(MAY_READ)


@pytest.mark.parametrize("layer", MAY_READ)
def test_a_model_reads_what_its_layer_may_read(manifest, layer):
    wrong = [
        f"{model.name} reads the {kind} {name}"
        for model in models(manifest, layer)
        for kind, name in parents(manifest, model)
        if kind not in MAY_READ[layer]
    ]

    assert wrong == []


def test_a_report_reads_marts_only(manifest):
    reports = [model for model in models(manifest, "marts") if model.name.startswith("rpt_")]
    wrong = [
        f"{model.name} reads the {kind} {name}"
        for model in reports
        for kind, name in parents(manifest, model)
        if kind != "marts"
    ]

    assert len(reports) > 3
    assert wrong == []


def test_a_staging_model_reads_one_source_or_seed(manifest):
    staged = {model.name: len(parents(manifest, model)) for model in models(manifest, "staging")}

    assert staged == dict.fromkeys(staged, 1)
    assert len(staged) > 4


def test_every_source_is_read_by_one_staging_model(manifest):
    read = Counter(name for model in models(manifest, "staging") for _, name in parents(manifest, model))
    sources = [f"{source.source_name}.{source.name}" for source in manifest.sources.values()]

    assert len(sources) > 4
    assert {name: read[name] for name in sources} == dict.fromkeys(sources, 1)


def test_every_intermediate_model_and_mart_reads_something(manifest):
    assert [model.name for model in models(manifest) if not parents(manifest, model)] == []


def test_a_name_says_its_layer(manifest):
    assert [model.name for model in models(manifest) if not re.fullmatch(NAMES[model.layer], model.name)] == []


def test_every_model_has_a_test(manifest):
    unit_tested = {test.model for test in manifest.unit_tests.values()}
    untested = [
        model.name for model in models(manifest) if not data_tests(manifest, model) and model.name not in unit_tested
    ]

    assert untested == []
