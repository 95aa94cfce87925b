"""From reports to points: the emulation sheet of An Giang's eleven districts, the criteria of Lạng Sơn's communes.

Every total here is added up by hand from the plans' own sheets.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from expectations import gate
from pipeline import building
from publish import reports
from publish.scores import data as score_data
from tests.integration import grain
from tests.integration.reports import put
from warehouse import clock, database
from warehouse.as_of import set_session_as_of
from warehouse.errors import WrongCall

EMULATION, FRIENDLY = "angiang-emulation-2022", "langson-child-friendly-2024"
LONG_XUYEN, AN_PHU, TAN_CHAU, PHU_TAN, CHAU_PHU, CHO_MOI = "883", "886", "887", "888", "889", "893"
QUIET, RISEN = "891", "892"
HOANG_VAN_THU, TAM_THANH, VINH_TRAI, DONG_KINH, CHI_LANG = "05971", "05974", "05977", "05980", "05983"

EVIDENCE = {"I.1": 10, "I.2": 5, "I.3": 5, "II.1": 5, "II.2": 5, "II.3": 10, "II.5": 10}
EVIDENCE |= {"III.1": 10, "III.2": 10, "III.3": 5}
BONUS = {"IV.2": 5, "IV.3": 5, "IV.4": 5, "IV.5": 10}
FIGURES = {
    "CT1": (9, 12),
    "CT2": (900, 1000),
    "CT3.1": (9, 1000),
    "CT3.2": (25, 2000),
    "CT3.3": (18, 1000),
    "CT4.1": (89, 1000),
    "CT4.2": (190, 1000),
    "CT4.3a": (49, 1000),
    "CT4.3b": (99, 1000),
    "CT5": (970, 1000),
    "CT6": (2, 100),
    "CT7": (60, 60),
    "CT8.1": (64, 1000),
    "CT8.2": (83, 100),
    "CT9.1": (17, 20),
    "CT9.2": (4, 4),
    "CT10": (49, 1000),
    "CT11.1": (55, 10000),
    "CT11.2": (16, 100000),
    "CT12": (30, 30),
    "CT13": (195, 200),
    "CT14": (90, 100),
    "CT15": (80, 100),
    "CT16": (97, 100),
    "CT17.1": (970, 1000),
    "CT17.2": (2, 1000),
    "CT18.1": (880, 1000),
    "CT18.2": (13, 1000),
    "CT19": (70, 100),
    "CT20.1": (45, 100),
    "CT20.2": (70, 100),
    "CT21": (35, 100),
    "CT22": (30, 100),
    "CT23": (70, 100),
    "CT24": (30, 100),
}
"""Each at its 2022 threshold or just within it: 24 targets of 140 points are met."""
NOTHING = {"CT6": (0, 0), "CT9.1": (0, 0), "CT9.2": ("KPS", "KPS"), "CT12": (None, None, "KPS"), "CT13": ("KPS", 0)}
"""No abuse, no disaster, no child marriage in two years, and no mother with HIV."""

ASSESSED_BY = {"PLDTBXH": (1, 6, 13), "PTP": (2,), "CA": (3, 4), "TTYT": (5, 7, 8, 9), "PGDDT": (10,)}
ASSESSED_BY |= {"THANHDOAN": (11,), "PVHTT": (12,)}
FULL = {1: 100, 6: 125, 7: 50} | dict.fromkeys((2, 3, 4, 5, 8, 9, 10, 11, 12, 13), 62)
"""275 + 10 × 62 = 895 points."""


def points_only(points: dict[str, int]) -> dict[str, tuple]:
    return {code: (None, None, value) for code, value in points.items()}


def receive(unit: str, lines: dict[str, tuple], at: str, agency: str = "UBND", **report: object) -> None:
    """One report about a district, received and validated at a given time."""
    known = {"programme": EMULATION, "period": "2022"} | report
    with clock.at(at):
        gate.check(put(unit, lines, agency_code=agency, **known))


def assess(unit: str, points: dict[int, int], not_met: tuple[int, ...] = (), without: str = "", by: str = "") -> None:
    """The agencies' assessments of a commune, each in a report of its own; by: all of them by one agency."""
    for agency, criteria in {by: tuple(points)}.items() if by else ASSESSED_BY.items():
        if agency != without:
            lines = points_only({str(number): points[number] for number in criteria})
            lines |= {f"{no}.dat": (None, None, "Không đạt" if no in not_met else "Đạt") for no in criteria}
            receive(unit, lines, "2024-11-10T08:00+07:00", agency, programme=FRIENDLY, period="2024")


@pytest.fixture(scope="module")
def season(own_database: str) -> Iterator[None]:
    building.prepare_catalogue()
    own = points_only(EVIDENCE | BONUS) | FIGURES
    for district in (CHO_MOI, PHU_TAN, CHAU_PHU):
        receive(district, own, "2022-10-03T08:00+07:00")
    receive(LONG_XUYEN, own | {"CT5": (1001, 1000)}, "2022-10-03T09:00+07:00")  # refused: more children than there are
    doubtful = {"CT5": (None, None, ">96"), "CT12": (None, None, "không áp dụng")}
    doubtful |= {"CT4.3a": (None, None, "không áp dụng")}
    receive(TAN_CHAU, own | doubtful, "2022-10-04T23:00+07:00")
    receive(QUIET, own | NOTHING, "2022-10-04T08:00+07:00")
    receive(RISEN, own | {"CT9.1": (3, 0), "CT13": (190, 200)}, "2022-10-04T08:00+07:00")
    failed = {"CT1": (8, 12), "CT2": (899, 1000), "CT3.2": (26, 2000), "CT5": (969, 1000), "CT6": (3, 100)}
    receive(AN_PHU, points_only(EVIDENCE) | FIGURES | failed, "2022-10-06T08:00+07:00")
    receive(CHO_MOI, {}, "2022-10-17T08:00+07:00", "UBND-DC", form="document")
    receive(CHO_MOI, points_only({"I.1": 8, "CT5.diem": 0}), "2022-10-18T16:00+07:00", "PHUC-TRA")
    for district in (CHO_MOI, PHU_TAN, CHAU_PHU, QUIET, RISEN):
        receive(district, points_only({"V.1": 0, "V.4": 0}), "2022-11-10T08:00+07:00", "SLDTBXH")
    receive(AN_PHU, points_only({"V.1": 5, "V.4": 0}), "2022-11-10T08:00+07:00", "SLDTBXH")

    assess(HOANG_VAN_THU, FULL)
    assess(TAM_THANH, FULL | {3: 0}, not_met=(3,))
    assess(VINH_TRAI, FULL, without="CA")
    assess(DONG_KINH, FULL, by="HDDG")
    assess(CHI_LANG, FULL | {1: 50, 6: 75})
    with clock.at("2024-12-01T08:00+07:00"):
        building.build()
    yield


def ranking(programme: str, period: str, as_of: str | None = None) -> dict[str, dict]:
    with database.connect() as connection:
        set_session_as_of(connection, datetime.fromisoformat(as_of) if as_of else None)
        return {row["unit_code"]: row for row in score_data.of_period(connection, programme, period)}


def lines(row: dict) -> dict[str, dict]:
    return {line["criterion_code"]: line for line in row["criteria"]}


def counted(row: dict, *codes: str) -> list[int | None]:
    found = lines(row)
    return [found[code]["counted_points"] for code in codes]


@pytest.fixture(scope="module")
def districts(season: None) -> dict[str, dict]:
    return ranking(EMULATION, "2022")


def test_all_that_is_met_and_evidenced_gives_215_and_the_bonus_30(districts):
    best = districts[PHU_TAN]
    assert counted(best, "I", "II", "II.4", "III", "IV", "V") == [20, 170, 140, 25, 30, 0]
    assert (best["total_points"], best["is_final"], best["reasons"]) == (245, True, [])


def test_units_with_equal_points_share_a_rank_and_who_has_not_reported_has_none(districts):
    ranks = {code: (row["rank"], row["total_points"]) for code, row in districts.items()}
    assert len(ranks) == 11
    assert ranks == {
        PHU_TAN: (1, 245),
        CHAU_PHU: (1, 245),
        QUIET: (1, 245),
        TAN_CHAU: (4, 235),
        CHO_MOI: (5, 231),
        RISEN: (6, 230),
        AN_PHU: (7, 175),
        LONG_XUYEN: (None, -6),
        "884": (None, -6),
        "890": (None, -6),
        "894": (None, -6),
    }
    assert {code for code, row in districts.items() if not row["has_reported"]} == {LONG_XUYEN, "884", "890", "894"}


def test_a_district_in_which_nothing_occurred_loses_no_point(districts):
    quiet = districts[QUIET]
    assert counted(quiet, "CT6", "CT9", "CT12", "CT13", "IV.1", "V.3") == [5, 10, 5, 5, 5, 0]
    assert (quiet["total_points"], quiet["is_final"], quiet["reasons"]) == (245, True, [])


def test_three_cases_after_none_are_open_and_a_reduction_beyond_the_range_is_met(districts):
    """No base to compute a reduction from: CT9 waits for the inspection, the bonus with it. CT13: 5 % for 2 to 3."""
    risen = districts[RISEN]
    assert counted(risen, "CT9", "CT13", "IV.1", "V.3") == [None, 5, None, None]
    assert (lines(risen)["CT9"]["reason"], lines(risen)["CT9"]["reason_codes"]) == ("undetermined", "CT9.1")
    assert (risen["total_points"], risen["open_points"], risen["open_deductions"]) == (230, 15, -2)


@pytest.mark.parametrize(
    ("result", "total", "open_points", "is_final"),
    [("met", 245, 0, True), ("excluded", 240, 0, True), ("not_met", 233, 0, True), ("open", 235, 10, False)],
)
def test_what_nothing_counts_is_a_row(season, result, total, open_points, is_final):
    """Left out, CT12 gives no points and takes no bonus; open, the bonus waits with it; failed, both are lost."""
    change = "update catalogue.zero_base_rules set result = %s where criterion_code = 'CT12'"
    with database.connect() as connection:
        connection.execute(change, [result])
        connection.commit()
        quiet = ranking(EMULATION, "2022")[QUIET]
        connection.execute(change, ["met"])
    assert (quiet["total_points"], quiet["open_points"], quiet["is_final"]) == (total, open_points, is_final)


def test_the_rescore_counts_and_takes_the_bonus_and_two_points_with_it(districts):
    """20 − 2, 170 − 5, 25, and of the bonus 25: not every target is met any more; −2 for the one that is not."""
    inspected = districts[CHO_MOI]
    found = lines(inspected)
    assert [found["I.1"][part] for part in ("self_points", "verified_points", "counted_points")] == [10, 8, 8]
    assert [found["CT5"][part] for part in ("computed_points", "verified_points", "counted_points")] == [5, 0, 0]
    assert found["CT5"]["agency_code"] == "PHUC-TRA"
    assert counted(inspected, "I", "II", "III", "IV.1", "IV", "V.2", "V.3", "V") == [18, 165, 25, 0, 25, 0, -2, -2]
    assert (inspected["total_points"], inspected["is_final"]) == (231, True)


def test_deductions_of_21_take_15_and_a_compound_target_gives_all_or_nothing(districts):
    """Five targets failed: −10. The report arrived on 6/10, the outline for the inspection never: −6. V.1: −5."""
    poor = districts[AN_PHU]
    assert counted(poor, "V.1", "V.2", "V.3", "V.4", "V") == [-5, -6, -10, 0, -15]
    assert (lines(poor)["CT3"]["reason"], lines(poor)["CT3"]["reason_codes"]) == ("not_met", "CT3.2")
    assert lines(poor)["V.2"]["reason_codes"] == "UBND, UBND-DC"
    assert counted(poor, "I", "II", "III", "IV") == [20, 145, 25, 0]
    assert (poor["points_before_deductions"], poor["deductions"], poor["total_points"]) == (190, -15, 175)
    assert (poor["open_points"], poor["open_deductions"], poor["is_final"]) == (25, 0, False)


def test_what_is_not_known_is_open_and_not_zero(districts):
    """ ">96" may be 97: CT5, and with it the bonus of 5. CT12 does not apply: no disaster, as its row says
    of nothing. CT4 is decided without its rural part."""
    doubtful = districts[TAN_CHAU]
    found = lines(doubtful)
    assert counted(doubtful, "CT4", "CT5", "CT12", "IV.1", "V.3") == [5, None, 5, None, None]
    assert [found[code]["reason"] for code in ("CT5", "CT12", "V.1")] == ["undetermined", None, "not_verified"]
    assert (doubtful["total_points"], doubtful["open_points"], doubtful["open_deductions"]) == (235, 10, -12)


def test_a_refused_report_is_a_missing_one(districts):
    assert counted(districts[LONG_XUYEN], "V.2", "I", "II") == [-6, None, None]
    assert lines(districts[LONG_XUYEN])["I.1"]["reason"] == "not_reported"


def test_the_sheet_of_an_earlier_moment_can_be_told_again(districts):
    """On 10/10 nobody had inspected: 245 with the district's own points; the outline for the inspection was not due."""
    before = ranking(EMULATION, "2022", "2022-10-10T08:00+07:00")
    assert (before[CHO_MOI]["total_points"], districts[CHO_MOI]["total_points"]) == (245, 231)
    assert counted(before[CHO_MOI], "I.1", "CT5", "V.2") == [10, 5, None]
    assert counted(before[AN_PHU], "V.2") == [-3]
    on_the_eve = ranking(EMULATION, "2022", "2022-10-04T12:00+07:00")
    assert on_the_eve[AN_PHU]["total_points"] is None
    assert lines(on_the_eve[AN_PHU])["V.2"]["reason"] == "not_due"


def test_without_class_and_maximum_points_a_commune_is_undetermined_and_it_is_said_why(season):
    reported = ranking(FRIENDLY, "2024")
    assert len(reported) == 8
    assessed = reported[HOANG_VAN_THU]
    unknown = [f"points_unknown {number}" for number in (2, 3, 4, 5, 8, 9, 10, 11, 12, 13)]
    assert (assessed["verdict"], assessed["total_points"], assessed["rank"]) == ("undetermined", 895, None)
    assert assessed["reasons"] == ["class_unknown", *unknown]
    assert (reported[TAM_THANH]["verdict"], "scored_zero 3" in reported[TAM_THANH]["reasons"]) == (
        "not_recognised",
        True,
    )
    waiting = reported[VINH_TRAI]
    assert (waiting["verdict"], waiting["total_points"]) == ("undetermined", 771)
    assert {"not_verified 3 CA", "not_verified 4 CA"} <= set(waiting["reasons"])
    own = lines(reported[DONG_KINH])["1"]
    assert (own["self_points"], own["counted_points"], own["reason"]) == (100, None, "not_verified")
    assert reported[DONG_KINH]["total_points"] is None


CHANGED_SHEETS = ["run", "--select", "int_scores__required_lines", "int_unit_classes__in_force"]


@pytest.fixture
def filled_in(season: None) -> Iterator[dict[str, dict]]:
    """An office fills in the classes, and the maximum points that no source names: 10 × 72.5 (made up) to 1 000."""
    with database.connect() as connection:
        connection.execute(
            "update catalogue.unit_classes set class_code = 'con-lai' where programme_code = %s", [FRIENDLY]
        )
        connection.execute(
            "update catalogue.criteria set max_points = 72.5 "
            "where programme_code = %s and kind = 'line' and max_points is null",
            [FRIENDLY],
        )
        connection.commit()
        building.run_dbt(CHANGED_SHEETS)
        yield ranking(FRIENDLY, "2024")
        connection.execute("update catalogue.unit_classes set class_code = null where programme_code = %s", [FRIENDLY])
        connection.execute(
            "update catalogue.criteria set max_points = null where programme_code = %s and max_points = 72.5",
            [FRIENDLY],
        )
        connection.commit()
    building.run_dbt(CHANGED_SHEETS)


def test_once_an_office_has_filled_in_the_blanks_communes_are_recognised_or_not(filled_in):
    verdicts = {code: (row["verdict"], row["total_points"], row["reasons"]) for code, row in filled_in.items()}
    assert verdicts[HOANG_VAN_THU] == ("recognised", 895, [])
    assert verdicts[TAM_THANH] == ("not_recognised", 833, ["below_threshold", "scored_zero 3"])
    assert verdicts[VINH_TRAI] == ("undetermined", 771, ["not_verified 3 CA", "not_verified 4 CA"])
    assert verdicts[CHI_LANG] == ("not_recognised", 795, ["below_threshold"])
    assert filled_in[VINH_TRAI]["open_points"] == 145
    assert {row["threshold"] for row in filled_in.values()} == {850}


def test_the_command_tells_the_ranking_and_refuses_a_programme_that_scores_nobody(season, command):
    reported = command("score", EMULATION, "2022", "--json")
    rows = json.loads(reported.out)
    assert (reported.code, len(rows)) == (0, 11)
    assert (rows[0]["rank"], rows[0]["total_points"], len(rows[0]["criteria"])) == (1, 245, 53)
    people = command("score", FRIENDLY, "2024")
    assert people.code == 0 and "Không đủ điều kiện" in people.out
    assert "    tiêu chí 3, 4: chưa có điểm thẩm định (Công an thành phố)" in people.out
    refused = command("score", "bacninh-2026-2030", "2026")
    assert (refused.code, "no score sheet" in refused.err) == (2, True)
    assert command("score", EMULATION, "2019").code == 2


def test_progress_and_trace_of_a_unit_without_figures_tell_what_is_owed_and_by_when(season, command):
    unreported = command("progress", EMULATION, LONG_XUYEN, "2022")
    assert unreported.code == 0 and "883 · 2022: chưa có báo cáo nào được nhận." in unreported.out
    assert "UBND: đã gửi nhưng bị trả lại, ngày cuối 04/10/2022" in unreported.out
    traced = command("trace", EMULATION, "CT5", "891", "2022", "--as-of", "2022-10-01T08:00")
    assert "UBND: chưa đến hạn, ngày cuối 04/10/2022" in traced.out
    below = command("trace", FRIENDLY, "1", "178", "2024")
    assert "đơn vị bên dưới" in below.out
    assert json.loads(command("progress", EMULATION, LONG_XUYEN, "2022", "--json").out) == []
    assert command("progress", EMULATION, "99999", "2022").code == 2
    nothing = command("progress", EMULATION, "07228", "2022")
    assert "Không có báo cáo nào phải nộp về đơn vị này trong kỳ." in nothing.out


def cells(path: Path, sheet: str) -> list[tuple]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_the_workbook_holds_the_sheet_line_by_line_and_is_the_same_every_time(season, tmp_path):
    path = reports.report(EMULATION, CHO_MOI, "2022", tmp_path / "sheet.xlsx")
    table = cells(path, "Bảng điểm")
    row = next(row for row in table if row[1] and str(row[1]).startswith("Chỉ tiêu 5:"))
    assert row[2:7] == (5, "–", 5, 0, 0)
    assert row[7] == "Được chấm 0 điểm (Đoàn kiểm tra việc thực hiện quyền trẻ em tỉnh An Giang)"
    late = next(row for row in table if row[1] and str(row[1]).startswith("Nếu báo cáo trễ hạn"))
    assert (late[6], late[7]) == (0, "Không có báo cáo trễ hạn hoặc thiếu")
    assert next(row for row in table if row[0] == "TỔNG ĐIỂM")[6] == 231
    quiet = cells(reports.report(EMULATION, QUIET, "2022", tmp_path / "quiet.xlsx"), "Bảng điểm")
    disasters = next(row for row in quiet if row[1] and str(row[1]).startswith("Chỉ tiêu 12:"))
    assert (disasters[6], disasters[7]) == (5, "Không phát sinh, tính là đạt: CT12")
    assert any(str(row[0]).startswith("Giả định, CT12, không phát sinh: tính là đạt.") for row in quiet)
    again = reports.report(EMULATION, CHO_MOI, "2022", tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()


def test_the_provinces_workbook_is_the_ranking_and_the_citys_the_verdicts(season, tmp_path):
    ranked = cells(reports.report(EMULATION, "89", "2022", tmp_path / "89.xlsx"), "Tổng hợp điểm")
    first = next(row for row in ranked if row[0] == 1)
    assert first[1:9] == ("Huyện Phú Tân", 20, 170, 25, 30, 245, 0, 245)
    unreported = next(row for row in ranked if row[1] == "Thành phố Long Xuyên")
    assert (unreported[0], unreported[8], unreported[11]) == ("–", -6, "chưa báo cáo")
    assert sum(str(row[0]).startswith("Giả định, ") for row in ranked) == 8
    recognition = cells(reports.report(FRIENDLY, "178", "2024", tmp_path / "178.xlsx"), "Tổng hợp điểm")
    row = next(row for row in recognition if row[1] == "Phường Vĩnh Trại")
    assert (row[4], row[5]) == (771, "Chưa xác định")
    assert "Tiêu chí 3, 4: chưa có điểm thẩm định (Công an thành phố)" in row[6]


def test_a_unit_that_is_not_scored_has_no_sheet(season):
    with database.connect() as connection:
        assert score_data.load(connection, EMULATION, "24", "2022") is None
        assert score_data.load(connection, "bacninh-2026-2030", "07228", "2026") is None
        with pytest.raises(WrongCall):
            score_data.load(connection, EMULATION, CHO_MOI, "2019")
    assert score_data.points(Decimal("-2.5")) == "−2,5"


def test_every_mart_keeps_its_grain(season):
    assert grain.broken() == []
