"""Who owes what by when, over time: rows of a made-up catalogue on a made-up map, and the letters that come of them.

Two provinces report to a ministry, their communes to them, each level by its own day. Two communes merge between the
reminders and the deadline. A second programme begins twelve days before its first report is due.
"""

from collections.abc import Iterator

import psycopg
import pytest

from pipeline import building, receiving
from tests.integration.conftest import forget_reports
from tests.integration.letterbox import Letterbox
from tests.integration.own_catalogue import own_catalogue
from tests.integration.reminded import contact, remind
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of, set_session_as_of_unchecked

CHAIN, LATE_START = "chuoi-cap-gia-dinh", "bat-dau-giua-nam-gia-dinh"
MADE_UP = "số liệu giả định"
MERGED_ON = "2026-11-15"


def unit(code: str, level: str, parent: str = "", begins: str = "", ends: str = "") -> dict[str, object]:
    return {
        "unit_id": f"{code}@{begins or 'start'}",
        "unit_code": code,
        "unit_name": f"Đơn vị giả định {code}",
        "unit_type": "tỉnh" if level == "province" else "xã",
        "unit_level": level,
        "parent_code": parent,
        "valid_from": begins,
        "valid_to": ends,
    }


UNITS = [
    unit("71", "province"),
    unit("72", "province"),
    unit("71001", "commune", "71"),
    unit("71002", "commune", "71", ends=MERGED_ON),
    unit("71003", "commune", "71", ends=MERGED_ON),
    unit("71009", "commune", "71", begins=MERGED_ON),
    unit("72001", "commune", "72"),
]
LINEAGE = [
    {
        "old_unit_id": f"{old}@start",
        "old_code": old,
        "old_name": f"Đơn vị giả định {old}",
        "new_unit_id": f"71009@{MERGED_ON}",
        "new_code": "71009",
        "new_name": "Đơn vị giả định 71009",
        "relation": "whole",
        "effective_on": MERGED_ON,
    }
    for old in ("71002", "71003")
]


def deadline(period: str, level: str, on: str, reading: str, revision: int = 1, decided_on: str = "") -> dict:
    phrase = f"{'trước' if reading == 'exclusive' else 'chậm nhất'} ngày {on[8:]}/{on[5:7]}"
    return {
        "period": period,
        "unit_level": level,
        "agency_code": "UBND",
        "revision": revision,
        "deadline_on": on,
        "reading": reading,
        "phrase_vi": phrase,
        "decided_on": decided_on,
        "is_assumption": "true",
        "source": MADE_UP,
    }


def reporter(level: str, within: str) -> dict:
    return {
        "unit_level": level,
        "agency_code": "UBND",
        "form": "figures",
        "is_owed": "true",
        "feeds_rollup": str(level == "commune").lower(),
        "within_unit_code": within,
        "period_from": "2026",
        "period_to": "2026",
        "is_assumption": "true",
        "basis_vi": MADE_UP,
        "source": MADE_UP,
    }


STAGES = (
    ("reminder_14", "reporter", 10, -14, "calendar"),
    ("reminder_7", "reporter", 20, -7, "calendar"),
    ("missing", "reporter", 40, 1, "calendar"),
    ("missing", "supervisor", 40, 1, "calendar"),
    ("escalation_3", "owner", 50, 3, "working"),
)
INDICATOR = {
    "indicator_code": "1",
    "sort_order": 1,
    "name_vi": "Trẻ em giả định",
    "unit_vi": "trẻ em",
    "aggregation": "sum",
    "is_part_of_whole": "false",
    "numerator_vi": "trẻ em",
    "milestone_path": "none",
    "is_required": "true",
    "is_sensitive": "false",
    "min_coverage_pct": 100,
    "hard_min": 0,
    "code_source": "ours",
    "made_by": "our reading",
    "source_line": 1,
}
ROWS: dict[str, dict[str, list[dict]]] = {
    CHAIN: {
        "programmes": [
            {"root_unit_code": "BO-GIA-DINH", "starts_on": "2026-01-01", "data_window": "administrative"},
        ],
        "agencies": [{"agency_code": "BO-GIA-DINH", "name_vi": "Bộ giả định", "source": MADE_UP}],
        "periods": [{"period": "2026", "kind": "owed"}, {"period": "2026-10", "kind": "owed"}],
        "reporters": [reporter(level, within) for level in ("commune", "province") for within in ("71", "72")],
        "deadlines": [
            deadline("2026", "commune", "2026-11-20", "exclusive"),
            deadline("2026", "province", "2026-12-20", "inclusive"),
            deadline("2026", "province", "2026-11-25", "inclusive", revision=2, decided_on="2026-10-15"),
        ],
    },
    LATE_START: {
        "programmes": [{"root_unit_code": "72", "starts_on": "2026-11-18", "data_window": "calendar"}],
        "periods": [{"period": "2026-Q3", "kind": "owed"}, {"period": "2026", "kind": "owed"}],
        "reporters": [reporter("commune", "72")],
        "deadlines": [
            deadline("2026-Q3", "commune", "2026-10-25", "inclusive"),
            deadline("2026", "commune", "2026-11-30", "exclusive"),
        ],
    },
}
OF_EVERY_PROGRAMME = {
    "indicators": [INDICATOR],
    "indicator_measures": [
        {"indicator_code": "1", "unit_level": level, "measure": "count"} for level in ("commune", "province")
    ],
    "alert_stages": [
        dict(zip(("stage", "audience", "sort_order", "day_offset", "day_kind"), stage, strict=True))
        | {"is_assumption": "true", "source": MADE_UP}
        for stage in STAGES
    ],
}
PLAN = {
    "document_vi": MADE_UP,
    "ends_on": "2026-12-31",
    "period_type": "year",
    "day_off_rule": "stays",
    "min_coverage_pct": 100,
    "assumptions_vi": MADE_UP,
    "source": MADE_UP,
}


@pytest.fixture(scope="module", autouse=True)
def built(empty_database: str) -> Iterator[None]:
    with own_catalogue() as catalogue:
        catalogue.draw_map(UNITS, LINEAGE)
        for programme, seeds in ROWS.items():
            of = {"programme_code": programme}
            for seed, rows in (seeds | OF_EVERY_PROGRAMME).items():
                plan = PLAN | {"name_vi": f"Chương trình {programme}"} if seed == "programmes" else {}
                catalogue.append(seed, [of | plan | row for row in rows])
        building.build()
        yield


@pytest.fixture
def season() -> Iterator[psycopg.Connection]:
    """Nothing was received and nobody was notified, in a warehouse that has run since September 2026."""
    forget_reports()
    with database.connect(autocommit=True) as connection:
        connection.execute("truncate ops.alert_ledger, ops.message, ops.contact restart identity cascade")
        connection.execute(
            "insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value "
            "values (0, 'receive', 'succeeded', '2026-09-01+07')"
        )
        yield connection


def sent_on(letterbox: Letterbox, day: str) -> list[str]:
    """Who gets a letter in the run of seven o'clock."""
    letterbox.letters.clear()
    remind(f"{day}T07:00:00+07:00")
    return sorted(letter["To"] for letter in letterbox.letters)


def plain(letterbox: Letterbox, recipient: str) -> str:
    (letter,) = (letter for letter in letterbox.letters if letter["To"] == recipient)
    return str(letter.get_body(("plain",)).get_content())


def obligations(connection: psycopg.Connection, programme: str, timestamp: str) -> list[tuple]:
    set_session_as_of_unchecked(connection, parse_timestamp(timestamp))
    try:
        return connection.execute(
            "select period, unit_code, reason, last_on_time_on::text from marts.fct_report_obligation "
            "where programme_code = %s order by 1, 2",
            [programme],
        ).fetchall()
    finally:
        set_session_as_of(connection, None)


def test_each_level_owes_by_its_own_day_and_answers_to_the_level_above(season, letterbox, tmp_path):
    """Communes owe "trước ngày 20/11" and answer to their province, provinces by 25/11, to the ministry."""
    for code in ("71", "72"):
        contact(season, code, f"tinh-{code}@example.org")
        contact(season, code, f"tong-hop-{code}@example.org", "supervisor")
    contact(season, "BO-GIA-DINH", "vu-tong-hop@example.org", "supervisor")
    contact(season, "BO-GIA-DINH", "lanh-dao-bo@example.org", "owner")
    provinces = ["tinh-71@example.org", "tinh-72@example.org"]

    assert sent_on(letterbox, "2026-11-18") == provinces  # seven days before the 25th
    assert sent_on(letterbox, "2026-11-19") == []
    assert sent_on(letterbox, "2026-11-20") == ["tong-hop-71@example.org", "tong-hop-72@example.org"]
    above = plain(letterbox, "tong-hop-71@example.org")
    assert "71001" in above and "71009" in above and "72001" not in above
    assert sent_on(letterbox, "2026-11-25") == ["lanh-dao-bo@example.org"]  # communes, on the third working day
    assert sent_on(letterbox, "2026-11-26") == [*provinces, "vu-tong-hop@example.org"]
    above = plain(letterbox, "vu-tong-hop@example.org")
    assert above.startswith("Kính gửi Bộ giả định,") and "71 " in above and "71001" not in above
    # provinces, on the third working day, and the other programme's commune to its province
    assert sent_on(letterbox, "2026-11-30") == ["lanh-dao-bo@example.org", "tong-hop-72@example.org"]


def test_a_moved_deadline_was_another_one_before_its_decision(season):
    """The provinces' day was 20/12 until the decision of 15/10/2026 made it 25/11; dim_deadline says the same."""

    def of_71(timestamp: str) -> list[tuple]:
        return [row for row in obligations(season, CHAIN, timestamp) if row[:2] == ("2026", "71")]

    assert of_71("2026-10-14T23:59:59") == [("2026", "71", "active", "2026-12-20")]
    assert of_71("2026-10-15") == [("2026", "71", "active", "2026-11-25")]
    assert of_71("2025-12-31") == []

    set_session_as_of_unchecked(season, parse_timestamp("2026-10-14"))
    query = "select last_on_time_on::text, revision from marts.dim_deadline where unit_level = 'province'"
    before = season.execute(query).fetchall()
    set_session_as_of(season, None)
    assert (before, season.execute(query).fetchall()) == ([("2026-12-20", 1)], [("2026-11-25", 2)])


def test_a_programme_that_begins_in_mid_year_owes_and_reminds_from_its_beginning_on(season, letterbox):
    """It begins on 18 November. Its third quarter was due on 25 October; fourteen days before 29/11 is the 15th."""
    contact(season, "72001", "xa@example.org")
    days = {day: sent_on(letterbox, day) for day in ("2026-11-17", "2026-11-18", "2026-11-21")}
    of_the_chain = season.execute("delete from ops.alert_ledger where programme_code = %s", [CHAIN]).rowcount
    assert of_the_chain > 0
    assert days["2026-11-17"] == ["xa@example.org"]  # the chain's own reminder
    assert days["2026-11-18"] == []
    assert season.execute("select * from ops.alert_ledger").fetchall() == []
    sent_on(letterbox, "2026-11-22")
    stages = season.execute("select stage, status from ops.alert_ledger where programme_code = %s", [LATE_START])
    assert stages.fetchall() == [("reminder_7", "sent")]
    assert obligations(season, LATE_START, "2026-11-17T23:59:59") == []
    assert obligations(season, LATE_START, "2026-11-18") == [("2026", "72001", "active", "2026-11-29")]


def test_the_heir_of_a_merger_is_reminded_before_it_exists_and_a_missing_contact_names_it(season, letterbox, caplog):
    """On 5 November 71002 and 71003 still exist; 71009, which they become on the 15th, owes the report of the 19th."""
    contact(season, "71003", "xa-cu@example.org")
    assert sent_on(letterbox, "2026-11-05") == []
    assert f"{CHAIN} 2026: 3 reports without a reporter to write to: 71001, 71009, 72001" in caplog.text
    contact(season, "71009", "xa-moi@example.org")
    assert sent_on(letterbox, "2026-11-06") == ["xa-moi@example.org"]
    assert "Đơn vị giả định 71009 (mã 71009)" in plain(letterbox, "xa-moi@example.org")


def test_a_file_of_a_unit_that_ends_before_the_deadline_is_accepted_and_frees_nobody(season, tmp_path):
    """Sent on 10 November, while 71003 exists: the report of the 19th is 71009's, and 71003 cannot send it for it."""
    file = tmp_path / "bao-cao.csv"
    header = ",".join(["programme", "period", "unit_code", "indicator", "numerator", "denominator", "value", "note"])
    lines = [f"{CHAIN},2026,{code},1,,,12,{MADE_UP}" for code in ("71001", "71003")]
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    with clock.at("2026-11-10T08:00:00+07:00"):
        (receipt,) = receiving.receive([str(file)])
    verdicts = {reported["unit"]: reported["status"] for reported in receipt.submissions}
    assert verdicts == {"71001": "accepted", "71003": "accepted"}
    query = """
        select verdict.unit_id from ops.submission_verdict as verdict
        join raw.submission using (submission_id) where unit_code = %s
    """
    assert season.execute(query, ["71003"]).fetchall() == [("71003@start",)]
    owing = {unit for period, unit, *_ in obligations(season, CHAIN, "2026-11-10T09:00") if period == "2026"}
    assert "71009" in owing and "71003" not in owing


def test_a_months_form_names_the_month_and_the_window_of_the_decree(command, tmp_path):
    path = tmp_path / "mau.xlsx"
    reported = command("template", CHAIN, "71001", "2026-10", "--out", path)
    assert reported.code == 0, reported.err

    import openpyxl

    heading = str(openpyxl.load_workbook(path).worksheets[0]["A3"].value)
    assert "kỳ báo cáo: tháng 10 năm 2026" in heading
    assert "số liệu từ 15/09/2026 đến 14/10/2026" in heading


def test_the_windows_that_the_rows_leave_open_are_told_by_the_marts(season):
    rows = season.execute(
        "select period, data_from::text, data_to::text from marts.dim_period where programme_code = %s order by 1",
        [CHAIN],
    ).fetchall()
    assert rows == [("2026", "2025-12-15", "2026-12-14"), ("2026-10", "2026-09-15", "2026-10-14")]


def test_figures_that_are_closed_after_they_are_due_are_a_warning_of_the_build(season):
    """The year's figures close on 14/12 by the decree, and both levels owe them in November."""
    (found,) = season.execute(
        "select status, failures from ops.node_result where node_id like 'test.baocao.figures_close_a_working_day%'"
    ).fetchall()
    assert found == ("warn", 2)
