"""Made-up programmes that every commune within some provinces owes, in place of the plans of a prepared catalogue.

All of it is made up (số liệu giả định). The rows go into the catalogue's tables and not through its seeds: what is
tested with them is not how a catalogue is loaded.
"""

import json
from collections.abc import Iterable, Mapping

from psycopg import sql

from pipeline import building, runs
from warehouse import database

DEADLINE = "2026-11-30"
PERIOD = "2026"
MADE_UP = "số liệu giả định"
OF_PROGRAMMES = [
    *("programmes", "periods", "reporters", "deadlines", "exemptions", "indicators", "indicator_measures"),
    *("indicator_agencies", "alert_stages", "targets", "baselines"),
]
LADDER = [
    ("reminder_14", "reporter", 10, -14, "calendar"),
    ("reminder_7", "reporter", 20, -7, "calendar"),
    ("reminder_1", "reporter", 30, -1, "calendar"),
    ("missing", "reporter", 40, 1, "calendar"),
    ("missing", "supervisor", 40, 1, "calendar"),
    ("escalation_3", "owner", 50, 3, "working"),
    ("escalation_7", "owner", 60, 7, "working"),
    ("resolved", "supervisor", 90, None, "calendar"),
]
# What is made of the plans alone, and the relations that a run of reminders reads; the map and the calendar stay.
MODELS = ["--select", "+fct_report_obligation", "+alert_stage", "+expected_report_as_of", "+admissible_report"]
PERSISTENT = ["--exclude", "resource_type:seed", "+int_org_units__resolved", "+int_calendar_days__numbered"]

Rows = list[dict[str, object]]


def names(number: int) -> dict[str, str]:
    """As many made-up programmes, code → name."""
    return {f"gia-dinh-{n}": f"Chương trình giả định {n}" for n in range(1, number + 1)}


def install(number: int, provinces: Iterable[str], owner: str) -> None:
    """As many programmes instead of the plans: each commune of the provinces owes each of them a report by 30/11.

    owner: the unit that the programmes are for. The database holds a prepared catalogue (building.prepare_catalogue).
    """
    with database.connect() as connection:
        tables = sql.SQL(", ").join(sql.Identifier("catalogue", seed) for seed in OF_PROGRAMMES)
        connection.execute(sql.SQL("truncate {}").format(tables))
        for seed, rows in _seeds(list(names(number).items()), list(provinces), owner).items():
            insert = sql.SQL("insert into {0} select * from json_populate_recordset(null::{0}, %s)")
            connection.execute(insert.format(sql.Identifier("catalogue", seed)), [json.dumps(rows)])
    made = building.run_dbt(["run", *MODELS, *PERSISTENT])
    assert [node for node in made if node.status != "success"] == []
    keep_catalogue()


def keep_catalogue() -> None:
    """Rows that went into the catalogue's tables beside the seeds stay: no later build loads the seeds over them.

    They are recorded as a load records them, so that the marts have them as of earlier times too.
    """
    with runs.recorded("catalogue", building.catalogue_version()), database.connect() as connection:
        connection.execute(
            "select ops.record_catalogue(format('catalogue.%I', tablename)::regclass) "
            "from pg_tables where schemaname = 'catalogue'"
        )


def _seeds(programmes: list[tuple[str, str]], provinces: list[str], owner: str) -> Mapping[str, Rows]:
    of: Rows = [{"programme_code": code} for code, _ in programmes]
    owed = {"period": PERIOD, "unit_level": "commune", "agency_code": "UBND"}
    return {
        "programmes": [
            {
                "programme_code": code,
                "name_vi": name,
                "document_vi": MADE_UP,
                "root_unit_code": owner,
                "starts_on": "2026-01-01",
                "ends_on": "2030-12-31",
                "period_type": "year",
                "data_window": "calendar",
                "day_off_rule": "stays",
            }
            for code, name in programmes
        ],
        "periods": _each(of, period=PERIOD, kind="owed", data_from="2026-01-01", data_to="2026-12-31"),
        "reporters": [
            row
            | {"unit_level": "commune", "agency_code": "UBND", "form": "figures", "is_owed": True}
            | {"feeds_rollup": True, "within_unit_code": root, "period_from": PERIOD, "period_to": PERIOD}
            for row in of
            for root in provinces
        ],
        "deadlines": _each(
            of, **owed, revision=1, deadline_on=DEADLINE, reading="exclusive", phrase_vi="trước ngày 30/11"
        ),
        "indicators": _each(of, indicator_code="1", sort_order=1, name_vi=MADE_UP, aggregation="sum", is_required=True),
        "indicator_measures": _each(of, indicator_code="1", unit_level="commune", measure="count"),
        "alert_stages": [
            row | dict(zip(("stage", "audience", "sort_order", "day_offset", "day_kind"), stage, strict=True))
            for row in of
            for stage in LADDER
        ],
    }


def _each(of: Rows, **columns: object) -> Rows:
    return [row | columns for row in of]
