"""A made-up history of everybody who owes: what its files and its manifest say is what the gate finds in them."""

import csv
from collections import Counter

import pytest

from pipeline import receiving
from publish.simulation import national
from publish.simulation.frequencies import Frequencies
from tests.bench import loading
from tests.integration.conftest import forget_reports
from warehouse import clock, database

OFTEN = Frequencies(
    missing_reports=0.1,
    late_reports=0.2,
    wrong_reports=0.2,
    corrected_reports=0.2,
    withdrawn_reports=0.1,
    not_applicable_lines=0.03,
)
KINDS = {
    "nil": "numerator_kind = 'nil'",
    "censored": "numerator_kind = 'censored'",
    "not_applicable": "value_kind = 'not_applicable'",
}


def of_2024(folder, **options):
    return list(national.simulate(folder, 7, first_year=2024, last_year=2024, frequencies=OFTEN, **options))


def test_the_gate_rejects_the_reports_with_an_error_and_no_other(session, tmp_path):
    history = of_2024(tmp_path / "history")
    with clock.at("2026-11-29"):
        receiving.receive_files([str(tmp_path / "history" / each.file) for each in history], from_inbox=False)
    verdicts = session.execute(
        "select file.file_name, count(*) filter (where status = 'rejected'), count(*) from raw.submission "
        "join ops.submission_verdict using (submission_id) join raw.file as file using (sha256) group by 1"
    ).fetchall()
    assert {name: counts for name, *counts in verdicts} == {
        each.file: [each.wrong_reports, each.reports] for each in history
    }
    assert sum(each.wrong_reports for each in history) > 0
    assert Counter(each.wave for each in history).keys() == national.WAVES.keys()
    for kind, condition in KINDS.items():
        found = session.execute(f"select count(*) from raw.line where {condition}").fetchone()
        assert found == (sum(getattr(each, kind) for each in history),)
    assert session.execute("select bool_and(is_made_up) from raw.submission").fetchone() == (True,)


LOADED = """
select file.file_name, submission.unit_id, agency_code, submission_type, status = 'rejected', indicator_code,
    numerator_kind, numerator, denominator_kind, denominator, value_kind, value
from raw.submission join ops.submission_verdict using (submission_id) join raw.file as file using (sha256)
left join raw.line using (submission_id)
order by 1, 2, 3, 6
"""


def test_what_benchmarks_load_is_what_reader_and_gate_make_of_the_same_files(nothing_arrived, tmp_path):
    history = of_2024(tmp_path / "history")
    with clock.at("2026-11-29"):
        receiving.receive_files([str(tmp_path / "history" / each.file) for each in history], from_inbox=False)
    with database.connect() as connection:
        received = connection.execute(LOADED).fetchall()
    forget_reports()
    assert loading.load(tmp_path / "history", history) == sum(each.lines for each in history)
    with database.connect() as connection:
        assert connection.execute(LOADED).fetchall() == received


def test_the_same_seed_gives_the_same_bytes_and_a_manifest_in_order_of_arrival(catalogue, tmp_path):
    history = of_2024(tmp_path / "one")
    assert of_2024(tmp_path / "two") == history
    for each in history:
        assert (tmp_path / "one" / each.file).read_bytes() == (tmp_path / "two" / each.file).read_bytes()
    with national.manifest(tmp_path / "one").open() as lines:
        rows = list(csv.DictReader(lines))
    assert [row["file"] for row in rows] == [each.file for each in history] == sorted(each.file for each in history)
    for code in {row["programme_code"] for row in rows}:
        arrivals = [row["arrival"] for row in rows if row["programme_code"] == code]
        assert arrivals == sorted(arrivals)


def test_a_district_reports_before_it_ended_and_a_commune_after(catalogue, tmp_path):
    list(national.simulate(tmp_path, 7, first_year=2024, last_year=2025))
    units = {
        year: {
            line.split(";")[2]
            for file in tmp_path.glob(f"*_haiphong-directive28_{year}_on_time.csv")
            for line in file.read_text().splitlines()[1:]
        }
        for year in (2024, 2025)
    }
    assert {len(unit) for unit in units[2024]} == {3}
    assert {len(unit) for unit in units[2025]} == {5}


@pytest.mark.parametrize(
    "call",
    [
        ["--seed", "1", "--out", "x"],
        ["bacninh-2026-2030", "2026", "--national", "--seed", "1", "--out", "x"],
        ["bacninh-2026-2030", "2026", "--periods", "2", "--seed", "1", "--out", "x"],
    ],
)
def test_a_call_that_is_neither_a_programme_nor_the_nation_is_wrong(command, call):
    assert command("simulate", *call).code == 2


def test_the_command_names_the_manifest_and_counts_on_stderr(catalogue, command, tmp_path):
    outcome = command(
        "simulate", "--national", "--periods", 1, "--to", 2022, "--seed", 7, "--out", tmp_path / "history"
    )
    assert (outcome.code, outcome.out) == (0, f"{tmp_path / 'history'}-manifest.csv\n")
    assert "lines" in outcome.err
