"""Data contracts of exports: true to the standard's own schema, and to what dbt's files say of each mart."""

import json
from importlib.resources import files

import jsonschema
import pytest

from publish.export import contract
from warehouse import marts
from warehouse.errors import WrongCall


@pytest.fixture(scope="module")
def standard():
    """The JSON schema that Bitol publishes, as the standard's own package has it."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def _faults(standard, document):
    return [f"{list(error.path)}: {error.message}" for error in standard.iter_errors(document)]


@pytest.mark.parametrize("file", [None, "a.csv"])
def test_every_contract_is_valid_by_the_published_schema(standard, file):
    faults = {name: _faults(standard, contract.of_mart(mart, "1.0.0", file)) for name, mart in marts.marts().items()}

    assert len(faults) > 30
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_published_schema_refuses_what_is_no_contract(standard):
    document = contract.of_mart(marts.mart("dim_period"), "1.0.0")
    document["schema"][0]["properties"][0]["logicalType"] = "text"

    assert len(_faults(standard, document)) >= 1
    assert _faults(standard, {"kind": "DataContract"}) != []


def test_a_contract_has_key_types_and_meaning_in_both_languages():
    document = contract.of_mart(marts.mart("dim_deadline"), "1.0.0", "dim_deadline.csv")
    (table,) = document["schema"]
    columns = {column["name"]: column for column in table["properties"]}

    assert table["dataGranularityDescription"].startswith("One row per programme, period, level of unit")
    assert [name for name, column in columns.items() if column.get("primaryKey")] == [
        "programme_code",
        "period",
        "unit_level",
        "agency_code",
        "unit_code",
    ]
    assert (columns["period"]["required"], columns["unit_code"]["required"]) == (True, False)
    assert (columns["deadline_at"]["logicalType"], columns["revision"]["logicalType"]) == ("timestamp", "integer")
    assert columns["period"]["customProperties"][0]["value"].startswith("Kỳ báo cáo")


def test_an_unknown_mart_is_a_wrong_call_that_names_the_marts():
    with pytest.raises(WrongCall, match=r"There is no mart raw_line; there are .*rpt_changes"):
        marts.mart("raw_line")
