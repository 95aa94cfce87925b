"""The plans and the map as rows, as the database has them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from warehouse import catalogue, database
from warehouse.errors import WrongCall

BACNINH, BACGIANG = "bacninh-2026-2030", "bacgiang-maternal-child-2025"
ANGIANG, HAIPHONG, LANGSON = "angiang-emulation-2022", "haiphong-directive28", "langson-child-friendly-2024"


@pytest.fixture(scope="module")
def loaded(warehouse: None) -> None:
    from pipeline import building

    building.prepare_catalogue()


@pytest.fixture
def session(loaded: None) -> Iterator[psycopg.Connection]:
    with database.connect("loader") as connection:
        yield connection


def test_the_annexes_have_33_and_12_indicators_in_their_order(session):
    bacninh = [indicator.indicator_code for indicator in catalogue.indicators(session, BACNINH)]
    bacgiang = [indicator.indicator_code for indicator in catalogue.indicators(session, BACGIANG)]

    assert (len(bacninh), bacninh[:4], bacninh[-1]) == (33, ["1", "2", "3.1", "3.2"], "24")
    assert bacgiang == [f"I.{number}" for number in range(1, 7)] + [f"II.{number}" for number in range(1, 7)]


def test_every_percentage_is_a_part_of_a_whole_and_no_mortality_is(session):
    rows = catalogue.indicators(session, BACNINH) + catalogue.indicators(session, BACGIANG)
    ratios = [row for row in rows if row.aggregation == "ratio"]

    assert len(ratios) == 42
    assert all(row.is_part_of_whole == (row.factor == 100) for row in ratios)
    assert {row.factor for row in ratios} == {100, 1000, 100_000}


def test_injuries_are_counted_in_a_ward_and_a_rate_in_the_province(session):
    injuries = next(row for row in catalogue.indicators(session, BACNINH) if row.indicator_code == "11.1")
    ward, province = _own_targets(session, BACNINH, "11.1")

    assert injuries.measures == {"commune": "count", "province": "rate"}
    assert (ward.measure, ward.comparator, ward.target_high) == ("count", "<", 13)
    assert (province.comparator, province.target_high, province.comparator_source) == ("<", 100, "label")
    assert province.raw == "100"


def test_child_marriage_falls_by_half_a_percent_in_the_ward_and_two_to_three_in_the_province(session):
    ward, province = _own_targets(session, BACNINH, "13")

    assert (ward.measure, ward.comparator, ward.target_low) == ("change", "≥", Decimal("0.5"))
    assert (province.comparator, province.target_low, province.target_high) == ("between", 2, 3)
    assert ward.competing_reading_vi == "Tên chỉ tiêu: từ 2 đến 3% hằng năm."


def test_a_child_friendly_ward_is_a_yes_though_the_annex_prints_75(session):
    ward = next(row for row in catalogue.targets(session, BACNINH) if row.indicator_code == "1")

    assert (ward.measure, ward.comparator, ward.raw, ward.comparator_source) == ("yes_no", "yes", "75", "body")
    assert ward.competing_reading_vi == "Phụ lục ghi 75 (%)."


def test_bac_giang_has_a_target_for_each_of_its_two_years(session):
    years = [(row.indicator_code, row.target_year) for row in _own_targets(session, BACGIANG)]
    iron = _own_targets(session, BACGIANG, "I.6")

    assert len(years) == len(set(years)) == 24
    assert [(row.comparator, row.target_low, row.comparator_source) for row in iron] == [
        ("≥", 73, "inferred"),
        ("≥", 75, "inferred"),
    ]
    assert iron[1].competing_reading_vi == "Phần lời: đạt trên 75%."


def test_a_dash_is_a_missing_baseline_and_a_bound_stays_open(session):
    query = (
        "select raw, value_low, value_high, low_closed, high_closed from catalogue.baselines "
        "where programme_code = %s and indicator_code = %s"
    )

    assert session.execute(query, [BACNINH, "18.2"]).fetchone() == ("-", None, None, None, None)
    assert session.execute(query, [BACNINH, "3.2"]).fetchone() == ("<2,6", 0, Decimal("2.6"), True, False)
    assert session.execute(query, [BACNINH, "5.1"]).fetchone() == (">96", 96, 100, False, True)


def test_each_contradiction_that_names_an_indicator_is_beside_one(session):
    orphans = session.execute(
        "select contradiction_no, indicator_code from catalogue.contradictions "
        "left join catalogue.indicators using (programme_code, indicator_code) "
        "where indicator_code is not null and indicators.name_vi is null"
    ).fetchall()
    counted = session.execute(
        "select programme_code, count(distinct contradiction_no) from catalogue.contradictions group by 1 order by 1"
    ).fetchall()

    assert orphans == []
    assert counted == [(ANGIANG, 18), (BACGIANG, 17), (BACNINH, 28), (HAIPHONG, 6), (LANGSON, 7)]


def test_a_looser_bound_tells_its_day_and_its_reason(session):
    undated = session.execute(
        "select indicator_code from catalogue.indicators "
        "where (soft_min is not null or soft_max is not null) and bound_reason !~ '^20[0-9]{2}-[0-9]{2}-[0-9]{2}: .{5}'"
    ).fetchall()

    assert undated == []


@pytest.mark.parametrize(
    ("programme", "period", "level", "scheduled", "owed"),
    [
        (BACNINH, "2025", "commune", 99, 0),
        (BACNINH, "2026", "commune", 99 + 1, 99),  # and Đa Mai's office, inside the ward
        (BACNINH, "2026", "province", 1, 0),
        (BACGIANG, "2023", "district", 10, 0),
        (BACGIANG, "2024", "district", 10, 10),
        (BACGIANG, "2025", "district", 0, 0),
        (BACGIANG, "2024", "province", 1 + 12, 1 + 12),  # and the departments and organisations that the plan names
        (BACGIANG, "2025", "province", 1 + 11, 1 + 11),  # one of them is no more
        (ANGIANG, "2022", "district", 34, 17),
        (ANGIANG, "2022", "province", 2, 1),
        (LANGSON, "2024", "commune", 8 * 13, 8 * 13),
        (LANGSON, "2024", "district", 4, 4),
    ],
)
def test_who_may_report_and_who_owes(session, programme, period, level, scheduled, owed):
    found = session.execute(
        "select count(*), count(*) filter (where is_owed) from intermediate.int_expected_reports__latest "
        "where programme_code = %s and period = %s and unit_level = %s",
        [programme, period, level],
    ).fetchone()

    assert found == (scheduled, owed)


def test_the_score_sheet_of_an_giang_adds_up_to_215_and_its_parts_to_their_sections(session):
    sections = dict(
        session.execute(
            "select criterion_code, max_points from catalogue.criteria "
            "where programme_code = %s and kind in ('section', 'group')",
            [ANGIANG],
        ).fetchall()
    )
    parts = dict(
        session.execute(
            "select parent_code, sum(max_points) from catalogue.criteria "
            "where programme_code = %s and parent_code is not null and kind <> 'deduction' group by 1",
            [ANGIANG],
        ).fetchall()
    )

    assert parts == {code: points for code, points in sections.items() if code != "V"}
    assert sections["I"] + sections["II"] + sections["III"] == 215
    assert (sections["II.4"], sections["IV"], sections["V"]) == (140, 30, -15)


def test_each_of_the_24_indicators_has_its_thresholds_for_districts_and_one_score_of_its_own(session):
    found = session.execute(
        "select criterion_code, count(*) filter (where part = 'figure' and targets.target_scope = 'district'), "
        "count(*) filter (where part = 'points') "
        "from catalogue.criterion_indicators as named "
        "join catalogue.criteria using (programme_code, criterion_code) "
        "left join catalogue.targets using (programme_code, indicator_code) "
        "where programme_code = %s and points_rule = 'indicators_met' group by 1 order by min(criteria.sort_order)",
        [ANGIANG],
    ).fetchall()

    several = {"CT3": 3, "CT4": 4, "CT8": 2, "CT9": 2, "CT11": 2, "CT17": 2, "CT18": 2, "CT20": 2}
    assert found == [(f"CT{number}", several.get(f"CT{number}", 1), 1) for number in range(1, 25)]


def test_infant_deaths_are_read_per_thousand_though_the_sheet_prints_percent(session):
    deaths = [row for row in catalogue.indicators(session, ANGIANG) if row.indicator_code.startswith("CT3.")]
    promised = _own_targets(session, ANGIANG, "CT3.1")

    assert [(row.indicator_code, row.unit_vi) for row in deaths] == [
        ("CT3.1", "‰"),
        ("CT3.2", "‰"),
        ("CT3.3", "‰"),
        ("CT3.diem", "điểm"),
    ]
    assert [(row.comparator, row.target_high, row.raw, row.competing_reading_vi) for row in promised] == [
        ("<", Decimal("9.5"), "dưới 9,5%", "Bảng điểm ghi đơn vị %: 9,5%.")
    ]


def test_the_six_inspected_districts_report_on_the_day_of_their_visit(session):
    found = session.execute(
        "select unit_code, to_char(deadline_at - interval '1 day', 'DD/MM/YYYY'), deadline_phrase_vi, form "
        "from intermediate.int_expected_reports__latest where programme_code = %s and agency_code = 'UBND-DC' "
        "order by deadline_at",
        [ANGIANG],
    ).fetchall()
    checked = session.execute(
        "select count(*), bool_or(is_owed) from intermediate.int_expected_reports__latest "
        "where programme_code = %s and agency_code = 'PHUC-TRA' and unit_code = any(%s)",
        [ANGIANG, [unit for unit, *_ in found]],
    ).fetchone()

    assert [unit for unit, *_ in found] == ["893", "886", "884", "894", "883", "890"]
    assert all(phrase.endswith(day) and form == "document" for _, day, phrase, form in found)
    assert checked == (6, False)


def test_a_line_of_a_score_sheet_has_one_word_that_counts_as_the_units_figure(session):
    reported = session.execute(
        "select programme_code, indicator_code from intermediate.int_indicators__assigned "
        "where programme_code = any(%s) group by 1, 2 having count(*) filter (where is_figure) <> 1",
        [[ANGIANG, LANGSON]],
    ).fetchall()
    agencies = session.execute(
        "select agency_code, array_agg(indicator_code::integer order by indicator_code::integer) "
        "from catalogue.indicator_agencies where programme_code = %s and score_role = 'verified' "
        "and indicator_code !~ 'dat' group by 1 order by 1",
        [LANGSON],
    ).fetchall()

    assert reported == []
    assert agencies == [
        ("CA", [3, 4]),
        ("PGDDT", [10]),
        ("PLDTBXH", [1, 6, 13]),
        ("PTP", [2]),
        ("PVHTT", [12]),
        ("THANHDOAN", [11]),
        ("TTYT", [5, 7, 8, 9]),
    ]


def test_points_that_no_source_tells_and_classes_that_no_plan_names_stay_blank(session):
    known = session.execute(
        "select criterion_code, max_points from catalogue.criteria "
        "where programme_code = %s and max_points is not null order by sort_order",
        [LANGSON],
    ).fetchall()
    classes = session.execute(
        "select min_points from catalogue.score_classes where programme_code = %s order by 1", [LANGSON]
    ).fetchall()
    units = session.execute(
        "select count(*), count(class_code) from catalogue.unit_classes where programme_code = %s", [LANGSON]
    ).fetchone()

    assert known == [("1", 100), ("6", 125), ("7", 50)]
    assert classes == [(800,), (850,), (900,)]
    assert units == (8, 0)


def test_a_report_before_30_11_is_on_time_until_the_last_moment_of_29_11(session):
    found = session.execute(
        "select distinct deadline_at = '2026-11-30 00:00+07', resolve_on, is_owed "
        "from intermediate.int_expected_reports__latest "
        "where programme_code = %s and period = '2026' and unit_level = 'commune' and agency_code = 'UBND'",
        [BACNINH],
    ).fetchall()

    assert found == [(True, date(2026, 11, 30), True)]


def test_bac_giang_reports_as_the_province_it_was(session):
    found = session.execute(
        "select period, unit_id, partition_province_id from intermediate.int_expected_reports__latest "
        "where programme_code = %s and unit_level = 'province' and agency_code = 'UBND' order by period",
        [BACGIANG],
    ).fetchall()

    assert found == [
        ("2023", "24@start", "24@2025-07-01"),
        ("2024", "24@start", "24@2025-07-01"),
        ("2025", "24@2025-07-01", "24@2025-07-01"),
    ]


def test_da_mai_is_made_of_five_whole_communes(session):
    found = session.execute(
        "select unit_code, has_single_successor from intermediate.int_org_units__resolved "
        "where current_unit_id = '07228@2025-07-01' and unit_id <> current_unit_id order by 1"
    ).fetchall()

    assert found == [(code, True) for code in ("07216", "07222", "07228", "07366", "07687")]


def test_a_change_of_type_is_a_version_and_no_new_unit(session):
    found = session.execute(
        "select unit_name, valid_from, valid_to from geography.org_units "
        "where unit_id = '24@2025-07-01' order by valid_from"
    ).fetchall()

    assert found == [
        ("Tỉnh Bắc Ninh", date(2025, 7, 1), date(2026, 9, 20)),
        ("Thành phố Bắc Ninh", date(2026, 9, 20), None),
    ]


def test_an_unknown_programme_is_answered_with_those_there_are(session):
    there_are = ", ".join(sorted((ANGIANG, BACGIANG, BACNINH, HAIPHONG, LANGSON)))
    with pytest.raises(WrongCall, match=f"no programme bacninh; there are {there_are}"):
        catalogue.programme(session, "bacninh")
    with pytest.raises(WrongCall, match="has no period 2031; it has 2025, 2026, 2027, 2028, 2029, 2030"):
        catalogue.period(session, BACNINH, "2031")
    assert catalogue.period(session, BACNINH, "2025").kind == "baseline"


def test_a_rule_is_answered_in_two_languages():
    vi, en = catalogue.rule_message("programme_unknown", programme="bacninh")

    assert vi.startswith("Không có chương trình mã «bacninh»")
    assert en.startswith("There is no programme «bacninh»")


def test_loading_the_catalogue_again_leaves_what_stands_on_it_in_place(loaded):
    from pipeline import building

    with database.connect() as owner:
        owner.execute("create view public.made_by_an_office as select * from intermediate.int_expected_reports__latest")
        owner.execute("update ops.pipeline_run set status = 'failed' where step = 'catalogue'")
    building.prepare_catalogue()

    with database.connect() as owner:
        seen = owner.execute("select count(*), count(distinct programme_code) from public.made_by_an_office").fetchone()
        assert seen == (1593, 5)
        owner.execute("drop view public.made_by_an_office")


def test_the_national_programmes_targets_stand_beside_the_plans_own_where_sources_gave_one_number(session):
    national = [row for row in catalogue.targets(session, BACNINH) if row.target_scope == "national"]
    injuries = next(row for row in national if (row.indicator_code, row.target_year) == ("11.1", 2030))
    unknown = {"4.3", "15", "18.2", "19", "20.1", "20.2", "23", "24"}
    """Two numbers in one cell, an ambiguous year, or not found."""

    assert {row.indicator_code for row in national} == {
        row.indicator_code for row in catalogue.indicators(session, BACNINH) if row.indicator_code not in unknown
    }
    assert {row.target_year for row in national} == {2025, 2030}
    assert [row.target_year for row in national if row.indicator_code == "5.2"] == [2030]
    assert {row.comparator_source for row in national} == {"secondary"}
    assert not any(row.bound_unit_code for row in national)
    assert (injuries.measure, injuries.comparator, injuries.target_high) == ("rate", "≤", 500)


def test_hai_phong_has_15_statistics_with_codes_of_the_circular_where_they_are_known_and_no_target(session):
    rows = catalogue.indicators(session, HAIPHONG)
    query = "select indicator_code from catalogue.indicators where programme_code = %s and code_source = 'circular'"

    assert len(rows) == 15
    assert {code for (code,) in session.execute(query, [HAIPHONG]).fetchall()} == {"0605", "0101"}
    assert catalogue.targets(session, HAIPHONG) == []
    assert {row.indicator_code for row in rows if row.direction is None} == {"TT13.1", "TT13.2", "TT13.3"}


def test_hai_phongs_districts_owe_once_and_its_communes_after_them_beside_fourteen_agencies(session):
    query = """
        select period, unit_level, form, count(*), count(deadline_at)
        from intermediate.int_expected_reports__latest
        where programme_code = %s and is_owed and period in ('2024', '2025') group by 1, 2, 3
    """

    assert set(session.execute(query, [HAIPHONG]).fetchall()) == {
        ("2024", "district", "figures", 15, 15),
        ("2024", "province", "document", 14, 13),
        ("2025", "commune", "figures", 114, 114),
        ("2025", "province", "document", 13, 12),
    }


def test_bac_giangs_departments_and_organisations_owe_documents_without_a_date_while_the_plan_runs(session):
    query = """
        select period, unit_id, count(*), count(deadline_at), array_agg(distinct form)
        from intermediate.int_expected_reports__latest
        where programme_code = %s and unit_level = 'province' and agency_code <> 'UBND' and is_owed
        group by 1, 2 order by 1
    """
    gone = session.execute(
        "select period_to from catalogue.reporters where programme_code = %s and agency_code = 'SLDTBXH'", [BACGIANG]
    ).fetchall()

    assert session.execute(query, [BACGIANG]).fetchall() == [
        ("2024", "24@start", 12, 0, ["document"]),
        ("2025", "24@2025-07-01", 11, 0, ["document"]),
    ]
    assert gone == [("2024",)]


def test_da_mais_office_reports_indicator_14_beside_the_ward_and_is_added_to_no_sum(session):
    found = session.execute(
        "select distinct unit_code, form, is_owed, feeds_rollup, deadline_at "
        "from intermediate.int_expected_reports__latest where programme_code = %s and agency_code = 'VPHDND'",
        [BACNINH],
    ).fetchall()
    lines = session.execute(
        "select indicator_code, agency_code, is_figure from intermediate.int_indicators__assigned "
        "where programme_code = %s and (agency_code <> 'UBND' or indicator_code = '14') order by 2",
        [BACNINH],
    ).fetchall()

    assert found == [("07228", "figures", False, False, None)]
    assert lines == [("14", "UBND", True), ("14", "VPHDND", False)]


def test_lang_sons_communes_owe_a_second_report_two_surveys_and_their_commitment(session):
    found = session.execute(
        "select agency_code, form, count(*), to_char(min(deadline_at), 'YYYY-MM-DD') "
        "from intermediate.int_expected_reports__latest "
        "where programme_code = %s and unit_level = 'commune' and agency_code like 'UBND%%' and is_owed "
        "group by 1, 2 order by 1",
        [LANGSON],
    ).fetchall()
    committed = _own_targets(session, LANGSON)

    assert found == [
        ("UBND", "document", 8, "2024-11-15"),
        ("UBND-CK", "figures", 8, None),
        ("UBND-KQ", "document", 8, "2024-11-15"),
        ("UBND-KSCN", "document", 8, None),
        ("UBND-KSDN", "document", 8, None),
    ]
    assert [(row.indicator_code, row.target_scope, row.measure, row.comparator, row.raw) for row in committed] == [
        ("CK", "district", "share", "≥", "100%")
    ]


def test_recipients_and_money_are_rows_of_the_database(session):
    recipients = session.execute(
        "select recipient_vi, via_vi, role from catalogue.report_recipients "
        "where programme_code = %s and unit_level = 'district' order by recipient_no",
        [BACGIANG],
    ).fetchall()
    money = session.execute(
        "select year, amount_vnd from catalogue.budget_lines where programme_code = %s order by line_no", [BACGIANG]
    ).fetchall()

    assert recipients == [
        ("Sở Y tế", None, "addressee"),
        ("UBND tỉnh", "Sở Y tế", "onward"),
        ("Bộ Y tế", "Sở Y tế", "onward"),
        ("UBND tỉnh", "Sở Y tế", "addressee"),
    ]
    assert money == [(None, 745_880_000), (2024, 378_940_000), (2025, 366_940_000), (None, None)]


def _own_targets(session: psycopg.Connection, programme: str, indicator: str | None = None) -> list[catalogue.Target]:
    """The plan's own targets, without those that are there for comparison."""
    return [
        row
        for row in catalogue.targets(session, programme)
        if row.target_scope != "national" and indicator in (None, row.indicator_code)
    ]
