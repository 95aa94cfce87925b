"""A period is closed after approval: its vintage stays, and what comes later counts and is marked."""

import json

import pytest

from expectations import gate
from pipeline import building
from tests.integration.reports import put
from warehouse import clock, database, moments

PROGRAMME, DA_MAI = "bacninh-2026-2030", "07228"
REPORTED, CLOSED, CORRECTED = (f"2026-12-{day}T08:00:00+07:00" for day in ("01", "10", "15"))


def accept(moment: str, lines: dict, kind: str = "full") -> None:
    with clock.at(moment):
        gate.check(put(DA_MAI, lines, submission_type=kind))
        building.build()


def reported(as_of: str | None) -> list[tuple]:
    query = (
        "select known_from::date::text, numerator, is_after_closing from marts.fct_reported_value "
        "where unit_code = %s and indicator_code = '5.1' order by known_from"
    )
    with database.connect() as connection:
        if as_of:
            moments.look_at(connection, moments.parse(as_of))
        return connection.execute(query, [DA_MAI]).fetchall()


def figure(as_of: str) -> int:
    query = (
        "select numerator from marts.fct_indicator_rollup where unit_code = %s and period = '2026' "
        "and indicator_code = '5.1' and boundary_basis = 'as_reported'"
    )
    with database.connect() as connection:
        moments.look_at(connection, moments.parse(as_of))
        return connection.execute(query, [DA_MAI]).fetchone()[0]


@pytest.fixture
def closed(own_database, command, monkeypatch):
    """Reported on 1 December, closed on the 10th, corrected on the 15th."""
    building.prepare_catalogue()
    accept(REPORTED, {"5.1": (291, 300)})
    monkeypatch.setenv("BAOCAO_NOW", CLOSED)
    told = command("close", PROGRAMME, "2026", "--note", "thử nghiệm", "--json")
    assert told.code == 0
    again = command("close", PROGRAMME, "2026")
    monkeypatch.setenv("BAOCAO_NOW", CORRECTED)
    accept(CORRECTED, {"5.1": (280, 300)}, "correction")
    return json.loads(told.out), again


def test_what_comes_after_the_closing_counts_is_marked_and_leaves_the_vintage_readable(closed, command):
    told, again = closed

    assert (told["obligations"], told["accepted"], told["missing"]) == (99, 1, 98)
    assert told["closed_at"].startswith("2026-12-10T08:00:00")
    assert again.code == 2
    assert "was closed at 2026-12-10T08:00:00+07:00" in again.err
    assert reported(None) == [("2026-12-01", 291, False), ("2026-12-15", 280, True)]
    assert (figure(told["closed_at"]), figure(CORRECTED)) == (291, 280)
    assert command("close", PROGRAMME, "2025").code == 2
    assert command("close", PROGRAMME, "2040").code == 2
