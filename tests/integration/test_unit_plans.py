"""Ninety-nine communes with ninety-nine plans under one programme: Đa Mai's is real, the others are made up.

They are rows of an office's own catalogue (BAOCAO_CATALOGUE). Every verdict, sum of promises and score is computed a
second time in tests/integration/made_up_plans.py.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import openpyxl
import pytest
from psycopg.rows import dict_row

from pipeline import building, receiving
from publish import formatting
from tests.integration.made_up_plans import (
    DA_MAI,
    OWN_INDICATOR,
    OWNER,
    PROGRAMME,
    PROVINCE,
    SCORED,
    YEAR,
    Plan,
    Target,
    deciding,
    draw,
    indicators,
    is_met,
    shipped_targets,
    verdict,
    write,
    write_catalogue,
    write_reports,
)
from tests.integration.served import Served, serving
from warehouse import clock, database

BUILT_AT = "2026-12-20T08:00:00+07:00"
OF_PROVINCE = {target.indicator: target for target in shipped_targets("province")}


@pytest.fixture(scope="module")
def plans(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Plan]]:
    folder = tmp_path_factory.mktemp("danh-muc")
    drawn = draw()
    write_catalogue(folder, drawn)
    write_reports(folder / "reports.txt", drawn)
    reports = (folder / "reports.txt").rename(tmp_path_factory.mktemp("reports") / "reports.csv")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        with clock.at("2026-11-20T08:00:00+07:00"):
            building.prepare_catalogue()
            receipts = receiving.receive([str(reports)])
        wrong = {(each.unit, str(each.issues)) for each in receipts if not each.status.startswith("accepted")}
        assert not wrong, sorted(wrong)[:3]
        with clock.at(BUILT_AT):
            assert building.build().blocked is None
            yield drawn


def query(text: str, **values: object) -> list[dict]:
    with database.connect() as connection:
        return connection.cursor(row_factory=dict_row).execute(text.encode(), values).fetchall()


def test_every_commune_has_a_plan_unlike_all_others(plans):
    assert len(plans) == 99
    assert len({tuple(plan.targets) for plan in plans.values()}) == 99
    assert sum(bool(plan.report) for plan in plans.values()) == 84


def test_each_verdict_of_each_commune_is_the_one_against_its_own_target_else_the_provinces(plans):
    rows = query(
        "select unit_code, indicator_code, measure, target_scope, target_year, verdict from fct_target_progress "
        "where programme_code = %(programme)s and period = %(period)s and unit_level = 'commune' and is_main_target",
        programme=PROGRAMME,
        period=YEAR,
    )
    found = {
        (row["unit_code"], row["indicator_code"], row["measure"]): (
            row["target_scope"],
            row["target_year"],
            row["verdict"],
        )
        for row in rows
    }
    expected = {key: verdict(plans[key[0]], *key[1:], OF_PROVINCE) for key in found}

    assert len(rows) == len(found)
    assert found == expected
    assert {unit for unit, _, _ in found} == {unit for unit, plan in plans.items() if plan.report}
    assert {code for _, code, _ in found} == {*indicators(), OWN_INDICATOR}
    assert len(set(found.values())) >= 6, "both scopes, both years and several verdicts occur"


def test_an_indicator_of_one_communes_plan_is_required_of_it_and_of_nobody_else(plans, command, tmp_path):
    lines = query(
        "select unit_code, lines_required from marts.fct_report_obligation "
        "where programme_code = %(programme)s and period = %(period)s and agency_code = 'UBND'",
        programme=PROGRAMME,
        period=YEAR,
    )
    figures = query(
        "select unit_code, value from fct_indicator_rollup "
        "where programme_code = %(programme)s and indicator_code = %(own)s and boundary_basis = 'as_reported'",
        programme=PROGRAMME,
        own=OWN_INDICATOR,
    )
    required = {row["unit_code"]: row["lines_required"] for row in lines}
    forms = {unit: tmp_path / f"{unit}.xlsx" for unit in (OWNER, DA_MAI)}
    for unit, path in forms.items():
        assert command("template", PROGRAMME, unit, YEAR, "--out", path).code == 0
    asking = [unit for unit, path in forms.items() if "Chỉ tiêu riêng (giả định)" in texts(path)]

    assert required.pop(OWNER) == 34 and set(required.values()) == {33}
    assert [(row["unit_code"], row["value"]) for row in figures] == [(OWNER, 85)], "170 of 200, and no sum above"
    assert asking == [OWNER]


def test_a_line_of_another_communes_indicator_is_rejected(plans, tmp_path):
    line = {"programme": PROGRAMME, "period": YEAR, "unit_code": DA_MAI, "indicator": OWN_INDICATOR, "numerator": "1"}
    line |= {"denominator": "2", "value": "", "note": "giả định", "submission_type": "correction"}
    write(tmp_path / "correction.csv", [line])
    with clock.at(BUILT_AT):
        (receipt,) = receiving.receive([str(tmp_path / "correction.csv")])

    assert receipt.status == "rejected"
    assert [issue["rule"] for issue in json.loads(json.dumps(receipt.issues, default=vars))] == ["indicator_unknown"]


def is_line_of(code: str, row: dict[str, str], line: list[str]) -> bool:
    """Whether a line of the table is about an indicator: by its name, or by number and name."""
    return bool({row["name_vi"], f"Chỉ tiêu {code}: {row['name_vi']}"} & set(line))


def texts(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


@pytest.mark.parametrize("place", [1, 5, 10, 46, 97])
def test_the_annex_prints_the_communes_own_targets_and_its_verdicts(plans, command, tmp_path, place):
    unit, plan = sorted(plans.items())[place]
    path = tmp_path / "phu-luc.xlsx"
    assert command("report", PROGRAMME, unit, YEAR, "--out", path).code == 0
    sheet = openpyxl.load_workbook(path)["Phụ lục"]
    lines = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    printed = {code: line for code, row in indicators().items() for line in lines if is_line_of(code, row, line)}
    text = "\n".join(cell for line in lines for cell in line)

    assert printed.keys() == indicators().keys()
    for code, line in printed.items():
        own = [target for target in plan.targets if (target.indicator, target.year) == (code, 2030)]
        measure = own[0].measure if own else {"1": "yes_no", "21": "yes_no", "13": "change"}.get(code, "rate")
        if own and unit != DA_MAI:
            assert own[0].raw in line, (code, line)
        _, year, expected_verdict = verdict(plan, code, measure, OF_PROVINCE)
        if measure != "count" and not (code in ("11.1", "11.2") and not own):
            shown = formatting.verdict(expected_verdict, year, YEAR)
            assert any(cell.startswith(shown) for cell in line), (code, shown, line)
    assert ("KẾ HOẠCH GIẢ ĐỊNH" in text) == (unit != DA_MAI)
    assert (f"Kế hoạch giả định của xã, phường {unit}" in text) == (unit != DA_MAI)


def test_a_footnote_of_one_plan_is_in_no_other_units_table(plans, command, tmp_path):
    of_da_mai, of_owner = "Ba mức khác nhau", "Phần lời ghi 90 (giả định)."
    found = {}
    for unit in (DA_MAI, OWNER, PROVINCE):
        path = tmp_path / f"{unit}.xlsx"
        assert command("report", PROGRAMME, unit, YEAR, "--notes", "--out", path).code == 0
        text = texts(path)
        found[unit] = of_da_mai in text, of_owner in text

    assert found == {DA_MAI: (True, False), OWNER: (False, True), PROVINCE: (False, False)}


# --- promises added up ----------------------------------------------------------------------------


def cases(plan: Plan, target: Target) -> tuple[Fraction, Fraction | None, Fraction, bool] | None:
    """The least and the most cases, among how many, and whether the number itself is promised; None: not addable."""
    is_strict = target.comparator in "<>"
    if target.measure == "count":
        low = floor(target.number) + 1 if target.comparator == ">" else 0
        high = ceil(target.number) - 1 if target.comparator == "<" else target.number
        among = plan.report.get(target.indicator)
        return (Fraction(low), Fraction(high), Fraction(among[1]), False) if among else None
    if not plan.report:
        return None
    among = Fraction(plan.report[target.indicator][1])
    promised = target.number * among / int(indicators()[target.indicator]["factor"])
    return (
        (promised, among, among, is_strict) if target.comparator in "≥>" else (Fraction(0), promised, among, is_strict)
    )


def test_what_the_communes_promise_together_is_the_sum_of_cases_over_the_sum_of_children(plans):
    rows = query(
        "select * from fct_target_sum where programme_code = %(programme)s and period = %(period)s",
        programme=PROGRAMME,
        period=YEAR,
    )
    found = {row["indicator_code"]: row for row in rows}
    rates = [code for code, row in indicators().items() if row["aggregation"] == "ratio"]

    assert len(rows) == len(found) == 33
    for code in rates:
        own = [(plan, target) for plan in plans.values() for target in plan.targets]
        promises = [(plan, target) for plan, target in own if (target.indicator, target.year) == (code, 2030)]
        added = [each for each in (cases(*promise) for promise in promises) if each]
        among, factor = sum(each[2] for each in added), int(indicators()[code]["factor"])
        low, high = (sum(each[end] for each in added) * factor / among for end in (0, 1))
        province = OF_PROVINCE[code]
        is_low = province.comparator in "≥>"
        reached = low if is_low else high
        kept = is_met(province, reached) or (province.comparator == "<" and reached == province.number and added[0][3])
        row = found[code]
        assert (row["units_with_target"], row["units_added"]) == (len(promises), len(added)), code
        assert (row["units_expected"], row["is_complete"]) == (99, False)
        assert float(row["promised_low"]) == pytest.approx(float(low), abs=1e-9), code
        assert float(row["promised_high"]) == pytest.approx(float(high), abs=1e-9), code
        assert row["outcome"] == ("adds_up" if kept else "falls_short"), code
    assert {row["outcome"] for row in rows} == {"adds_up", "falls_short", "cannot_be_added"}
    assert found["13"]["outcome"] == "cannot_be_added", "reductions have no common sum"
    assert (found["21"]["promised_low"], found["21"]["outcome"]) == (100, "adds_up"), "all that promise say yes"
    average = sum(target.number for plan in plans.values() for target in plan.targets if target.indicator == "2") / 99
    assert float(found["2"]["promised_low"]) != pytest.approx(float(average), abs=1e-3)


def test_the_command_says_what_adds_up_and_what_cannot_be_added(plans, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    outcome = command("targets", PROGRAMME, PROVINCE, YEAR)
    rows = json.loads(command("targets", PROGRAMME, PROVINCE, YEAR, "--json").out)

    assert outcome.code == 0 and "không cộng được" in outcome.out and "chưa chắc đạt" in outcome.out
    assert len(rows) == 33 and {row["unit_code"] for row in rows} == {PROVINCE}
    assert "không đơn vị nào" in command("targets", PROGRAMME, DA_MAI, YEAR).out
    assert command("targets", PROGRAMME, "99999", YEAR).code == 2


# --- scores and pages -----------------------------------------------------------------------------


def test_the_points_of_each_commune_follow_from_the_verdicts_against_its_own_plan(plans):
    rows = query(
        "select unit_code, criterion_code, counted_points from fct_score "
        "where programme_code = %(programme)s and period = %(period)s and criterion_code = any(%(lines)s)",
        programme=PROGRAMME,
        period=YEAR,
        lines=list(SCORED),
    )
    found = {(row["unit_code"], row["criterion_code"]): row["counted_points"] for row in rows}
    points = {"met": Decimal(10), "not_met": Decimal(0)}
    expected = {
        (unit, line): points.get(verdict(plan, code, "rate", OF_PROVINCE)[2])
        for unit, plan in plans.items()
        for line, code in SCORED.items()
    }

    assert {key: points for key, points in found.items() if plans[key[0]].report} == {
        key: points for key, points in expected.items() if plans[key[0]].report
    }
    assert sum(each == 10 for each in found.values()) > 10 < sum(each == 0 for each in found.values())


@pytest.fixture(scope="module")
def served(plans: dict[str, Plan]) -> Iterator[Served]:
    with serving() as at:
        yield at


def test_the_page_of_a_commune_names_its_plan_and_compares_with_it(plans, served):
    others = (each for each in plans.values() if each.report and each.unit not in (OWNER, DA_MAI))
    plan = next(each for each in others if deciding(each, "2", OF_PROVINCE)[0] == "commune")
    page = served.get("/don-vi", unit=plan.unit, programme=PROGRAMME, period=YEAR).text
    rows = served.rows("/don-vi", "scopes", unit=plan.unit, programme=PROGRAMME, period=YEAR)
    (row,) = (row for row in rows if any(cell.startswith("2. ") for cell in row.values()))
    (shown,) = (cell for heading, cell in row.items() if "xã" in heading)

    assert f"Kế hoạch giả định của xã, phường {plan.unit}" in page and "KẾ HOẠCH GIẢ ĐỊNH" in page
    assert "Kế hoạch của UBND phường Đa Mai" not in page
    assert shown.startswith(formatting.verdict(verdict(plan, "2", "rate", OF_PROVINCE)[2], 2030, YEAR)), row


def test_the_page_of_an_indicator_lists_the_plans_and_adds_them_up(plans, served):
    sums = served.rows("/chi-tieu", "sums", indicator="2", programme=PROGRAMME, period=YEAR)
    targets = served.rows("/chi-tieu", "targets", indicator="2", programme=PROGRAMME, period=YEAR)
    own = [target for plan in plans.values() for target in plan.targets if target.indicator == "2"]

    assert len(sums) == 1 and "chưa chắc đạt" in "".join(map(str, sums[0].values()))
    assert len(targets) == len(own) + 1 + len([each for each in targets if "cả nước" in str(each.values())])
