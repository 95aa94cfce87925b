"""Reading as of a time: it always gives the same figures, and the file that changed them by name.

Three communes of Bắc Ninh report on 2026-11-20. One corrects a line on 2026-12-05, one takes its report back on
2026-12-08, and a last correction of 2026-12-12 is accepted but not built.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import psycopg
import pytest

from pipeline import building, catalogue_effects, receiving, runs
from publish import reports
from publish.comparison import data as comparison_data
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.reading import tracing
from tests.integration import stored_marts
from tests.integration.own_catalogue import read
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import PROJECT_ROOT, get_settings

PROGRAMME, PERIOD, PROVINCE = "bacninh-2026-2030", "2026", "24"
CORRECTED, STEADY, WITHDRAWN = "07210", "07228", "07246"
HEADER = ["programme", "period", "unit_code", "indicator", "numerator", "denominator", "value", "submission_type"]
BEFORE, BETWEEN, AFTER, TODAY = "2026-11-30", "2026-12-06", "2026-12-09", "2026-12-13"


@dataclass(frozen=True)
class Season:
    """What was published on the way: the province's workbook as of BEFORE, written then, and the catalogue it names."""

    correction: Path
    workbook_then: bytes
    catalogue: str


def send(file: Path, timestamp: str, *rows: tuple[object, ...]) -> Path:
    """A file in long form, received and validated at a given time: (unit, indicator, numerator, denominator, type)."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADER)
        for unit, indicator, numerator, denominator, kind in rows:
            writer.writerow([PROGRAMME, PERIOD, unit, indicator, numerator, denominator, "", kind])
    return receive(file, timestamp)


def receive(file: Path, timestamp: str) -> Path:
    with clock.at(timestamp):
        answers = receiving.receive([str(file)])
    assert {answer.status for answer in answers} <= {"accepted", "accepted_with_warnings"}
    return file


def build(timestamp: str) -> None:
    with clock.at(timestamp):
        building.build()
        with database.connect() as connection:
            assert stored_marts.differences(connection) == {}


def a_correction(folder: Path) -> Path:
    """The workbook of 07210 with one line: 285 of 300 children, and not 291."""
    with database.connect() as connection:
        form = form_queries.form(connection, PROGRAMME, CORRECTED, PERIOD)
    lines = tuple(line for line in form.lines if line.code == "5.1")
    form = replace(form, lines=lines, submission_type="correction")
    return form_workbook.write(form, folder / "dinh-chinh.xlsx", {"5.1": {"numerator": 285, "denominator": 300}})


def version_of_figures() -> str:
    """The version of the programme's rows of the catalogue now."""
    with database.connect() as connection:
        return dict(connection.execute("select * from ops.catalogue_versions(%s)", [clock.now()]).fetchall())[PROGRAMME]


def rendered(as_of: str | None, unit: str = PROVINCE) -> bytes:
    with database.connect() as connection:
        timestamp = parse_timestamp(as_of) if as_of else None
        set_session_as_of(connection, timestamp)
        return reports.render(connection, PROGRAMME, unit, PERIOD, timestamp, with_notes=True, with_lines=True)


@pytest.fixture(scope="module")
def season(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Season:
    folder = tmp_path_factory.mktemp("season")
    building.prepare_catalogue()
    reported = [(CORRECTED, "5.1", 291, 300, "full"), (CORRECTED, "8.1", 9, 900, "full")]
    reported += [(STEADY, "5.1", 190, 200, "full"), (WITHDRAWN, "5.1", 95, 100, "full")]
    send(folder / "first.csv", "2026-11-20T08:00", *reported)
    build("2026-11-20T09:00")
    with clock.at("2026-12-01"):
        then, catalogue = rendered(BEFORE), version_of_figures()
    correction = receive(a_correction(folder), "2026-12-05T08:00")
    build("2026-12-05T09:00")
    send(folder / "withdrawn.csv", "2026-12-08T08:00", (WITHDRAWN, "", "", "", "retraction"))
    build("2026-12-08T09:00")
    send(folder / "late.csv", "2026-12-12T08:00", (STEADY, "5.1", 150, 200, "correction"))
    return Season(correction, then, catalogue)


@pytest.fixture(autouse=True)
def today(season: Season):
    with clock.at(TODAY):
        yield


def reported(command, name: str, *arguments: str) -> list | dict:
    outcome = command(name, PROGRAMME, *arguments, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def immunised(command, unit: str, as_of: str | None = None) -> tuple:
    """Numerator, denominator, value, and how many of how many units are in it."""
    timestamp = ["--as-of", as_of] if as_of else []
    rows = reported(command, "progress", unit, PERIOD, *timestamp)
    row = next(row for row in rows if (row["indicator_code"], row["target_scope"]) == ("5.1", "province"))
    names = ("numerator", "denominator", "value", "units_reporting", "units_expected")
    return tuple(row[name] for name in names)


def test_a_ward_and_its_province_are_told_as_they_were_known_and_as_they_are_now(command):
    assert immunised(command, CORRECTED, BEFORE) == (291, 300, 97, 1, 1)
    assert immunised(command, CORRECTED) == (285, 300, 95, 1, 1)
    assert immunised(command, PROVINCE, BEFORE) == (576, 600, 96, 3, 99)
    assert immunised(command, PROVINCE, BETWEEN) == (570, 600, 95, 3, 99)
    assert immunised(command, PROVINCE) == (475, 500, 95, 2, 99)


def test_what_is_asked_at_the_moment_of_acceptance_is_known_and_the_instant_before_it_is_not(command):
    assert immunised(command, PROVINCE, "2026-12-05T07:59:59.999999")[0] == 576
    assert immunised(command, PROVINCE, "2026-12-05T08:00:00")[0] == 570


def test_sums_are_added_up_again_only_where_something_was_decided_since():
    """The last decision is the correction of 12 December, 08:00. Wrong sums are planted to see which are read."""
    planted = "update intermediate.int_values__rolled_up set units_reporting = -1"
    are_planted = "select distinct units_reporting = -1 from intermediate.int_values__rolled_up_as_of"
    with database.connect() as connection:
        connection.execute(planted)
        found = {}
        for at in ("2026-12-12T07:59:59+07:00", "2026-12-12T08:00:00+07:00", ""):
            connection.execute("select set_config('baocao.as_of', %s, true)", [at])
            found[at] = connection.execute(are_planted).fetchall()
        connection.rollback()
    assert list(found.values()) == [[(False,)], [(True,)], [(False,)]]


def test_a_status_is_computed_anew_only_where_something_was_decided_since_the_build():
    """The last correction is not built. Wrong statuses are stored to see which are read."""
    planted = "update intermediate.int_submission_status__stored set submission_id = gen_random_uuid()"
    are_planted = """
        select distinct not exists (
            select from raw.submission where submission.submission_id = status.submission_id)
        from intermediate.int_submission_status__history as status"""
    as_if_built = "update ops.partition_state set accepted_through = 1000000 where content = 'decisions'"
    with database.connect() as connection:
        connection.execute(planted)
        found = [connection.execute(are_planted).fetchall()]
        connection.execute(as_if_built)
        found.append(connection.execute(are_planted).fetchall())
        connection.rollback()
    assert found == [[(False,)], [(True,)]]


def test_before_anything_came_every_place_is_empty_and_not_zero(command):
    assert immunised(command, PROVINCE, "2026-11-19") == (None, None, None, 0, 99)


def test_the_workbook_of_a_moment_is_the_same_byte_for_byte_after_later_corrections_and_builds(season, command):
    assert rendered(BEFORE) == season.workbook_then
    assert rendered(BETWEEN) != season.workbook_then


def test_the_workbook_says_what_moment_and_what_catalogue_it_was_made_with(season, tmp_path):
    file = tmp_path / "then.xlsx"
    file.write_bytes(season.workbook_then)
    cells = [str(cell) for sheet in openpyxl.load_workbook(file) for row in sheet.values for cell in row]
    assert (
        "Như đã biết lúc 00:00 ngày 30/11/2026 · Số liệu được nhận đến 08:00 ngày 20/11/2026 · 3/99 đơn vị có báo cáo"
    ) in cells
    assert f"Danh mục chỉ tiêu và cách tính: phiên bản {season.catalogue}." in cells


def test_the_comparison_names_the_figure_the_file_and_the_cell(season, command):
    found = reported(command, "report", PROVINCE, PERIOD, "--compare", BEFORE, BETWEEN)
    (change,) = found["changes"]
    (step,) = change["steps"]

    assert (change["indicator_code"], change["measure"]) == ("5.1", "rate")
    assert (change["before"]["numerator"], change["after"]["numerator"]) == (576, 570)
    assert (change["before"]["value"], change["after"]["value"]) == (96, 95)
    assert (change["before"]["verdict"], change["after"]["verdict"]) == ("not_met", "not_met")
    assert (step["old_numerator"], step["new_numerator"], step["new_denominator"]) == ("291", "285", "300")
    assert (step["file_name"], step["unit_code"], step["submission_type"]) == (
        season.correction.name,
        CORRECTED,
        "correction",
    )
    sheet, _, cells = step["place"].partition("!")
    first, _, _ = cells.partition(":")
    assert openpyxl.load_workbook(season.correction)[sheet][first].value == 285
    assert step["accepted_at"] == "2026-12-05T08:00:00+07:00"


def test_the_wards_own_comparison_tells_the_turn_of_its_verdict(season):
    with database.connect() as connection:
        before, after = parse_timestamp(BEFORE), parse_timestamp(BETWEEN)
        (change,) = comparison_data.compare(connection, PROGRAMME, CORRECTED, PERIOD, before, after).changes
    assert change.before and change.after
    assert (change.before["verdict"], change.after["verdict"]) == ("met", "not_met")


def test_a_retraction_is_named_with_what_it_took_away(season, command):
    found = reported(command, "report", PROVINCE, PERIOD, "--compare", BETWEEN, AFTER)
    (change,) = found["changes"]
    (step,) = change["steps"]

    assert (change["before"]["units_reporting"], change["after"]["units_reporting"]) == (3, 2)
    assert (step["file_name"], step["submission_type"]) == ("withdrawn.csv", "retraction")
    assert (step["unit_code"], step["old_numerator"], step["new_numerator"]) == (WITHDRAWN, "95", None)


def test_between_two_moments_without_a_report_nothing_changed(season, command):
    assert reported(command, "report", PROVINCE, PERIOD, "--compare", "2026-12-09", "2026-12-11")["changes"] == []
    outcome = command("report", PROGRAMME, PROVINCE, PERIOD, "--compare", "2026-12-09", "2026-12-11")
    assert outcome.out.endswith("không có số liệu nào thay đổi.\n")


def test_the_comparison_for_people_and_its_workbook_say_the_same(season, command, tmp_path):
    out = tmp_path / "compared.xlsx"
    outcome = command("report", PROGRAMME, PROVINCE, PERIOD, "--compare", BEFORE, BETWEEN, "--out", out)
    assert "đính chính, nhận lúc 08:00 ngày 05/12/2026: tử số 291 → 285, mẫu số 300" in outcome.out
    book = openpyxl.load_workbook(out)
    assert [cell.value for cell in book["Thay đổi"][6]][:5] == [
        "5.1",
        "Tỷ lệ trẻ em dưới 1 tuổi được tiêm chủng đầy đủ 8 loại vắc xin",
        "%",
        "96",
        "95",
    ]
    assert season.correction.name in [cell.value for cell in book["Tệp đã thay đổi"][6]]


def test_a_trace_adds_up_to_the_figure_of_its_moment(season):
    for timestamp, numerator, reporting in ((BEFORE, 576, 3), (BETWEEN, 570, 3), (AFTER, 475, 2), (None, 475, 2)):
        with database.connect() as connection:
            set_session_as_of(connection, parse_timestamp(timestamp) if timestamp else None)
            traced = tracing.trace(connection, PROGRAMME, "5.1", PROVINCE, PERIOD)
        assert traced.figure
        assert (
            traced.figure["numerator"] == numerator == sum(row["numerator_low"] * row["weight"] for row in traced.parts)
        )
        assert len(traced.parts) == traced.figure["units_reporting"] == reporting


def test_a_trace_tells_the_rules_that_let_a_report_in_and_the_catalogue_that_made_the_figure(season, command):
    traced = reported(command, "trace", "5.1", PROVINCE, PERIOD, "--as-of", BEFORE)
    assert traced["build"]["catalogue_version"] == season.catalogue
    assert all(row["rules_version"] for row in traced["parts"])
    assert traced["as_of"] == "2026-11-30T00:00:00+07:00"


def test_a_moment_that_has_not_come_is_a_wrong_call(command):
    for arguments in (
        ("progress", PROGRAMME, PROVINCE, PERIOD, "--as-of", "2026-12-14"),
        ("trace", PROGRAMME, "5.1", PROVINCE, PERIOD, "--as-of", "2026-12-14"),
        ("report", PROGRAMME, PROVINCE, PERIOD, "--compare", BEFORE, "2026-12-14"),
        ("report", PROGRAMME, PROVINCE, PERIOD, "--compare", BETWEEN, BEFORE),
        ("progress", PROGRAMME, PROVINCE, PERIOD, "--as-of", "30/11"),
    ):
        assert command(*arguments).code == 2
    with pytest.raises(WrongCall):
        rendered("2026-12-14")


def test_a_moment_whose_reports_are_not_built_yet_is_refused(command):
    outcome = command("progress", PROGRAMME, PROVINCE, PERIOD, "--as-of", "2026-12-12T08:00")
    assert (outcome.code, "baocao build" in outcome.err) == (1, True)
    with pytest.raises(BaocaoError):
        rendered("2026-12-12T08:00")
    assert rendered("2026-12-12T07:59") != b""


def test_without_a_moment_the_newest_build_is_told(command):
    assert immunised(command, STEADY)[:3] == (190, 200, Decimal(95))


READING = ("alerts", "baocao", "pages", "pipeline", "publish")


def test_no_query_that_may_run_as_of_a_time_names_the_newest_rows(season):
    """What has a view of its own as of any time is named without a schema: the session's search path decides."""
    with database.connect() as connection:
        marts = connection.execute(
            "select relname from pg_class where relnamespace = 'marts_as_of'::regnamespace and relkind = 'v'"
        )
        twins = {name for (name,) in marts}
    assert {"fct_indicator_rollup", "rpt_indicator_progress", "rpt_provincial_scorecard"} <= twins
    named = re.compile(rf"\b(?:from|join)\s+marts\.({'|'.join(twins)})\b")
    files = [path for room in READING for path in (PROJECT_ROOT / room).rglob("*") if path.suffix in {".py", ".sql"}]
    assert len(files) > 100
    assert {str(path): found for path in files if (found := named.findall(path.read_text(encoding="utf-8")))} == {}


def test_after_each_build_what_is_stored_is_what_the_views_make(season):
    with database.connect() as connection:
        assert stored_marts.differences(connection) == {}


def test_a_tool_that_asks_the_newest_rows_for_an_earlier_time_gets_an_error_and_no_figures(season):
    with database.connect("bi") as connection:
        for mart in ("fct_indicator_rollup", "rpt_indicator_progress"):
            connection.execute(f"set baocao.as_of = '{BEFORE}'")
            with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="this table has the newest"):
                connection.execute(f"select * from marts.{mart} limit 1").fetchall()
            connection.rollback()


ACT = {"act": "Nghị quyết giả định năm 2028", "valid_from": "2028-06-15"}
RECORDED, NEW_NAME = "2028-03-01T08:00", "Tiêm chủng đầy đủ trẻ dưới 1 tuổi (tên giả định)"
Changes = dict[str, list[dict]]


def shipped(seed: str, **cells: str) -> dict[str, str]:
    (file,) = building.DBT_PROJECT.glob(f"seeds/*/{seed}.csv")
    (row,) = [row for row in read(file) if cells.items() <= row.items()]
    return row


def write_rows(file: Path, *rows: dict[str, str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def revised(season: Season, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changes]:
    """What a load of 2028 changed: an act revises a target from a later day on, an indicator has another name."""
    folder = tmp_path_factory.mktemp("danh-muc")
    target = shipped("targets", programme_code=PROGRAMME, indicator_code="5.1", target_scope="province")
    write_rows(folder / "targets.csv", target | {"target_low": "85", "raw": "≥85"} | ACT)
    name = shipped("indicators", programme_code=PROGRAMME, indicator_code="5.1")
    write_rows(folder / "indicators.csv", name | {"name_vi": NEW_NAME})
    build("2028-02-28T08:00")
    with pytest.MonkeyPatch.context() as environment, clock.at(RECORDED):
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        with database.connect(autocommit=True) as connection:
            catalogue_effects.keep(connection, "before")
            building.build()
            catalogue_effects.keep(connection, "after")
            rows = {"rows": catalogue_effects.rows_changed(connection)}
            yield rows | {kind: catalogue_effects.changed(connection, kind) for kind in catalogue_effects.KEYS}


def promised(command, as_of: str | None = None) -> tuple:
    """The province's own target of 2030 for 5.1, its verdict, and the indicator's name."""
    timestamp = ["--as-of", as_of] if as_of else []
    rows = reported(command, "progress", PROVINCE, PERIOD, *timestamp)
    row = next(row for row in rows if (row["indicator_code"], row["target_scope"]) == ("5.1", "province"))
    return row["target_low"], row["verdict"], row["indicator_name"] == NEW_NAME


def test_a_revised_target_is_read_as_it_was_until_its_day_and_a_new_name_from_its_load_on(revised, command):
    with clock.at("2028-06-16"):
        assert promised(command, "2027-12-31") == (97, "not_met", False)
        assert promised(command, "2028-03-01T07:59:59") == (97, "not_met", False)
        assert promised(command, RECORDED) == (97, "not_met", True)
        assert promised(command, "2028-06-14") == (97, "not_met", True)
        assert promised(command, "2028-06-14T23:59:59") == (97, "not_met", True)
        assert promised(command, "2028-06-15") == (85, "met", True)


def test_the_workbook_of_a_time_before_a_change_of_the_catalogue_is_the_same_byte_for_byte(season, revised):
    assert rendered(BEFORE) == season.workbook_then
    with clock.at("2028-06-16"):
        assert rendered("2028-06-14") == rendered("2028-06-14") != rendered("2028-06-15")


def test_what_a_change_of_the_catalogue_does_is_named_by_figure_verdict_obligation_and_letter(revised):
    assert revised == {
        "rows": [
            {"seed": "indicators", "programme_code": PROGRAMME, "begin": 1, "ended": 1},
            {"seed": "targets", "programme_code": PROGRAMME, "begin": 1, "ended": 0},
        ],
        **{kind: [] for kind in catalogue_effects.KEYS},
    }, "the revision is not in force yet"


def test_on_the_day_of_a_revision_the_catalogue_is_loaded_again_and_the_newest_figures_are_against_it(revised, command):
    loaded = runs.last("catalogue").run_id
    build("2028-06-14T08:00")
    assert runs.last("catalogue").run_id == loaded
    with clock.at("2028-06-15T07:00"), database.connect(autocommit=True) as connection:
        assert promised(command) == (97, "not_met", True)
        catalogue_effects.keep(connection, "before")
        build("2028-06-15T08:00")
        catalogue_effects.keep(connection, "after")
        changed = {kind: catalogue_effects.changed(connection, kind) for kind in catalogue_effects.KEYS}
        assert promised(command) == (85, "met", True)

    ((before, after),) = [
        (change["before"], change["after"])
        for change in changed.pop("verdicts")
        if (change["unit_code"], change["period"]) == (PROVINCE, PERIOD)
    ]
    assert (before["verdict"], before["target_low"], after["verdict"], after["target_low"]) == (
        "not_met",
        97,
        "met",
        85,
    )
    assert changed == {"figures": [], "obligations": [], "letters": []}


def test_a_plan_of_an_unchanged_catalogue_changes_nothing_and_leaves_no_copy(revised, command):
    with clock.at("2028-06-15T09:00"):
        outcome = command("catalogue", "plan", "--json")

    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out) == {
        "rows": [],
        "changes": {kind: [] for kind in catalogue_effects.KEYS},
        "unbuilt": False,
    }
    assert not list(get_settings().home.glob("rehearsal-*"))
