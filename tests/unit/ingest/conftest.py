"""Fixtures of ingest: the measures of a few indicators of the Bắc Ninh programme."""

import pytest

from ingest.measures import Measures

PROGRAMME = "bacninh-2026-2030"
OF_A_COMMUNE = {
    "1": "yes_no",
    "3.1": "per_mille",
    "5.1": "percent",
    "5.2": "percent",
    "7": "percent",
    "11.1": "count",
    "13": "percent",
}


@pytest.fixture(scope="session")
def measures() -> Measures:
    values = {(PROGRAMME, code): {"commune": expects} for code, expects in OF_A_COMMUNE.items()}
    return Measures(values, {PROGRAMME: frozenset(OF_A_COMMUNE)})
