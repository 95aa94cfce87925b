"""The benchmarks work: small forms of them, in a database that others have prepared. Nothing here is timed."""

import re
from contextlib import contextmanager

import pytest

from alerts.channels import backoff, smtp
from tests.bench import __main__ as benchmarks
from tests.bench import desk, disclosure, history, ingest, overload, pages, reading, simulator


@pytest.fixture(scope="module", autouse=True)
def small(own_database, home, tmp_path_factory):
    @contextmanager
    def prepared_home():
        yield tmp_path_factory.mktemp("bench")

    with pytest.MonkeyPatch.context() as patch:
        for module in (desk, ingest, overload, pages, reading, simulator):
            patch.setattr(module, "bench_home", prepared_home)
        patch.setattr(disclosure, "SEASONS", 1)
        patch.setenv("BAOCAO_BENCH_DISCLOSURE_PUBLICATIONS", "2")  # read by its processes
        patch.setattr(history, "MONTHS", 1)
        patch.setattr(history, "INDICATORS", 2)
        patch.setattr(history, "PROVINCES", 1)
        patch.setattr(desk, "OFFICERS", 5)
        patch.setattr(desk, "WINDOW_S", 1)
        patch.setattr(ingest, "FILES", 3)
        patch.setattr(ingest, "BASELINE_FILES", 2)
        patch.setattr(overload, "FILES", 3)
        patch.setattr(overload, "READERS", 42)
        patch.setattr(overload, "TOO_SLOW_SECONDS", 1.5)
        patch.setattr(backoff, "WAIT_SECONDS", 0.01)
        patch.setattr(pages, "TIMES", 1)
        patch.setattr(reading, "TIMES", 1)
        yield


def test_every_benchmark_is_found_by_its_name():
    assert benchmarks.benchmarks().keys() >= {
        *(
            "desk",
            "disclosure",
            "ingest",
            "missing",
            "overload",
            "pages",
            "reading",
            "rollups",
            "season",
            "simulator",
            "startup",
        )
    }


def test_workbooks_are_ingested_as_the_baseline_does(capsys):
    ingest.main()
    assert f"lines that differ, of {66:>12,}   {0:>10,}" in capsys.readouterr().out


def test_thirty_queries_are_read_as_the_role_of_bi_tools(capsys):
    reading.main()
    lines = [line for line in capsys.readouterr().out.splitlines() if "limit" in line]
    assert len(reading.queries()) == 30
    assert len(lines) == 31
    assert [line for line in lines if line.endswith(" 0 rows")] == []


def test_more_than_it_was_made_for_is_refused_in_words_and_loses_nothing(capsys, monkeypatch):
    slow_mail_server = overload.slow_mail_server

    def slower_than_anybody_waits(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(smtp, "TIMEOUT_SECONDS", 0.5)
            return slow_mail_server(*arguments)

    monkeypatch.setattr(overload, "slow_mail_server", slower_than_anybody_waits)
    overload.main()
    files, slow, storm, sessions = (line.split(" | ") for line in capsys.readouterr().out.splitlines()[-4:])
    assert files[2] == "nothing: 3 accepted_with_warnings"
    assert "timed out" in slow[2] and slow[2].endswith("3 letters stay queued")
    assert storm[1].startswith("time: 3 letters") and storm[2] == "nothing; 0 letters refused"
    assert storm[3].startswith("3 letters arrived, ")
    assert sessions[1:3] == ["the sessions after the first 40", '2 too many connections for role "bi_reader"']


def test_officers_hand_their_workbooks_in_at_once_and_each_is_accepted(capsys):
    desk.main()
    out = capsys.readouterr().out
    assert re.search(r"handed in, refused +5 +0\n +accepted by the gate +6\n", out), out
    assert "95th percentile" in out


def test_every_page_is_fetched_over_the_history(capsys):
    pages.main()
    assert len([line for line in capsys.readouterr().out.splitlines() if "(limit" in line]) == len(pages.PAGES)


def test_a_history_is_simulated_for_the_same_plan(capsys):
    simulator.main()
    assert "files, lines" in capsys.readouterr().out


def test_small_counts_of_a_season_are_attacked_and_their_cost_compared_with_the_least(capsys):
    disclosure.main()
    out = capsys.readouterr().out
    (row,) = (line.split("|") for line in out.splitlines() if line.startswith("| all |"))
    attacked, recovered = map(int, row[6:8])
    assert attacked > 0 and recovered == 0
    ours, least = map(int, re.findall(r"weighted by level (\d+)\), at least \d+ \((\d+)\)", out)[0])
    assert ours >= least > 0
