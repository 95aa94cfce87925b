"""The grain of every staging model and mart is declared, and a test of its data holds it."""

from tests.unit.dbt_project.project import data_tests, models

# The keys that users script against.
PUBLIC_KEYS = {
    "fct_report_obligation": ["programme_code", "period", "unit_code", "agency_code"],
    "fct_reported_value": ["programme_code", "indicator_code", "period", "unit_code", "agency_code", "known_from"],
    "fct_indicator_rollup": ["programme_code", "indicator_code", "period", "unit_code", "boundary_basis", "measure"],
    "fct_target_progress": [
        "programme_code",
        "indicator_code",
        "period",
        "unit_code",
        "measure",
        "target_scope",
        "target_year",
    ],
    "fct_score": ["programme_code", "period", "unit_code", "criterion_code"],
    "rpt_reporting_rates": ["programme_code", "period", "unit_code"],
    "dim_org_unit": ["unit_id", "valid_from"],
    "dim_period": ["programme_code", "period"],
    "dim_deadline": ["programme_code", "period", "unit_level", "agency_code", "unit_code"],
}
MAY_BE_EMPTY = {
    "dim_deadline": ["unit_code"],
    "dim_target": ["bound_unit_code"],
    "fct_target_progress": ["target_scope", "target_year"],
}


def test_every_staging_model_and_mart_declares_its_grain(manifest):
    described = models(manifest, "staging", "marts")
    columns = {model.name: list(model.node.columns) for model in described}
    grains = {model.name: model.node.config.meta.get("grain") for model in described}

    assert len(described) > 25
    assert [name for name, grain in grains.items() if not grain] == []
    assert [name for name, grain in grains.items() if not set(grain) <= set(columns[name])] == []


def test_a_test_of_the_data_holds_the_declared_grain(manifest):
    for model in models(manifest, "staging", "marts"):
        tests = data_tests(manifest, model, "is_grain")
        assert [test.test_metadata.kwargs["columns"] for test in tests] == [model.node.config.meta["grain"]], model.name
        assert tests[0].test_metadata.kwargs.get("nullable", []) == MAY_BE_EMPTY.get(model.name, []), model.name
        assert tests[0].config.tags == ["grain"], model.name


def test_the_grain_is_the_key_that_users_script_against(manifest):
    grains = {model.name: model.node.config.meta["grain"] for model in models(manifest, "marts")}

    assert {name: grains.get(name) for name in PUBLIC_KEYS} == PUBLIC_KEYS


def test_the_key_comes_first(manifest):
    for model in models(manifest, "marts"):
        grain = model.node.config.meta["grain"]
        first = list(model.node.columns)[: len(grain) + 1]
        assert set(grain) - set(first) == set(), model.name
