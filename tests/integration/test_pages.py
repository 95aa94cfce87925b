"""The pages, served: their numbers are the marts', and a browser finds nothing wrong with them.

One small season: twelve communes of Bắc Ninh for 2026 (one returned, one corrected, the others silent), Đa Mai's own
2025, and Bắc Giang's former districts of 2024.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pages import app, ordering, rendering, terms
from pages.progress import cells
from tests import accessibility
from tests.conftest import Outcome
from tests.integration import made_up_boundaries
from tests.integration.served import Served, serving
from warehouse import clock, database, wording
from warehouse.as_of import parse_timestamp, set_session_as_of_unchecked
from warehouse.settings import PROJECT_ROOT

ACTION, MOTHERS, EMULATION = "bacninh-2026-2030", "bacgiang-maternal-child-2025", "angiang-emulation-2022"
UNITS = [
    *("07210", "07228", "07246", "07264", "07282", "07288"),
    *("07294", "07306", "07330", "07333", "07339", "07351"),
]
RETURNED, CORRECTED, WITHOUT_CONTACT = "07294", "07228", "07330"
FIRST, REMINDED, CORRECTION, NOW = (
    f"2026-{at}:00+07:00" for at in ("11-20T08:00", "11-30T07:00", "12-02T08:00", "12-05T09:00")
)
ADDRESSES = {
    "morning": "/sang-nay?unit=24",
    "way on today's map": f"/duong-den-2030?programme={MOTHERS}&unit=24&period=2024&boundary_basis=current&lang=en",
    "commune": f"/don-vi?unit={CORRECTED}&period=2025",
    "search": "/don-vi?q=%C4%90a+Mai",
    "indicator": "/chi-tieu?indicator=3.2",
    "concept": "/khai-niem?concept=under_five_mortality&unit=24",
    "matrix": "/bang-tong-hop?sort=-commune.i_5.1",
    "changes": f"/thay-doi?unit={CORRECTED}&since=2026-12-01&lang=en",
    "calendar": "/lich-bao-cao?programme=haiphong-directive28&lang=en",
    "scores": f"/cham-diem?programme={EMULATION}",
    "quality": "/chat-luong",
    "origin": "/nguon-so-lieu?indicator=5.1&unit=24",
    "no such unit": "/don-vi?unit=99999",
}


BEGAN = """
insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value
values (0, 'receive', 'succeeded', '2026-10-01+07')
"""
"""The warehouse is older than the season, whatever day the tests run on: nobody is reminded of deadlines before it."""
COMMUNES = """
select distinct unit_code from fct_report_obligation where programme_code = %s and unit_level = 'commune' order by 1
"""


@pytest.fixture(scope="module")
def served(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from alerts import contacts
    from pipeline import building, receiving, reminding
    from publish.simulation.simulate import simulate

    folder = tmp_path_factory.mktemp("season")
    addresses = [f"{unit},UBND,reporter,{unit}@bacninh.example," for unit in UNITS if unit != WITHOUT_CONTACT]
    (folder / "contacts.csv").write_text("\n".join(["unit_code,agency,role,email,webhook", *addresses, ""]))
    contacts.import_file(folder / "contacts.csv")
    written = simulate(ACTION, "2026", UNITS[:8], seed=3, out=folder / "a", defects={RETURNED: "negative_count"})
    written += simulate(MOTHERS, "2024", None, seed=3, out=folder / "b")
    written += simulate(EMULATION, "2022", ["883", "884"], ["UBND"], seed=3, out=folder / "d")
    written.append(PROJECT_ROOT / "docs" / "examples" / "da-mai-2025.csv")
    corrected = simulate(ACTION, "2026", [CORRECTED], seed=3, out=folder / "c", correction=1, lines=["5.1"])
    with database.connect() as connection:
        connection.execute(BEGAN)
    with pytest.MonkeyPatch.context() as environment:
        for at, paths in ((FIRST, written), (CORRECTION, corrected)):
            with clock.at(at):
                receiving.receive([str(path) for path in paths])
                building.build()
            if at == FIRST:
                with clock.at(REMINDED):
                    reminding.remind()
        communes = [code for (code,) in marts(COMMUNES, ACTION)]
        environment.setenv("BAOCAO_BOUNDARIES", str(made_up_boundaries.write(folder / "boundaries.json", communes)))
        environment.setenv("BAOCAO_NOW", NOW)
        with serving() as pages:
            yield pages


def marts(query: str, *values: str, as_of: str | None = None) -> list[tuple]:
    with database.connect() as connection:
        if as_of:
            set_session_as_of_unchecked(connection, parse_timestamp(as_of))
        return connection.execute(query, values).fetchall()


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [None, "2026-11-25", "2026-12-01", "2027-01-01"])
def test_the_overdue_reports_of_the_morning_are_those_of_the_command(served, command: Callable[..., Outcome], as_of):
    given = ["--as-of", as_of] if as_of else []
    query = {"as_of": as_of} if as_of else {}
    listed = json.loads(command("missing", "--json", *given).out)
    shown = served.rows("/sang-nay", "overdue", **query)

    def of_command(row: dict) -> tuple[str, ...]:
        agency = "" if row["agency_code"] == "UBND" else f" · cơ quan báo cáo: {row['agency_code']}"
        report = f"{row['programme_name']} – {wording.period(row['period'])}"
        return report, row["unit_name"] + agency, row["unit_code"], str(row["days_late"])

    def of_page(row: dict) -> tuple[str, ...]:
        return row["Chương trình, kỳ"], row["Đơn vị"], row["Mã"], row["Trễ (ngày)"]

    assert len(listed) > 100
    assert sorted(map(of_page, shown)) == sorted(map(of_command, listed))
    total = re.search(r'<dd><a href="#qua-han">([\d.]+)</a>', served.get("/sang-nay", **query).text)
    assert int(total[1].replace(".", "")) == len(listed)


def test_a_province_and_a_programme_narrow_the_morning(served):
    everywhere = served.rows("/sang-nay", "overdue")
    here = served.rows("/sang-nay", "overdue", unit="24", programme=ACTION)

    assert {row["Chương trình, kỳ"] for row in here} == {
        "Chương trình hành động vì trẻ em tỉnh Bắc Ninh giai đoạn 2026–2030 – năm 2026"
    }
    assert len(here) == 99 - 7
    assert [row for row in everywhere if row["Chương trình, kỳ"] == here[0]["Chương trình, kỳ"]] == here


def test_the_matrix_has_every_figure_of_every_commune(served):
    rows = served.rows("/bang-tong-hop", "commune", unit="24", programme=ACTION, period="2026")
    shown = {
        (row["Mã"], code): Decimal(value)
        for row in rows
        for code, value in row.items()
        if re.fullmatch(r"[\d.]+", value) and code not in ("Đơn vị", "Mã")
    }
    expected = marts(
        "select unit_code, indicator_code, value from fct_indicator_rollup "
        "where programme_code = %s and period = '2026' and boundary_basis = 'as_reported' "
        "and unit_level = 'commune' and measure = 'rate' and value is not null",
        ACTION,
    )
    assert len(expected) > 100
    assert [row for row in expected if shown.get(row[:2]) != row[2]] == []
    assert {code for code, _ in shown} >= {code for code, _, _ in expected}


def test_what_changed_is_the_corrected_figure_with_its_file(served):
    query = {"unit": CORRECTED, "programme": ACTION, "period": "2026", "since": "2026-12-01"}
    before, after = (
        marts(
            "select trim_scale(value)::text from fct_indicator_rollup where programme_code = %s and "
            "unit_code = %s and period = '2026' and indicator_code = '5.1' and boundary_basis = 'as_reported'",
            *(ACTION, CORRECTED),
            as_of=as_of,
        )
        for as_of in ("2026-12-01T00:00:00+07:00", None)
    )
    (figure,) = served.rows("/thay-doi", "figures", **query)
    assert (figure["Trước"], figure["Sau"]) == (before[0][0], after[0][0])
    assert before != after and figure["Chỉ tiêu"].startswith("5.1. ")
    (step,) = served.rows("/thay-doi", "steps", **query)
    assert step["Đơn vị"] == CORRECTED and "→" in step["Tử số"] + step["Mẫu số"] and ".xlsx" in step["Tệp, trang, ô"]
    assert "SỐ LIỆU GIẢ ĐỊNH" in served.get("/thay-doi", **query).text
    assert served.rows("/thay-doi", "figures", **query | {"since": "2026-12-03"}) == []
    assert served.get("/thay-doi", **query | {"since": "2030-01-01"}).status_code == 400
    assert served.get("/thay-doi", **query | {"since": "hôm qua"}).status_code == 400


def test_a_table_can_be_read_by_any_column_and_downloads_in_that_order(served):
    plain = served.rows("/sang-nay", "overdue", unit="24")
    by_name = served.rows("/sang-nay", "overdue", unit="24", sort="overdue.unit")
    latest = served.rows("/sang-nay", "overdue", unit="24", sort="-overdue.unit_code")
    assert sorted(row["Mã"] for row in by_name) == sorted(row["Mã"] for row in plain)
    assert [row["Mã"] for row in latest] == sorted((row["Mã"] for row in plain), reverse=True)
    names = [row["Đơn vị"] for row in by_name if row["Chương trình, kỳ"] == by_name[0]["Chương trình, kỳ"]]
    assert names == sorted(names, key=ordering.alphabetical) != [row["Đơn vị"] for row in plain][: len(names)]
    assert served.get("/sang-nay", sort="overdue.nothing").status_code == 404


def test_every_row_of_a_long_table_is_on_one_of_its_pages(served):
    codes = [row["Mã"] for row in served.rows("/sang-nay", "overdue", unit="24")]
    first, second = (served.get("/sang-nay", unit="24", page=page).text for page in ("1", "2"))
    overdue = re.compile(r'<section id="qua-han".*?</section>', re.DOTALL)
    shown = [re.findall(r"<td>\s*(\d{5})\s*</td>", overdue.search(text)[0]) for text in (first, second)]

    assert [len(page) for page in shown] == [50, 42]
    assert [*shown[0], *shown[1]] == codes
    whole = served.get("/sang-nay", unit="24", page="all").text
    assert re.findall(r"<td>\s*(\d{5})\s*</td>", overdue.search(whole)[0]) == codes


def test_the_morning_says_why_a_report_was_returned_who_was_reminded_and_who_cannot_be(served):
    rows = {row["Mã"]: row for row in served.rows("/sang-nay", "overdue", unit="24")}
    (returned,) = served.rows("/sang-nay", "returned", unit="24")

    assert rows[RETURNED]["Tình trạng"].startswith("đã gửi nhưng bị trả lại · «-5» là số âm")
    assert returned["Mã"] == RETURNED and returned["Tệp, trang, ô"].endswith(".xlsx · Báo cáo!D15")
    assert rows[RETURNED]["Nhắc gần nhất"].startswith("07:00 ngày 30/11/2026 · quá hạn 1 ngày")
    assert rows[RETURNED]["Đầu mối"] == f"{RETURNED}@bacninh.example"
    assert rows[WITHOUT_CONTACT]["Nhắc gần nhất"] == "chưa có địa chỉ của người nhận · quá hạn 1 ngày"
    unknown = {row["Mã"] for row in served.rows("/sang-nay", "without-contact", unit="24")}
    assert unknown == set(rows) - set(UNITS) | {WITHOUT_CONTACT}
    first = served.rows("/sang-nay", "fixes", unit="24")[0]
    assert first["Việc"].startswith("Bổ sung địa chỉ nhận nhắc việc cho các đơn vị của Thành phố Bắc Ninh")
    assert (first["Báo cáo"], first["Đơn vị"]) == (str(len(unknown)), str(len(unknown)))


def test_a_reminder_of_a_later_day_is_not_known_before(served):
    rows = {row["Mã"]: row for row in served.rows("/sang-nay", "overdue", unit="24", as_of="2026-11-30")}

    assert rows[RETURNED]["Nhắc gần nhất"] == "chưa nhắc"


FIGURES = """
select indicator_code, measure, trim_scale(value), units_reporting || '/' || units_expected
from fct_indicator_rollup
where programme_code = %s and period = %s and unit_code = '24' and boundary_basis = %s
"""


@pytest.mark.parametrize(
    ("programme", "period", "basis", "as_of"),
    [
        (ACTION, "2026", "as_reported", None),
        (ACTION, "2026", "as_reported", "2026-12-01"),
        (MOTHERS, "2024", "as_reported", None),
        (MOTHERS, "2024", "current", None),
    ],
)
def test_the_way_to_2030_shows_the_figures_of_the_marts_on_one_map_as_of_one_day(
    served, programme, period, basis, as_of
):
    query = {"as_of": as_of} if as_of else {}
    rows = served.rows(
        "/duong-den-2030", "progress", programme=programme, unit="24", period=period, boundary_basis=basis, **query
    )
    expected = marts(FIGURES, programme, period, basis, as_of=f"{as_of}T00:00:00+07:00" if as_of else None)

    def value(text: str) -> str:
        return text.rstrip("0").rstrip(".") if "." in text else text

    shown = {(row["Chỉ tiêu"].partition(". ")[0], value(row[f"Kết quả năm {period}"])) for row in rows}
    exact = {(code, f"{number:f}") for code, measure, number, _ in expected if number is not None}
    assert len(rows) == len(expected) and len(exact) > 10
    assert exact <= shown
    reports = {(row["Chỉ tiêu"].partition(". ")[0], row["Báo cáo đã tính"].split(" ")[0]) for row in rows}
    assert reports == {(code, count) for code, _, _, count in expected}
    verdicts = {row["Đánh giá"] for row in rows}
    assert (verdicts == {"–"}) == (basis == "current")


def test_the_verdicts_are_those_of_the_targets_that_decide(served):
    rows = served.rows("/duong-den-2030", "progress", unit="24", period="2026")
    names = {"met": "Đạt", "not_met": "chưa đạt", "not_comparable": "không so sánh được"}
    expected = {
        code: "Đạt vượt KH" if is_exceeded else names[verdict]
        for code, verdict, is_exceeded in marts(
            "select indicator_code, verdict, is_exceeded from fct_target_progress where programme_code = %s "
            "and period = '2026' and unit_code = '24' and is_main_target and verdict in ('met', 'not_met')",
            ACTION,
        )
    }
    shown = {(row["Chỉ tiêu"].partition(". ")[0], row["Đánh giá"]) for row in rows}

    assert len(expected) > 20
    assert set(expected.items()) <= shown


def test_a_bound_is_shown_as_a_bound_and_a_missing_period_as_a_dash(served):
    rows = served.rows("/don-vi", "years", unit=CORRECTED, period="2026")
    years = {row["Chỉ tiêu"].partition(". ")[0]: (row["2025"], row["2026"]) for row in rows}
    others = served.rows("/don-vi", "years", unit="07210", period="2026")

    assert years["3.2"][0] == "<2,6" and years["5.1"][0] == ">96"
    assert {row["2025"] for row in others} == {"–"}


def test_the_origin_of_a_figure_adds_up_to_it_and_leads_to_each_unit(served):
    lines = served.rows("/nguon-so-lieu", "lines", indicator="5.1", unit="24", period="2026")
    ((numerator, denominator),) = marts(
        "select numerator, denominator from fct_indicator_rollup where programme_code = %s and unit_code = '24' "
        "and period = '2026' and indicator_code = '5.1' and boundary_basis = 'as_reported' and measure = 'rate'",
        ACTION,
    )

    assert len(lines) == 7
    assert sum(int(row["Tử số đã ghi"]) for row in lines) == numerator
    assert sum(int(row["Mẫu số đã ghi"]) for row in lines) == denominator
    page = served.get("/nguon-so-lieu", indicator="5.1", unit="24").text
    (below,) = re.findall(rf'href="(/nguon-so-lieu\?[^"]*unit={CORRECTED}[^"]*)"', page)
    one = served.get(below.replace("&amp;", "&")).text
    assert "đính chính" in one and re.search(r"Báo cáo!D(\d+):F\1", one)


def test_a_unit_shows_what_it_sent_and_the_cell_that_has_to_be_mended(served):
    (sent,) = served.rows("/don-vi", "submissions", unit=RETURNED)
    (issue,) = served.rows("/don-vi", "issues", unit=RETURNED)

    assert (sent["Kết luận kiểm tra"], sent["Lỗi"]) == ("bị trả lại", "1")
    assert (issue["Trang, ô"], issue["Đã ghi"]) == ("Báo cáo!D15", "'-5")
    assert served.rows("/don-vi", "submissions", unit=RETURNED, as_of="2026-11-20") == []


def test_a_commune_is_placed_among_the_figures_of_the_marts_without_the_names_of_others(served):
    listed = served.rows("/don-vi", "neighbours", unit=CORRECTED)
    rows = {row["Chỉ tiêu"].partition(". ")[0]: row for row in listed}
    values = dict(
        marts(
            "select unit_code, value from fct_indicator_rollup where programme_code = %s and period = '2026' "
            "and indicator_code = '5.1' and unit_level = 'commune' and boundary_basis = 'as_reported' "
            "and measure = 'rate' and value is not null",
            ACTION,
        )
    )
    place = sum(value > values[CORRECTED] for value in values.values()) + 1
    shown = [Decimal(rows["5.1"][name]) for name in ("Thấp nhất", "Cao nhất", "Thứ tự")]
    assert shown == [min(values.values()), max(values.values()), place] and len(values) == 7
    (section,) = re.findall(r'<section id="vi-tri".*?</section>', served.get("/don-vi", unit=CORRECTED).text, re.DOTALL)
    assert section.count('class="chart-own"') == len(listed) > 10
    assert not [unit for unit in UNITS if unit != CORRECTED and unit in section]


def test_a_unit_of_today_leads_to_those_that_it_was_made_of_and_they_lead_back(served):
    before = served.rows("/don-vi", "lineage", unit=CORRECTED)
    former = served.get("/don-vi", unit=CORRECTED, unit_id=f"{CORRECTED}@start").text

    assert [row["Mã"] for row in before] == ["07216", "07222", "07228", "07366", "07687"]
    assert {row["Quan hệ"] for row in before} == {"trước sắp xếp"}
    assert "Đã sắp xếp, không còn từ ngày 01/07/2025" in former and "sau sắp xếp" in former


def test_an_indicator_names_every_unit_that_lacks_it(served):
    missing = {row["Mã"] for row in served.rows("/chi-tieu", "missing", indicator="5.1", period="2026")}
    shown = {row["Mã"] for row in served.rows("/chi-tieu", "units", indicator="5.1", period="2026")}

    assert len(missing) == 99 - 7
    assert missing & shown == set() and shown == {"24", *UNITS[:8]} - {RETURNED}


def test_an_indicator_within_one_unit_names_what_is_in_it(served):
    for code, table in ((UNITS[0], "units"), (UNITS[-1], "missing")):
        keys = {"indicator": "5.1", "period": "2026", "unit": code}
        found = {name: [row["Mã"] for row in served.rows("/chi-tieu", name, **keys)] for name in ("units", "missing")}
        assert found == {"units": [], "missing": []} | {table: [code]}
    assert "dinh dưỡng cho trẻ em. Phường Đa Mai.<" in served.get("/chi-tieu", indicator="5.1", unit="07228").text
    assert served.get("/chi-tieu", indicator="5.1", unit="99999").status_code == 404


def test_the_grid_of_an_indicator_has_a_tile_for_every_unit_with_the_figures_of_the_table(served):
    text = served.get("/chi-tieu", indicator="5.1", period="2026").text
    tiles = dict(re.findall(r"unit=(\d{5})[^>]*>.*?<strong>([^<]+)</strong><small>", text))
    units = {row["Mã"]: row["Kết quả"] for row in served.rows("/chi-tieu", "units", indicator="5.1", period="2026")}

    assert len(tiles) == 99
    assert {code for code, value in tiles.items() if value != "–"} == set(units) - {"24"}


def test_the_plans_own_text_and_its_contradictions_are_on_the_page_of_an_indicator(served):
    page = served.get("/chi-tieu", indicator="3.2").text

    assert "Chỉ tiêu năm 2030 (&lt;10‰) lỏng hơn mức đã đạt năm 2025 (&lt;2,6‰): chỉ tiêu giữ mức." in page


def test_the_calendar_counts_what_the_rates_count(served):
    (rates,) = served.rows("/lich-bao-cao", "rates")
    calendar = served.rows("/lich-bao-cao", "calendar")
    status = [row["năm 2026"].split(" · ")[0] for row in calendar]

    assert len(calendar) == 99 and status.count("đã nhận đúng hạn") == 7
    assert (rates["Phải nộp"], rates["Đúng hạn"]) == ("99", "7,1% · 7")


def test_the_scores_are_those_of_the_ranking_and_a_silent_unit_has_no_rank(served):
    rows = served.rows("/cham-diem", "results", programme=EMULATION, period="2022")
    expected = marts(
        "select coalesce(rank::text, '–'), unit_code, trim_scale(total_points) from rpt_score_ranking "
        "where programme_code = %s and period = '2022'",
        EMULATION,
    )

    shown = {(row["Hạng"], row["Mã"], float(row["Tổng điểm"])) for row in rows}
    assert shown == {(rank, code, float(total)) for rank, code, total in expected}
    assert sorted(row["Mã"] for row in rows if row["Hạng"] != "–") == ["883", "884"]
    lines = served.rows("/cham-diem", "lines", programme=EMULATION, period="2022", unit="883")
    assert len(lines) > 30


def test_quality_counts_the_issues_of_the_gate_by_rule_and_names_each_cell(served, command: Callable[..., Outcome]):
    listed = json.loads(command("issues", "--json").out)
    by_rule = {row["Mã quy tắc"]: int(row["Số lỗi"]) for row in served.rows("/chat-luong", "rules")}

    assert by_rule == {rule: sum(row["rule"] == rule for row in listed) for rule in {row["rule"] for row in listed}}
    issues = served.rows("/chat-luong", "issues", unit="24", programme=ACTION)
    assert [(row["Trang, ô"], row["Mức độ"]) for row in issues if RETURNED in row["Đơn vị"]] == [("Báo cáo!D15", "lỗi")]
    assert served.rows("/chat-luong", "issues", as_of="2026-11-19") == []


def test_quality_shows_every_check_in_words_with_its_code(served, command: Callable[..., Outcome]):
    listed = json.loads(command("checks", "--json").out)
    shown = served.rows("/chat-luong", "checks")

    assert sorted(row["Mã quy tắc"] for row in shown) == sorted(row["rule"] for row in listed)
    assert shown and [row for row in shown if row["Phép kiểm tra"] == row["Mã quy tắc"]] == []
    assert {row["Kiểm tra gì"] for row in shown} > {"ô của báo cáo đang xét", "cấu trúc các bảng"}


def test_made_up_figures_are_marked_and_real_ones_are_not(served):
    mark = "SỐ LIỆU GIẢ ĐỊNH"

    for path in (f"/duong-den-2030?programme={MOTHERS}&period=2024", "/chi-tieu?indicator=5.1"):
        assert mark in served.get(path).text, path
    assert mark not in served.get(f"/don-vi?unit={CORRECTED}&period=2025").text


def test_a_table_downloads_as_a_workbook_with_numbers_as_numbers(served):
    response = served.get("/duong-den-2030", unit="24", table="progress", format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    values = [cell.value for row in sheet.iter_rows() for cell in row]

    assert response.headers["content-disposition"] == 'attachment; filename="duong-den-2030-progress.xlsx"'
    assert "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật" in values
    assert sum(isinstance(value, float) for value in values) > 20


VERDICTS = """
select progress.verdict, count(*)
from fct_target_progress as progress
where programme_code = %s and period = '2026' and indicator_code = '5.1' and unit_level = 'commune' and is_main_target
group by 1
"""


def test_a_map_is_drawn_of_the_boundaries_that_are_supplied_with_the_verdicts_of_the_marts(served):
    page = served.get("/chi-tieu", programme=ACTION, indicator="5.1", period="2026").text
    drawn = re.search(r'<svg class="map".*?<ul class="map-keys">.*?</ul>', page, re.DOTALL)[0]
    groups = dict(re.findall(r'<g class="map-area" fill="url\(#m-(\w+)\)">(.*?)</g>', drawn, re.DOTALL))
    verdicts = dict(marts(VERDICTS, ACTION))

    assert groups["met"].count("<path") == verdicts["met"] > 0
    assert sum(group.count("<path") for group in groups.values()) == 99
    assert len(set(re.findall(r"<title>([^<]+): ", drawn))) == 99
    assert drawn.count('class="map-frame"') == 2 and "Hoàng Sa" in drawn and "Trường Sa" in drawn
    assert "RANH GIỚI GIẢ ĐỊNH" in page


def test_units_that_ended_are_no_areas_of_todays_map(served):
    """The codes of former districts belong to other units by now."""
    page = served.get("/chi-tieu", programme=MOTHERS, period="2024", indicator="I.1").text
    assert 'id="luoi"' in page and 'id="ban-do"' not in page


def test_a_file_without_the_archipelagos_is_refused_on_the_page(served, tmp_path, monkeypatch):
    file = made_up_boundaries.write(tmp_path / "b.json", UNITS, islands=["22736"])
    monkeypatch.setenv("BAOCAO_BOUNDARIES", str(file))
    page = served.get("/chi-tieu", programme=ACTION, indicator="5.1", period="2026").text
    assert "thiếu quần đảo Hoàng Sa, nên không vẽ bản đồ" in page
    assert '<svg class="map"' not in page and 'id="luoi"' in page


# --- addresses, errors, headers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/don-vi?unit=99999", 404, "Không có đơn vị mã «99999»"),
        ("/don-vi?unit=99999&lang=en", 404, "There is no unit with the code “99999”"),
        ("/sang-nay?unit=07228", 404, "Mã «07228» không phải của một tỉnh"),
        ("/chi-tieu?indicator=99", 404, "Chương trình này không có chỉ tiêu «99»"),
        ("/nguon-so-lieu?indicator=99", 404, "Chương trình này không có chỉ tiêu «99»"),
        ("/duong-den-2030?programme=none", 404, "Không có chương trình «none»"),
        ("/duong-den-2030?as_of=2027-01-01", 400, "Ngày được chọn chưa đến"),
        ("/sang-nay?as_of=31/11/2026", 400, "«31/11/2026» không phải là ngày"),
        ("/sang-nay?as_of=12026-03-01&lang=en", 400, "“12026-03-01” is no date"),
        ("/thay-doi?since=hôm qua&unit=24", 400, "«hôm qua» không phải là ngày"),
        ("/sang-nay?table=none", 404, "Trang này không có bảng như vậy"),
        ("/no-such-page", 404, "Không có trang này"),
    ],
)
def test_what_cannot_be_shown_is_said_in_the_readers_language(served, path, status, text):
    response = served.get(path)

    assert response.status_code == status
    assert text in response.text and "Traceback" not in response.text


def test_a_wrong_date_leads_back_to_the_page_with_what_else_was_chosen(served):
    text = served.get(f"/duong-den-2030?programme={MOTHERS}&unit=24&lang=en&as_of=12026-03-01").text

    assert f'href="/duong-den-2030?programme={MOTHERS}&amp;unit=24&amp;lang=en"' in text
    assert "12026" not in re.sub("<p>.*?</p>", "", text)


def test_a_day_may_be_written_as_the_pages_show_it(served):
    query = {"unit": "24", "programme": ACTION}
    assert served.rows("/sang-nay", "overdue", as_of="1/12/2026", **query) == served.rows(
        "/sang-nay", "overdue", as_of="2026-12-01", **query
    )


def test_a_unit_is_found_without_the_marks_of_its_name_and_with_its_province(served):
    found = served.rows("/don-vi", "units", q="da mai")

    assert found[0]["Mã"] == CORRECTED and found[0]["Tỉnh, thành phố"].endswith("Bắc Ninh")
    assert {row["Đơn vị"] for row in served.rows("/don-vi", "units", q="Đa Mai")} == {row["Đơn vị"] for row in found}
    assert served.rows("/don-vi", "units", q="đá mái") == []


def test_a_unit_may_be_written_as_its_name(served):
    for name in ("Phường Đa Mai", "đa mai", "da mai"):
        response = served.get("/thay-doi", unit=name, programme=ACTION)
        assert (response.status_code, response.headers["Location"]) == (
            303,
            f"/thay-doi?unit={CORRECTED}&programme={ACTION}",
        )
    several = served.rows("/cham-diem", "units", unit="Lạng", programme=ACTION)
    assert len(several) > 1 and all("lạng" in row["Đơn vị"].casefold() for row in several)
    link = f"/cham-diem?unit={several[0]['Mã']}&amp;programme={ACTION}"
    assert link in served.get("/cham-diem", unit="Lạng", programme=ACTION).text
    assert served.get("/cham-diem", unit="Không đâu").status_code == 404


def test_a_table_can_be_shown_alone_to_be_printed_and_the_whole_page_again(served):
    shown = served.get("/sang-nay", unit="24", programme=ACTION, only="overdue", page="all").text

    assert re.findall('id="bang-(.*?)"', shown) == ["overdue"]
    assert f'href="/sang-nay?unit=24&amp;programme={ACTION}#bang-overdue"' in shown
    whole = served.get("/sang-nay", unit="24", programme=ACTION).text
    assert f'href="/sang-nay?unit=24&amp;programme={ACTION}&amp;only=overdue&amp;page=all"' in whole
    assert served.get("/sang-nay", only="none").status_code == 404


def test_pages_about_reports_say_that_some_are_made_up(served):
    for path in ("/sang-nay?unit=24", f"/lich-bao-cao?programme={ACTION}", f"/chat-luong?programme={ACTION}"):
        assert "CÓ BÁO CÁO GIẢ ĐỊNH" in served.get(path).text, path
    assert "GIẢ ĐỊNH" not in served.get("/lich-bao-cao?programme=haiphong-directive28").text


def test_a_milestone_that_is_not_there_has_its_reason(served):
    rows = served.rows("/duong-den-2030", "progress", unit="24", period="2026", programme=ACTION)

    reasons = {row["Mốc 2026"] for row in rows if row["Mốc 2026"].startswith("–")}
    assert reasons and reasons <= {f"– · {text.vi}" for text in (*terms.NO_MILESTONE.values(), cells.IS_TARGET)}


def test_what_a_reader_writes_into_an_address_is_text_on_the_page(served):
    response = served.get("/don-vi", q="<script>alert(1)</script>", unit="<b>")

    assert "<script>" not in response.text and "&lt;b&gt;" in response.text


def test_every_response_forbids_scripts_and_other_servers(served):
    for path in ("/sang-nay", "/baocao.css", "/no-such-page", "/don-vi?unit=99999", "/sang-nay?table=fixes"):
        headers = served.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'"), path
        assert "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_the_front_page_is_the_morning(served):
    assert served.get("/").headers["location"] == "/sang-nay"


def test_another_address_than_this_machines_is_refused_by_the_command(command: Callable[..., Outcome]):
    outcome = command("serve", "--host", "0.0.0.0")

    assert outcome.code == 2
    assert "BAOCAO_SIGN_IN=on" in outcome.err


# --- in a browser ---------------------------------------------------------------------------------


FIRST_LOAD = 150_000
"""Bytes of a page with all that it loads, not compressed: some seconds on a slow telephone."""


@dataclass
class Reader:
    """A page in the browser: what its console reports, which servers it requests, the bytes of each response."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)


@contextmanager
def reading(browser: Browser, served: Served, path: str, width: int = 1280, **options: bool) -> Iterator[Reader]:
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": 800}, **options)
    reader = Reader(context.new_page())
    expected = "Failed to load resource: the server responded with a status of 4"
    reader.page.on("console", lambda message: reader.complaints.append(message.text))
    reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    reader.page.on("request", lambda request: reader.hosts.add(urlsplit(request.url).netloc))
    reader.page.on("response", lambda response: reader.sizes.append(len(response.body())) if response.ok else None)
    try:
        reader.page.goto(served.address + path)
        yield reader
        assert [text for text in reader.complaints if not text.startswith(expected)] == []
        assert reader.hosts == {urlsplit(served.address).netloc}
    finally:
        context.close()


@pytest.mark.parametrize("path", ADDRESSES.values(), ids=ADDRESSES)
def test_a_page_fits_a_telephone_is_accessible_and_asks_no_other_server(browser, served, path):
    with reading(browser, served, path, width=320) as reader:
        assert accessibility.too_wide(reader.page) == []
        assert accessibility.problems(reader.page) == {}
        assert 2_000 < sum(reader.sizes) <= FIRST_LOAD


def test_a_heading_orders_its_table_up_down_and_back_without_a_script(browser, served):
    with reading(browser, served, "/don-vi?unit=24&lang=en", java_script_enabled=False) as reader:
        orders = []
        for _ in range(3):
            heading = reader.page.locator("#bang-below th", has_text="Code")
            heading.get_by_role("link").click()
            heading = reader.page.locator("#bang-below th", has_text="Code")
            orders.append((heading.get_attribute("aria-sort"), "lang=en" in reader.page.url))
    assert orders == [("ascending", True), ("descending", True), (None, True)]


def test_the_keyboard_alone_reaches_the_content_the_choices_and_a_scrolling_table(browser, served):
    with reading(browser, served, "/sang-nay?unit=24", width=360) as reader:
        page = reader.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").is_visible()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "f-unit"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert any(label and label.startswith("Báo cáo quá hạn") for label in reached)


def test_choices_language_date_and_map_stay_together_without_any_script(browser, served):
    with reading(
        browser, served, "/chi-tieu?indicator=5.1&boundary_basis=current", java_script_enabled=False
    ) as reader:
        page = reader.page
        page.get_by_role("link", name="English").click()
        page.get_by_label("As it was when this day began").fill("2026-12-01")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="This morning").click()
        query = urlsplit(page.url).query.split("&")
        assert set(query) == {"lang=en", "as_of=2026-12-01", "boundary_basis=current"}
        assert page.get_by_role("heading", level=1).inner_text() == "This morning"
        assert page.locator(".as-of strong").inner_text() == "01/12/2026 00:00"


def test_a_verdict_has_a_sign_and_a_name_beside_its_colour(browser, served):
    with reading(browser, served, f"/duong-den-2030?programme={MOTHERS}&period=2024") as reader:
        cells = reader.page.locator("td:has(svg.shape)")
        assert cells.count() > 10
        assert [text for text in cells.all_inner_texts() if not text.strip()] == []


def test_the_matrix_opens_with_one_goal_draws_its_signs_and_leads_to_the_others(browser, served):
    with reading(browser, served, f"/bang-tong-hop?programme={ACTION}&period=2026") as reader:
        page = reader.page
        assert page.locator("#f-goal option").count() == 5
        use = page.locator("td svg.shape use").first
        assert use.evaluate("each => each.getBoundingClientRect().width > 5")
        codes = page.locator("#bang-commune thead th").all_inner_texts()
        page.get_by_role("link", name="Mục tiêu 2: Về bảo vệ trẻ em").click()
        others = page.locator("#bang-commune thead th").all_inner_texts()
        assert set(codes) & set(others) == {"Đơn vị", "Mã"} and len(codes) > 10 and len(others) > 5


def test_on_paper_a_page_is_a4_without_navigation_and_with_whole_tables(browser, served, tmp_path: Path):
    with reading(browser, served, f"/don-vi?unit={CORRECTED}") as reader:
        reader.page.emulate_media(media="print")
        assert [each.is_visible() for each in reader.page.locator("nav").all()] == [False, False]
        assert not reader.page.locator("form.choices").is_visible()
        assert reader.page.locator(".scroll").first.evaluate("each => getComputedStyle(each).overflowX") == "visible"
        content = reader.page.pdf(prefer_css_page_size=True)
    width, height = map(float, re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", content).groups())
    assert (round(width), round(height)) == (842, 595)


def test_every_page_that_the_application_has_is_read_here():
    read = {urlsplit(address).path for address in ADDRESSES.values()}

    assert read == set(app.PAGES)
    assert {path for path, _ in rendering.NAVIGATION} <= read
    assert urlencode({"q": "Đa Mai"}) == urlsplit(ADDRESSES["search"]).query
