"""A build makes again what is made of something else than before, and nothing beside it: counted by programme."""

import json
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from pipeline import build_scope, building, erasing
from tests.integration import stored_marts
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.small_catalogue import (
    PERIODS,
    PROGRAMMES,
    PROVINCES,
    add_programme,
    change,
    draw,
    report,
    report_everything,
)
from warehouse import clock, database

pytestmark = pytest.mark.begins_early

FIRST, SECOND = PROGRAMMES
ALL = len(PERIODS) * len(PROVINCES)
PARTITIONED = (
    "int_completeness__history",
    "int_denominators__last_reported",
    "int_submission_status__stored",
    "int_values__rolled_up",
    "int_values__versioned",
    *stored_marts.OF_FIGURES,
)
OF_THE_SEEDS = {"a_score_sheet_can_be_added_up", "declared_shares_of_a_split_unit_add_up_to_one"}
"""Tests of more than one seed, which only dbt runs."""
SUMS, LINES = "intermediate.int_values__rolled_up", "intermediate.int_values__versioned"
STATUSES = "intermediate.int_submission_status__stored"
DENOMINATORS = "intermediate.int_denominators__last_reported"
STORED = FIGURES, TARGETS = "marts.fct_indicator_rollup", "marts.fct_target_progress"


@pytest.fixture(scope="module")
def catalogue(own_database: str) -> Iterator[OwnCatalogue]:
    with own_catalogue() as drawn, clock.at("2027-03-01T08:00:00+07:00"):
        draw(drawn)
        report_everything()
        building.build()
        yield drawn


def rebuilt() -> dict[str, Counter[str]]:
    """Build; by consumer, the partitions of each programme that it has taken anew."""
    with database.connect() as connection:
        (before,) = connection.execute("select clock_timestamp()").fetchone()
        building.build()
        rows = connection.execute(
            "select consumer, programme_code from ops.partition_state where updated_at >= %s", [before]
        ).fetchall()
        assert stored_marts.differences(connection) == {}
    found: dict[str, Counter[str]] = {}
    for consumer, programme in rows:
        found.setdefault(consumer, Counter())[programme] += 1
    return found


def versions() -> dict[str, str]:
    with database.connect() as connection:
        return dict(connection.execute("select * from ops.figures_versions()").fetchall())


def rewrite(catalogue: OwnCatalogue, file: str, old: str, new: str) -> None:
    path = catalogue.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_comments_descriptions_tests_and_layout_rebuild_nothing_and_change_no_version(catalogue):
    before = versions()
    rewrite(catalogue, "macros/rollup.sql", "parts as", "parts   as /* a comment */")
    rewrite(
        catalogue, "models/intermediate/int_values__versioned.sql", "from summable", "from\n    summable  -- a comment"
    )
    rewrite(catalogue, "models/marts/fct_indicator_rollup.sql", "select", "select  -- a comment\n")
    for file in catalogue.folder.glob("models/**/*.yml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("One row per", "One  row for each") + "\n# a comment\n", encoding="utf-8")
    (catalogue.folder / "tests" / "one_more.sql").write_text("select 1 where false\n", encoding="utf-8")
    (seed,) = catalogue.folder.glob("seeds/*/reporters.csv")
    header, _, rows = seed.read_text(encoding="utf-8").partition("\n")
    seed.write_text(
        header + "\n" + rows.replace(",true,", ',"true",').replace("\n", "\r\n"), encoding="utf-8", newline=""
    )

    assert rebuilt() == {}
    assert versions() == before


def test_one_row_rebuilds_the_partitions_of_its_programme(catalogue):
    before = versions()
    change(catalogue, "reporters", "feeds_rollup", ("true", "false"), 0)
    made = rebuilt()

    assert made[LINES] == made[SUMS] == made["checks"] == {FIRST: ALL}
    assert [code for code, version in versions().items() if version != before[code]] == [FIRST]


def test_a_row_that_only_the_marts_read_rebuilds_no_sum_and_is_checked_again(catalogue):
    before = versions()
    rows = catalogue.rows("indicators")
    catalogue.replace(
        "indicators", [row | {"name_vi": "Tên khác"} if row["programme_code"] == SECOND else row for row in rows]
    )

    assert rebuilt() == {consumer: {SECOND: ALL} for consumer in (*STORED, "checks")}
    assert [code for code, version in versions().items() if version != before[code]] == [SECOND]


def test_an_expression_rebuilds_what_is_made_by_it_and_nothing_above(catalogue):
    rewrite(
        catalogue,
        "macros/rollup.sql",
        "count(parts.numerator_low) as units_reporting",
        "count(parts.numerator_low) + 0 as units_reporting",
    )
    made = rebuilt()

    assert made == {consumer: {FIRST: ALL, SECOND: ALL} for consumer in (SUMS, DENOMINATORS, *STORED, "checks")}


def test_an_index_that_a_model_declares_since_is_made_on_the_table_that_is_there(catalogue):
    def indexes() -> set[str]:
        with database.connect() as connection:
            rows = connection.execute("select indexdef from pg_indexes where tablename = 'int_values__versioned'")
            return {definition.partition(" USING ")[2] for (definition,) in rows}

    before = indexes()
    model = "models/intermediate/int_values__versioned.sql"
    rewrite(catalogue, model, "indexes=[", 'indexes=[{"columns": ["submission_id", "period"]},')
    assert set(rebuilt()) == set()
    assert indexes() == before | {"btree (submission_id, period)"}
    building.build()
    assert len(indexes()) == len(before) + 1


def test_one_report_rebuilds_its_own_partition(catalogue):
    report(SECOND, "2026", "92001", "correction", 17)
    made = rebuilt()

    assert made.pop("checks") == {SECOND: 1}
    assert len(made) == len(PARTITIONED) and all(count == {SECOND: 1} for count in made.values())
    assert rebuilt() == {}


def test_a_refused_report_changes_its_status_and_no_figure(catalogue):
    report(SECOND, "2026", "92001", "correction", 17, "rejected")
    assert rebuilt() == {STATUSES: {SECOND: 1}}


def test_figures_and_their_targets_change_in_one_transaction(catalogue):
    """Else a reader of a mart upon both finds new figures beside old verdicts."""
    with database.connect() as connection:
        connection.execute("create table ops.last_xid as select pg_current_xact_id()::text::bigint as xid")
    report(FIRST, "2026", "92001", "correction", 44)
    rebuilt()
    with database.connect() as connection:
        transactions = [
            connection.execute(
                f"select distinct xmin::text from {mart} where xmin::text::bigint > (select xid from ops.last_xid)"
            ).fetchall()
            for mart in STORED
        ]
        connection.execute("drop table ops.last_xid")
    assert transactions[0] == transactions[1] and len(transactions[0]) == 1


def test_a_figure_that_is_made_by_hand_alone_does_not_wait_for_its_targets(catalogue):
    report(FIRST, "2026", "92001", "correction", 45)
    building.run_dbt(["run", "--select", "config.materialized:partitioned_table", "fct_indicator_rollup"])
    made = rebuilt().keys()
    assert FIGURES not in made and TARGETS in made


def test_a_report_of_an_earlier_period_changes_the_trends_after_it_and_no_other_figure(catalogue):
    report(SECOND, "2025", "92001", "correction", 19)
    made = rebuilt()

    assert (made[FIGURES], made[TARGETS]) == ({SECOND: 1}, {SECOND: len(PERIODS)})
    assert made[DENOMINATORS] == {SECOND: len(PERIODS)}


def test_a_period_that_begins_is_a_change_without_any_report(catalogue):
    of_2026 = {FIRST: len(PROVINCES), SECOND: len(PROVINCES)}
    for day in ("2025-07-01", "2026-01-01"):  # the clock was set back, and then came the new year
        with clock.at(f"{day}T08:00:00+07:00"):
            made = rebuilt()
            assert made[FIGURES] == made[TARGETS] == of_2026
            assert rebuilt() == {}


def test_a_model_that_is_run_alone_makes_good_its_own_last_run(catalogue):
    report(FIRST, "2025", "91001", "correction", 18)
    assert building.run_dbt_by_hand(["run", "--quiet", "--select", "int_values__versioned"])
    made = rebuilt()

    assert LINES not in made
    assert made[SUMS] == made["checks"] == {FIRST: 1}


def test_a_build_without_news_starts_no_dbt_and_is_a_build_all_the_same(catalogue):
    building.build()
    again = building.build()

    assert again.nodes == []
    with database.connect() as connection:
        newest = connection.execute("select run_id from ops.last_successful_run where step = 'build'").fetchone()
    assert newest == (again.run_id,)


def test_a_report_runs_what_reads_reports_and_every_test(catalogue):
    everything = {node.node_id for node in building.run_dbt(["build", *build_scope.FIGURES])}
    building.build()
    report(SECOND, "2026", "92001", "correction", 18)
    ran = {node.node_id for node in building.build().nodes}

    assert {node for node in ran if node.startswith("model.")} == {f"model.baocao.{name}" for name in PARTITIONED}
    assert ran >= {node for node in everything if node.startswith("test.")}


def test_a_view_that_somebody_dropped_or_replaced_is_made_again(catalogue):
    building.build()
    with database.connect() as connection:
        definitions = views(connection)
        connection.execute("drop view marts.rpt_score_ranking")
    building.build()
    with database.connect() as connection:
        assert views(connection) == definitions
        was = definitions["dim_agency"].rstrip(";")
        connection.execute(f"create or replace view marts.dim_agency as select * from ({was}) as former where false")
    building.build()
    with database.connect() as connection:
        assert views(connection) == definitions


def test_a_view_that_could_not_be_replaced_while_somebody_held_it_is_replaced_by_the_next_build(catalogue):
    building.build()
    rewrite(
        catalogue,
        "models/marts/fct_reported_value.sql",
        "coalesce(known_from > periods.closed_at, false)",
        "coalesce(periods.closed_at < known_from, false)",
    )
    with database.connect(autocommit=True) as connection:
        definition = views(connection)["fct_reported_value"]
        connection.execute("alter role current_user set lock_timeout = '1s'")
        try:
            with connection.transaction(force_rollback=True):
                # holds the view alone: a lock or a query would hold the tables below it, and the load would stop
                connection.execute("comment on view marts.fct_reported_value is 'being described'")
                with pytest.raises(building.BuildFailed, match="fct_reported_value"):
                    building.build()
        finally:
            connection.execute("alter role current_user reset lock_timeout")
        assert views(connection)["fct_reported_value"] == definition
        building.build()
        assert views(connection)["fct_reported_value"] != definition


def views(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("select viewname, definition from pg_views where schemaname = 'marts'").fetchall())


def test_wrong_rows_leave_their_programme_as_last_loaded_and_stop_no_other(catalogue, command):
    building.build()
    before, (seed,) = versions(), catalogue.folder.glob("seeds/*/indicators.csv")
    good = seed.read_text(encoding="utf-8")
    rows = catalogue.rows("indicators")
    for row in rows:
        row["name_vi"] = "Tên mới"
    rows[0]["factor"] = "một trăm"
    catalogue.replace("indicators", rows)
    with seed.open("a", encoding="utf-8") as lines:
        lines.write(f"{FIRST},3,a cell too many{',' * 40}\n")
    outcome = command("build")

    assert outcome.code == 1
    assert "indicators.csv, row 2, factor: “một trăm” is not a number. Allowed: digits" in outcome.err
    assert "indicators.csv, row 6: the row has 43 cells. Allowed: 29 cells" in outcome.err
    assert [code for code, version in versions().items() if version != before[code]] == [SECOND]
    assert names() == {FIRST: {"Chỉ tiêu giả định"}, SECOND: {"Tên mới"}}
    assert unchecked() == {FIRST}
    assert command("build").code == 1
    broken, met = broken_and_met(command)
    assert {(row["suite"], *row["programmes"]) for row in broken} == {("seeds", FIRST)}
    assert {"dbt_tests", "fct_indicator_rollup"} <= {row["suite"] for row in met}
    assert {row["rule"] for row in met} >= OF_THE_SEEDS
    assert any(row["rows_checked"] > 0 for row in met if row["suite"] == "fct_indicator_rollup")

    new_names = good.replace("Chỉ tiêu giả định", "Tên mới").replace("Tên khác", "Tên mới")
    seed.write_text(new_names, encoding="utf-8")
    assert command("build").code == 0
    assert names() == {FIRST: {"Tên mới"}, SECOND: {"Tên mới"}}
    assert unchecked() == set()


def test_a_file_that_cannot_be_read_stops_the_build_before_dbt_with_its_name(catalogue, command):
    (seed,) = catalogue.folder.glob("seeds/*/reporters.csv")
    good = seed.read_text(encoding="utf-8")
    seed.write_text(good.replace(",", ";"), encoding="utf-8")
    outcome = command("build")
    seed.write_text(good, encoding="utf-8")

    assert outcome.code == 1
    assert (
        "reporters.csv, row 1: the cells are separated by semicolons. Allowed: commas between the cells" in outcome.err
    )
    with database.connect() as connection:
        ran = "select count(*) from ops.node_result where run_id = (select max(run_id) from ops.pipeline_run)"
        assert connection.execute(ran).fetchone() == (0,)


def test_erased_reports_are_in_no_status_before_the_next_build_and_in_no_partition_after_it(catalogue):
    """Every report of a period: no decision is left that speaks of it, and the number of the last one has gone down."""
    add_programme(catalogue, {"programme_code": "xoa-het"})
    building.build()
    report("xoa-het", "2026", "91001", "full", 5)
    building.build()
    of_it = "select count(*) from {} where programme_code = 'xoa-het'".format
    stored, read = of_it(STATUSES), of_it("intermediate.int_submission_status__history")
    with database.connect() as connection:
        assert [connection.execute(rows).fetchone() for rows in (stored, read)] == [(1,), (1,)]
        (sha256,) = connection.execute("select sha256 from raw.submission where programme_code = 'xoa-het'").fetchone()
    erasing.erase(sha256, by="Sở giả định", act="12/QĐ")
    with database.connect() as connection:
        assert [connection.execute(rows).fetchone() for rows in (stored, read)] == [(1,), (0,)]
    building.build()
    with database.connect() as connection:
        assert connection.execute(stored).fetchone() == (0,)
        assert stored_marts.differences(connection) == {}


def broken_and_met(command) -> tuple[list[dict], list[dict]]:
    rows = json.loads(command("checks", "--json").out)
    return [row for row in rows if not row["is_met"]], [row for row in rows if row["is_met"]]


def names() -> dict[str, set[str]]:
    with database.connect() as connection:
        rows = connection.execute("select programme_code, name_vi from catalogue.indicators").fetchall()
    return {code: {name for of, name in rows if of == code} for code in PROGRAMMES}


def unchecked() -> set[str]:
    with database.connect() as connection:
        return {code for code, *_ in connection.execute("select * from ops.changed_partitions('checks')")}
