"""The morning after the deadline in Bắc Ninh: one of 99 communes has reported (số liệu giả định).

`baocao run` warns of the others, makes the figures of the one and publishes them. Then a report is accepted that nobody
is to send: letters still go out, and nothing is published until it is mended.
"""

from expectations import gate
from pipeline import completeness, publishing
from tests.integration.reports import put
from warehouse import database

PROGRAMME, DA_MAI = "bacninh-2026-2030", "07228"
MORNING, NEXT_DAY = (f"2026-{day}T07:00:00+07:00" for day in ("11-30", "12-01"))


def rows(query: str, *values: object) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query, values).fetchall()


def failures() -> dict[tuple, int]:
    """How many reports the newest check names, by rule, period and level of the programme."""
    found = rows(
        "select rule, period, unit_level, count(*) from ops.check_failure where programme_code = %s and run_id = "
        "(select max(run_id) from ops.pipeline_run where step = 'completeness') group by 1, 2, 3",
        PROGRAMME,
    )
    return {tuple(key): count for *key, count in found}


def statuses(step: str) -> list[str]:
    return [status for (status,) in rows("select status from ops.pipeline_run where step = %s order by run_id", step)]


def test_the_missing_stop_nothing_and_what_nobody_owes_stops_the_publication(own_database, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-29T17:00:00+07:00")
    gate.check(put(DA_MAI, {"5.1": (291, 300)}))
    monkeypatch.setenv("BAOCAO_NOW", MORNING)

    outcome = command("run")

    assert (outcome.code, "2 workbooks published" in outcome.out) == (0, True), outcome.err
    level = ("2026", "commune")
    assert failures() == {
        ("report_missing", *level): 98,
        ("submitted_below_minimum", *level): 98,
        ("on_time_below_minimum", *level): 98,
        ("accepted_below_minimum", *level): 98,
        ("complete_below_minimum", *level): 99,
    }
    assert rows(
        "select detail from ops.check_failure where rule = 'complete_below_minimum' and unit_code = %s", DA_MAI
    ) == [("1 of 33 lines; complete 0 of 99 due, 0.00 %, minimum 100 %",)]

    stray = put(DA_MAI, {"5.1": (291, 300)}, agency_code="CA")
    rows(
        "insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at) "
        "values (%s, '07228@2025-07-01', 'accepted', 'a gate that was wrong', %s) returning 1",
        stray,
        MORNING,
    )
    monkeypatch.setenv("BAOCAO_NOW", NEXT_DAY)
    outcome = command("run")

    assert outcome.code == 1
    assert "report_without_obligation: 1 rows" in outcome.err
    assert failures()["report_without_obligation", "2026", None] == 1
    assert (statuses("completeness"), statuses("remind"), statuses("publish")) == (
        ["succeeded", "failed"],
        ["succeeded", "succeeded"],
        ["succeeded", "succeeded"],  # of the other programmes
    )
    assert "and none of bacninh-2026-2030" in outcome.err

    rows("delete from ops.submission_verdict where submission_id = %s returning 1", stray)
    completeness.check()
    publishing.publish()
    assert statuses("publish") == ["succeeded", "succeeded", "succeeded"]
