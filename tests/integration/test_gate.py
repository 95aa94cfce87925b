"""The gate on a real database: which rule answers what, and how verdicts come into being."""

import gc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.synchronize import SemLock
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest

from expectations import context, gate
from expectations.context import CheckBroken
from expectations.rules import Rule, Suite
from expectations.suites import raw_cell, raw_line
from tests.integration.reports import VERDICT, put, verdict
from warehouse import clock, database

pytestmark = pytest.mark.usefixtures("reported_before")

FULL = {"submission_type": "full"}
CORRECTION = {"submission_type": "correction"}
"""Most reports here are corrections: they need not hold every required line."""

CORRECTED = ("07228", "07210", "24")
"""These have an empty full report of 2026 behind them, accepted before the test begins."""

BEFORE = "before the test"
"""The rules_version of those."""


@pytest.fixture
def reported_before(session: psycopg.Connection) -> None:
    for unit in CORRECTED:
        session.execute(VERDICT, verdict(put(unit, {}, **FULL), "2025-01-01", rules=BEFORE))


def stop_if_broken(*submissions: UUID) -> None:
    gate.check(*submissions)


def status(session: psycopg.Connection, submission: UUID) -> str:
    (found,) = session.execute(
        "select status from ops.submission_verdict where submission_id = %s", [submission]
    ).fetchone()
    return found


def issues(session: psycopg.Connection, submission: UUID) -> list[tuple[str, str | None]]:
    return session.execute(
        "select rule, coalesce(sheet || '!' || cell, line::text) from ops.submission_issue "
        "where submission_id = %s order by issue_id",
        [submission],
    ).fetchall()


def message(session: psycopg.Connection, submission: UUID) -> str:
    (found,) = session.execute(
        "select message_vi from ops.submission_issue where submission_id = %s", [submission]
    ).fetchone()
    return found


def test_a_line_whose_parts_make_sense_is_accepted(session):
    report = put("07228", {"5.1": (291, 300, "97"), "1": (None, None, "Có"), "3.1": ("KPS", 300)}, **CORRECTION)
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == ("accepted", [])


def test_a_file_that_carries_another_units_id_comes_back_and_says_whose_code_it_is(session):
    own = put("07228", {"5.1": (291, 300)}, unit_id="07228@2025-07-01", **CORRECTION)
    others = put("07228", {"5.1": (291, 300)}, unit_id="07228@start", **CORRECTION)
    nobodys = put("07228", {"5.1": (291, 300)}, unit_id="ghi tay", **CORRECTION)
    stop_if_broken(own, others, nobodys)
    assert [status(session, report) for report in (own, others, nobodys)] == ["accepted", "rejected", "accepted"]
    assert [rule for rule, _ in issues(session, others)] == ["unit_misidentified"]
    assert "07228@start" in message(session, others) and "Phường Đa Mai" in message(session, others)


@pytest.mark.parametrize(
    ("lines", "rule", "address"),
    [
        ({"5.1": (101, 100)}, "numerator_above_denominator", "Báo cáo!D10"),
        ({"5.1": (">100", 100)}, "numerator_above_denominator", "Báo cáo!D10"),
        ({"5.1": (5, "KPS")}, "numerator_above_denominator", "Báo cáo!D10"),
        ({"14": (5, None)}, "denominator_missing", "Báo cáo!E10"),
        ({"13": (2, None)}, "denominator_missing", "Báo cáo!E10"),
        ({"14": (None, 5)}, "numerator_missing", "Báo cáo!D10"),
        ({"14": ("KPS", None)}, "denominator_missing", "Báo cáo!E10"),
        ({"14": (None, None, "101")}, "value_outside_hard_range", "Báo cáo!F10"),
        ({"14": (None, None, ">100")}, "value_outside_hard_range", "Báo cáo!F10"),
        ({"14": (None, None, "99-101")}, "value_outside_hard_range", "Báo cáo!F10"),
        ({"3.1": (None, None, ">1000")}, "value_outside_hard_range", "Báo cáo!F10"),
        ({"3.1": (6, 5)}, "figure_outside_hard_range", "Báo cáo!D10"),
        ({"3.1": (">10", 5)}, "figure_outside_hard_range", "Báo cáo!D10"),
        ({"3.1": (">5", 5)}, "figure_outside_hard_range", "Báo cáo!D10"),
        ({"3.1": ("6-7", "2-5")}, "figure_outside_hard_range", "Báo cáo!D10"),
        ({"3.1": (6, "<6")}, "figure_outside_hard_range", "Báo cáo!D10"),
        ({"5.1": ("không áp dụng", "không áp dụng", "97")}, "not_applicable_beside_number", "Báo cáo!F10"),
        ({"5.1": (None, "không áp dụng", ">96")}, "not_applicable_beside_number", "Báo cáo!F10"),
        ({"5.1": (291, 300, "không áp dụng")}, "not_applicable_beside_number", "Báo cáo!F10"),
        ({"5.1": ("KPS", 300, "không áp dụng")}, "not_applicable_beside_number", "Báo cáo!F10"),
        ({"11.1": (None, None, "2,5")}, "count_not_whole", "Báo cáo!F10"),
        ({"5.1": ("1,5", 300)}, "count_not_whole", "Báo cáo!D10"),
        ({"1": (None, None, "75")}, "yes_no_expected", "Báo cáo!F10"),
        ({"14": (None, None, "Có")}, "yes_no_unexpected", "Báo cáo!F10"),
        ({"14": ("Không", 300)}, "yes_no_unexpected", "Báo cáo!D10"),
        ({"99": (1, 2)}, "indicator_unknown", "Báo cáo!A10"),
        ([("5.1", (291, 300)), ("5.1", (290, 300))], "line_twice", "Báo cáo!A11"),
    ],
)
def test_a_line_that_breaks_a_critical_rule_rejects_its_report(session, lines, rule, address):
    report = put("07228", lines, **CORRECTION)
    stop_if_broken(report)
    assert status(session, report) == "rejected"
    assert (rule, address) in issues(session, report)


@pytest.mark.parametrize(
    "lines",
    [
        {"5.1": (300, 300)},
        {"5.1": ("KPS", "KPS")},
        {"5.1": (">280", 300)},
        {"5.1": ("290-310", 300)},
        {"3.1": (1, "KPS")},
        {"3.1": ("KPS", ">300")},
        {"3.1": ("<2", "<2")},
        {"3.1": (">10", "200-300")},
        {"3.1": (">10", ">5")},
        {"3.1": ("4-6", 5)},
        {"3.1": (5, "<6")},
        {"13": (">10", 5)},
        {"13": ("<5", "<5")},
        {"13": (3, 2)},
        {"13": ("KPS", "KPS")},
        {"9": ("không áp dụng", "không áp dụng")},
        {"9": ("không áp dụng", "không áp dụng", "không áp dụng")},
        {"21": ("không áp dụng", "không áp dụng", "Có")},
        {"21": (None, None, "không áp dụng")},
        {"11.1": (4, 3000, "4")},
    ],
)
def test_a_line_that_may_be_true_is_accepted(session, lines):
    report = put("07228", lines, **CORRECTION)
    stop_if_broken(report)
    assert [rule for rule, _ in issues(session, report)] == []


@pytest.mark.parametrize(
    ("parts", "reported"),
    [((6, 5), "cho 1200 "), ((">10", 5), "cho ≥2200 "), (("6-7", "2-5"), "cho 1200–3500 ")],
)
def test_an_impossible_figure_is_told_with_the_ends_that_its_parts_give(session, parts, reported):
    report = put("07228", {"3.1": parts}, **CORRECTION)
    stop_if_broken(report)
    assert reported in message(session, report)


def test_a_line_that_is_not_applicable_and_a_number_has_one_message(session):
    report = put("07228", {"5.1": ("không áp dụng", "không áp dụng", "97"), "14": ("không áp dụng", 300)}, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == [
        ("numerator_missing", "Báo cáo!D11"),
        ("not_applicable_beside_number", "Báo cáo!F10"),
    ]


@pytest.mark.parametrize(
    ("typed", "agrees"),
    [
        ("96,7", True),
        ("96,67", True),
        ("97", True),
        ("96,6", False),
        ("96,666667", True),
        ("<97", True),
        (">97", False),
    ],
)
def test_a_typed_value_may_differ_from_its_parts_by_the_rounding_of_its_digits(session, typed, agrees):
    report = put("07228", {"14": (290, 300, typed)}, **CORRECTION)  # 96.666…
    stop_if_broken(report)
    assert issues(session, report) == ([] if agrees else [("value_disagrees", "Báo cáo!F10")])
    assert status(session, report) == ("accepted" if agrees else "accepted_with_warnings")


def test_where_the_level_speaks_of_a_count_the_typed_value_is_the_count(session):
    right, wrong = put("07228", {"11.1": (4, 3000, 4)}), put("07210", {"11.1": (4, 3000, "133,3")})
    stop_if_broken(right, wrong)
    assert "value_disagrees" not in [rule for rule, _ in issues(session, right)]
    assert {"value_disagrees", "count_not_whole"} <= {rule for rule, _ in issues(session, wrong)}


def test_a_bare_percentage_is_accepted_and_said_to_stay_out_of_the_rollup(session):
    commune = put("07228", {"5.1": (None, None, ">96")}, **CORRECTION)
    province = put("24", {"5.1": (None, None, ">96")}, **CORRECTION)
    stop_if_broken(commune, province)
    assert issues(session, commune) == [("value_without_parts", "Báo cáo!F10")]
    assert issues(session, province) == []  # its report feeds no rollup
    assert status(session, commune) == "accepted_with_warnings"


@pytest.mark.parametrize(("numerator", "jumps"), [(290, False), (181, False), (179, True)])
def test_a_jump_against_the_last_period_is_told(session, numerator, jumps):
    """More than half of the width of the usual range (60 to 100 for 5.1): from 80 % by more than 20 points."""
    stop_if_broken(put("07228", {"5.1": (None, None, "80")}, period="2025", **FULL))
    report = put("07228", {"5.1": (numerator, 300)}, **CORRECTION)
    stop_if_broken(report)
    reported = [rule for rule, _ in issues(session, report)]
    assert ("figure_jumped" in reported) == jumps
    assert status(session, report) == ("accepted_with_warnings" if jumps else "accepted")


def test_the_last_period_is_told_by_its_newest_accepted_report(session):
    stop_if_broken(put("07228", {"5.1": (None, None, "62")}, period="2025", **FULL))
    stop_if_broken(put("07228", {"5.1": (290, 300)}, period="2025", **CORRECTION))
    stop_if_broken(put("07228", {"5.1": (301, 300)}, period="2025", **CORRECTION))  # rejected: it said nothing
    report = put("07228", {"5.1": (291, 300)}, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == []


def test_a_full_report_that_lacks_lines_is_accepted_as_incomplete(session):
    report = put("07228", {"5.1": (291, 300), "14": (None, None)}, **FULL)
    stop_if_broken(report)
    absent = issues(session, report)
    assert [rule for rule, _ in absent] == ["required_line_absent"] * 32  # of 33; an empty line is an absent line
    assert [address for _, address in absent if address] == ["Báo cáo!D11"]  # and is pointed at where it stands
    assert status(session, report) == "accepted_with_warnings"


def test_an_answer_in_the_wrong_column_is_absent_where_it_should_stand(session):
    report = put("07228", {"1": (1, None), "21": (None, None, "Có")}, **FULL)
    stop_if_broken(report)
    with_cell = [issue for issue in issues(session, report) if issue[1]]
    assert with_cell == [("yes_no_expected", "Báo cáo!D10"), ("required_line_absent", "Báo cáo!F10")]


@pytest.mark.parametrize(
    ("base", "is_valid_as_of"), [(13, False), (15, True), ("KPS", True), (">13", False), ("10-20", False)]
)
def test_a_reduction_starts_from_what_the_unit_counted_before(session, base, is_valid_as_of):
    stop_if_broken(put("07228", {"13": (13, 14)}, period="2025", **FULL))
    report = put("07228", {"13": (12, base)}, **CORRECTION)
    stop_if_broken(report)
    reported = [issue for issue in issues(session, report) if issue[0] == "base_differs_from_last_report"]
    assert reported == ([("base_differs_from_last_report", "Báo cáo!E10")] if is_valid_as_of else [])
    assert status(session, report) == ("accepted_with_warnings" if is_valid_as_of else "accepted")


def test_a_reduction_without_an_earlier_count_starts_from_what_is_said(session):
    stop_if_broken(put("07228", {"13": (None, None, "5")}, period="2025", **FULL))
    report = put("07228", {"13": (12, 15)}, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == []


def test_a_correction_of_nothing_is_accepted_and_asks_for_the_full_report(session):
    report = put("07246", {"5.1": (291, 300)}, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == [("correction_without_report", None)]
    assert status(session, report) == "accepted_with_warnings"
    assert "(07246) kỳ 2026: bản đính chính này chỉ cho biết các dòng được sửa" in message(session, report)


@pytest.mark.parametrize(
    ("before", "is_alone"),
    [
        ([FULL], False),
        ([FULL, CORRECTION], False),
        ([CORRECTION], True),
        ([FULL | {"period": "2025"}], True),
        ([FULL | {"agency_code": "CA"}], True),  # rejected
        ([FULL, {"submission_type": "retraction"}], True),
    ],
)
def test_a_correction_stands_alone_unless_a_full_report_was_accepted_before(session, before, is_alone):
    for earlier in before:
        stop_if_broken(put("07246", {}, **earlier))
    report = put("07246", {"5.1": (291, 300)}, **CORRECTION)
    stop_if_broken(report)
    assert ("correction_without_report" in [rule for rule, _ in issues(session, report)]) == is_alone


def test_a_correction_does_not_stand_alone_beside_its_full_report_in_one_batch(session):
    batch = uuid4()
    put("07246", {}, batch=batch, **FULL)
    beside = put("07246", {"5.1": (291, 300)}, batch=batch, **CORRECTION)
    alone = put("07282", {"5.1": (291, 300)}, batch=batch, **CORRECTION)
    stop_if_broken(batch)
    assert issues(session, beside) == []
    assert ("correction_without_report", None) in issues(session, alone)


@pytest.fixture
def closed_period(session: psycopg.Connection) -> Iterator[None]:
    """2026 was closed at noon on 20 December, 2025 never."""
    noon = datetime(2026, 12, 20, 12, tzinfo=clock.ZONE)
    session.execute("insert into ops.period_closing values ('bacninh-2026-2030', '2026', %s, null)", [noon])
    yield
    with database.connect() as connection:
        connection.execute("truncate ops.period_closing")


@pytest.mark.parametrize(
    ("unit", "period", "decided", "is_valid_as_of"),
    [
        ("07228", "2026", "2026-12-20T12:00:01", True),
        ("07228", "2026", "2026-12-20T12:00:00", False),
        ("07228", "2025", "2026-12-21", False),
        ("99999", "2026", "2026-12-21", False),  # it may not report at all
    ],
)
def test_what_comes_after_the_closing_is_told_so(session, closed_period, unit, period, decided, is_valid_as_of):
    with clock.at(decided):
        report = put(unit, {"5.1": (291, 300)}, period=period, **CORRECTION)
        stop_if_broken(report)
    reported = session.execute(
        "select message_vi, message_en from ops.submission_issue where submission_id = %s and rule = 'after_closing'",
        [report],
    ).fetchall()
    assert bool(reported) == is_valid_as_of
    if is_valid_as_of:
        assert status(session, report) == "accepted_with_warnings"
        assert "Kỳ 2026 của chương trình bacninh-2026-2030 đã khoá lúc 12:00 ngày 20/12/2026" in reported[0][0]
        assert "was closed at 2026-12-20 12:00" in reported[0][1]


LANG_SON = FULL | {"programme": "langson-child-friendly-2024", "period": "2024"}
AN_GIANG = FULL | {"programme": "angiang-emulation-2022", "period": "2022"}
POLICE = {"3": (None, None, "40"), "3.dat": (None, None, "Đạt"), "4": (None, None, "37,5"), "4.dat": (None, None, "Có")}
"""The criteria that the police assess of each commune: points and whether it is met."""


def test_an_agency_reports_its_own_lines_and_owes_no_others(session):
    report = put("05971", POLICE, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == ("accepted", [])


def test_an_agency_that_leaves_out_a_line_of_its_own_is_told_which(session):
    report = put("05971", {code: cells for code, cells in POLICE.items() if code != "4"}, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert issues(session, report) == [("required_line_absent", None)]
    assert "chỉ tiêu 4 «" in message(session, report)


def test_a_line_of_another_agency_rejects_and_names_who_reports_it(session):
    report = put("05971", POLICE | {"7": (None, None, "50")}, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == (
        "rejected",
        [("indicator_not_assigned", "Báo cáo!A14")],
    )
    assert message(session, report) == (
        "Chỉ tiêu 7 do Hội đồng đánh giá của xã, phường (HDDG), Trung tâm Y tế thành phố (TTYT) báo cáo, không phải "
        "«CA»: xin bỏ trống dòng này, để đúng cơ quan gửi."
    )


def test_an_empty_line_of_another_agency_does_no_harm(session):
    report = put("05971", POLICE | {"7": (None, None)}, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == ("accepted", [])


def test_an_agency_that_sends_no_such_report_is_told_who_does(session):
    report = put("05971", POLICE, agency_code="MTTQ", **LANG_SON)  # it writes about the city, in words
    stop_if_broken(report)
    assert issues(session, report) == [("agency_not_assigned", None)]
    assert "Công an thành phố (CA)" in message(session, report)


@pytest.mark.parametrize(
    ("agency", "unit", "form", "rules"),
    [
        ("UBND", "05971", "document", []),
        ("UBND", "05971", "figures", ["form_not_due"]),
        ("CA", "05971", "document", ["form_not_due"]),
        ("MTTQ", "178", "document", []),
    ],
)
def test_who_reports_in_words_sends_a_document(session, agency, unit, form, rules):
    report = put(unit, {}, agency_code=agency, form=form, **(LANG_SON | CORRECTION))
    stop_if_broken(report)
    assert [rule for rule, _ in issues(session, report)] == rules


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ((None, None, "50"), []),
        ((None, None, "KPS"), []),
        ((None, None, "12,5"), []),
        ((None, None, "50,5"), ["value_outside_hard_range"]),
        ((None, None, "-1"), ["value_outside_hard_range"]),
        ((None, None, "Đạt"), ["yes_no_unexpected"]),
        ((40, 50, "40"), ["numerator_without_use", "denominator_without_use"]),
        ((40, None, None), ["required_line_absent", "numerator_without_use"]),
    ],
)
def test_points_are_a_value_between_nothing_and_the_most_that_the_sheet_gives(session, cells, rules):
    others = {"1": "100", "6": "125"}
    lines = {code: (None, None, points) for code, points in others.items()} | {"7": cells}
    report = put("05971", lines, agency_code="HDDG", **LANG_SON)
    stop_if_broken(report)
    about = {rule for rule, address in issues(session, report) if address}
    assert about == set(rules)


def test_points_without_a_known_maximum_have_no_upper_end(session):
    report = put("05971", POLICE | {"3": (None, None, "900")}, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert issues(session, report) == []


def test_whether_a_criterion_is_met_is_no_number(session):
    report = put("05971", POLICE | {"3.dat": (None, None, "75")}, agency_code="CA", **LANG_SON)
    stop_if_broken(report)
    assert issues(session, report) == [("yes_no_expected", "Báo cáo!F11")]


def test_a_deduction_is_a_positive_number_within_what_it_can_take(session):
    of_the_department = {"agency_code": "SLDTBXH"} | AN_GIANG | CORRECTION
    right, wrong = (
        put(unit, {"V.1": (None, None, taken)}, **of_the_department) for unit, taken in (("883", 5), ("884", -5))
    )
    stop_if_broken(right, wrong)
    assert [rule for rule, address in issues(session, right) if address] == []
    assert [rule for rule, address in issues(session, wrong) if address] == ["value_outside_hard_range"]


@pytest.mark.parametrize(
    ("unit", "changes", "rule"),
    [
        ("07228", {"programme": "bacninh"}, "programme_unknown"),
        ("07228", {"period": "2031"}, "period_unknown"),
        ("99999", {}, "unit_unknown"),
        ("07231", {}, "unit_not_alive"),  # merged on 2025-07-01
        ("213", {}, "unit_not_alive"),  # districts ended on 2025-06-30
        ("00004", {}, "report_not_due"),  # a ward of Hà Nội
        ("07228", {"agency_code": "CA"}, "agency_not_assigned"),
        ("07228", {"form": "document"}, "form_not_due"),
    ],
)
def test_a_report_that_nobody_asked_for_is_rejected_with_one_reason(session, unit, changes, rule):
    report = put(unit, {"5.1": (291, 300)}, **(CORRECTION | changes))
    stop_if_broken(report)
    assert status(session, report) == "rejected"
    assert [found for found, _ in issues(session, report)] == [rule]


def test_an_old_code_is_told_where_its_unit_went(session):
    report = put("07231", {}, **CORRECTION)
    stop_if_broken(report)
    assert message(session, report) == (
        "Mã 07231 (Phường Dĩnh Kế) không phải là một đơn vị của ngày 30/11/2026, ngày xác định đơn vị báo cáo của kỳ "
        "2026. Đơn vị sau sắp xếp: 07210 Phường Bắc Giang."
    )


def test_each_finding_of_the_reader_gets_its_own_answer(session):
    cells = {"14": (None, None, "1.234"), "16": ("1E+05", 300)}
    found = {"14": {"value": "decimal_mark_ambiguous"}, "16": {"numerator": "scientific_notation"}}
    report = put("07228", cells, problems=found, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == [
        ("decimal_mark_ambiguous", "Báo cáo!F10"),
        ("scientific_notation", "Báo cáo!D11"),
    ]


def test_a_finding_that_no_suite_knows_rejects_all_the_same(session):
    report = put("07228", {"14": (None, None, "?")}, problems={"14": {"value": "found_tomorrow"}}, **CORRECTION)
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == ("rejected", [("cell_unreadable", "Báo cáo!F10")])


def test_a_csv_is_answered_by_its_line_and_not_by_a_cell(session):
    report = put("07228", {"5.1": (101, 100)}, sheet=None, **CORRECTION)
    stop_if_broken(report)
    assert issues(session, report) == [("numerator_above_denominator", "10")]


def test_only_the_failing_unit_is_rejected(session):
    batch = uuid4()
    right = put("07228", {"5.1": (291, 300)}, batch=batch, **CORRECTION)
    wrong = put("07210", {"5.1": (301, 300)}, batch=batch, **CORRECTION)
    stop_if_broken(batch)
    assert (status(session, right), status(session, wrong)) == ("accepted", "rejected")


def test_a_report_that_the_reader_refused_gets_its_verdict_here(session):
    report = put(None, {}, programme=None, period=None)
    session.execute(
        "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en) "
        "values (%s, 'critical', 'file_empty', 'Tệp rỗng.', 'Empty.')",
        [report],
    )
    stop_if_broken(report)
    assert (status(session, report), issues(session, report)) == ("rejected", [("file_empty", None)])


def test_a_warning_of_the_reader_counts(session):
    report = put("07228", {"5.1": (291, 300)}, **CORRECTION)
    session.execute(
        "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en) "
        "values (%s, 'warning', 'hidden_sheet_ignored', 'Trang ẩn.', 'Hidden.')",
        [report],
    )
    stop_if_broken(report)
    assert status(session, report) == "accepted_with_warnings"


def test_300_bad_lines_are_300_issues(session):
    """Great Expectations returns at most 200 rows; the verdict and the issues rest on its count and on SQL."""
    report = put("07228", [("5.1", (2, 1))] * 301, **CORRECTION)
    stop_if_broken(report)
    assert Counter(rule for rule, _ in issues(session, report)) == {
        "numerator_above_denominator": 301,
        "line_twice": 300,
    }


def test_judging_twice_changes_nothing(session):
    report = put("07228", {"5.1": (101, 100)}, **CORRECTION)
    stop_if_broken(report)
    before = session.execute("select * from ops.submission_verdict").fetchall()
    stop_if_broken(report)
    assert session.execute("select * from ops.submission_verdict").fetchall() == before
    assert len(issues(session, report)) == 1


def test_two_gates_at_once_judge_once(session):
    report = put("07228", {"5.1": (101, 100)}, **CORRECTION)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(stop_if_broken, report) for _ in range(2)]:
            done.result()
    assert len(issues(session, report)) == 1
    assert status(session, report) == "rejected"


def test_a_run_that_was_killed_is_failed_by_the_next(session):
    session.execute("insert into ops.pipeline_run (step, status, as_of) values ('receive', 'running', now())")
    stop_if_broken(put("07228", {"5.1": (291, 300)}, **CORRECTION))
    runs = session.execute("select status from ops.pipeline_run where step = 'receive' order by run_id").fetchall()
    assert runs == [("failed",), ("succeeded",)]


def test_verdicts_are_numbered_in_the_order_of_arrival(session):
    batch = uuid4()
    later, earlier = (
        put("07228", {}, batch=batch, received_at=datetime(2026, 11, 20, hour, tzinfo=clock.ZONE), **CORRECTION)
        for hour in (9, 8)
    )
    stop_if_broken(batch)
    order = session.execute(
        "select submission_id from ops.submission_verdict where rules_version <> %s order by accepted_seq", [BEFORE]
    ).fetchall()
    assert order == [(earlier,), (later,)]


def test_the_clock_of_verdicts_never_runs_backwards(session):
    with clock.at("2026-11-29T10:00"):
        stop_if_broken(put("07228", {}, **CORRECTION))
    with clock.at("2026-11-28T10:00"):
        stop_if_broken(put("07210", {}, **CORRECTION))
    decided = {
        timestamp
        for (timestamp,) in session.execute(
            "select decided_at from ops.submission_verdict where rules_version <> %s", [BEFORE]
        )
    }
    assert decided == {datetime(2026, 11, 29, 10, tzinfo=clock.ZONE)}


def test_every_expectation_of_a_run_is_kept(session):
    stop_if_broken(put("07228", {"5.1": (101, 100)}, **CORRECTION))
    run_id, run_status = session.execute(
        "select run_id, status from ops.pipeline_run where step = 'receive' order by run_id desc limit 1"
    ).fetchone()
    kept = session.execute(
        "select suite, rule, is_met, unexpected_count from ops.check_result where run_id = %s", [run_id]
    ).fetchall()
    assert run_status == "succeeded"
    assert len(kept) == sum(len(suite.rules) for suite in gate.SUITES)
    assert [row for row in kept if not row[2]] == [("raw_line", "numerator_above_denominator", False, 1)]


def test_a_check_leaves_no_semaphore_behind(session):
    """A task of Airflow ends without freeing them, and Python then reports an error in its log."""
    stop_if_broken(put("07228", {"5.1": (101, 100)}, **CORRECTION))
    # The class, not isinstance: asking a lazy stand-in of Airflow for its class imports what it stands for.
    assert [found for found in gc.get_objects() if type(found) is SemLock] == []


def test_a_rule_that_cannot_be_evaluated_stops_the_gate_and_decides_nothing(session, monkeypatch):
    broken = Suite("raw_line", raw_line.SUITE.relation, (Rule("line_twice", "no_such_column > 1"),))
    monkeypatch.setattr(gate, "SUITES", (*gate.SUITES[:1], broken, *gate.SUITES[2:]))
    report = put("07228", {"5.1": (291, 300)}, **CORRECTION)
    with pytest.raises(CheckBroken, match="no_such_column"):
        stop_if_broken(report)
    assert session.execute(
        "select count(*) from ops.submission_verdict where rules_version <> %s", [BEFORE]
    ).fetchone() == (0,)
    assert session.execute(
        "select status from ops.pipeline_run where step = 'receive' order by run_id desc limit 1"
    ).fetchone() == ("failed",)


def test_a_report_for_which_a_rule_has_no_answer_is_set_aside_and_the_others_are_checked(session, monkeypatch):
    divided = Suite(
        "raw_line", raw_line.SUITE.relation, (Rule("line_twice", "1 / (numerator_raw::numeric - 13) > 1", "indicator"),)
    )
    monkeypatch.setattr(gate, "SUITES", (*gate.SUITES[:1], divided, *gate.SUITES[2:]))
    found = [put("07228", {"5.1": (cases, 300)}, **CORRECTION) for cases in (291, 13, 290)]
    stop_if_broken(*found)
    assert [status(session, report) == "rejected" for report in found] == [False, True, False]


def test_a_connection_that_is_lost_while_rows_are_counted_is_no_rule_that_cannot_be_evaluated(monkeypatch):
    """Great Expectations reports both alike, and only the second is a reason to look for the row that is why."""
    not_counted = SimpleNamespace(
        result={},
        exception_info={"count": {"exception_message": "the connection is closed"}},
        expectation_config=SimpleNamespace(description="line_twice"),
    )
    monkeypatch.setattr(context, "_datasource", lambda own, suites: own.close())
    monkeypatch.setattr(context, "_validate", lambda *given: [not_counted])
    with database.connect("loader") as own, pytest.raises(psycopg.OperationalError, match="the connection is closed"):
        context.count_unexpected(own, [raw_line.SUITE], {})


def test_two_counts_that_differ_decide_nothing(session, monkeypatch):
    honest = context.count_unexpected

    def one_less(*arguments):
        return {key: max(count - 1, 0) for key, count in honest(*arguments).items()}

    monkeypatch.setattr(gate, "count_unexpected", one_less)
    report = put("07228", {"5.1": (101, 100)}, **CORRECTION)
    with pytest.raises(CheckBroken, match="1 were written down"):
        stop_if_broken(report)
    assert session.execute("select count(*) from ops.submission_issue").fetchone() == (0,)
    monkeypatch.undo()
    stop_if_broken(report)  # and the next run picks it up
    assert status(session, report) == "rejected"


def test_the_suites_list_each_finding_once():
    assert len(set(raw_cell.FOUND_BY_READER)) == len(raw_cell.FOUND_BY_READER) == 26
