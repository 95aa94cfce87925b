"""From made-up workbooks through loader, gate and build to the annex tables that are published."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from expectations import gate
from ingest import receiving
from pipeline import building, publishing, verifying
from publish import notes, reports
from publish.annex import overview
from publish.annex import workbook as annex_workbook
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.forms.types import Filled
from publish.proof import sheet as proof_sheet
from publish.scores import workbook as score_workbook
from publish.simulation import simulate
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.errors import WrongCall

ACTION, MOTHERS = "bacninh-2026-2030", "bacgiang-maternal-child-2025"
EMULATION, DISTRICTS = "angiang-emulation-2022", ["883", "884", *map(str, range(886, 895))]
UNITS = ["07210", "07228", "07246"]
DA_MAI = "07228"
UNIT_HEADINGS = ("đvt", "đơn vị tính")

DA_MAI_2025: Filled = {
    "1": {"value": "Không đạt"},
    "2": {"value": 90},
    "3.1": {"value": "<2"},
    "3.2": {"value": "<2,6"},
    "4.1": {"value": "7,7"},
    "5.1": {"value": ">96"},
    "11.1": {"value": "<13"},
    "11.2": {"value": 1},
    "18.2": {"value": "-"},
    "20.1": {"value": "60%"},
    "21": {"value": "Có"},
}
"""Some rows of the ward's own annex, source lines 204-242 of its plan."""


def receive(paths: Sequence[Path], timestamp: str) -> list[tuple[str, str]]:
    """Through the loader and the gate; unit and status of each report."""
    batch = uuid4()
    with clock.at(timestamp):
        for path in paths:
            receiving.receive(path, batch_id=batch, received_at=clock.now())
        gate.check(batch)
    with database.connect() as connection:
        return connection.execute(
            "select unit_code, status from raw.submission join ops.submission_verdict using (submission_id) "
            "where batch_id = %s order by 1",
            [batch],
        ).fetchall()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def season(own_database: str, files: Path) -> Iterator[list[tuple[str, str]]]:
    """Three communes of 2026, a district of 2024 and Đa Mai's own 2025, received and built; yields the verdicts."""
    building.prepare_catalogue()
    written = simulate.simulate(ACTION, "2026", UNITS, seed=7, out=files)
    written += simulate.simulate(MOTHERS, "2024", ["213"], seed=7, out=files)
    with database.connect() as connection:
        form = form_queries.form(connection, ACTION, DA_MAI, "2025")
    written.append(form_workbook.write(form, files / "da-mai-2025.xlsx", DA_MAI_2025))
    verdicts = receive(written, "2026-11-20T08:00:00+07:00")
    with clock.at("2026-11-20T09:00:00+07:00"):
        building.build()
    yield verdicts


def rows(path: Path) -> dict[str, dict[str, object]]:
    """The annex's rows by indicator name, each by its heading (the second row's where there are two)."""
    sheet = openpyxl.load_workbook(path)["Phụ lục"]
    top = next(cell.row for row in sheet.iter_rows() for cell in row if str(cell.value).lower() in UNIT_HEADINGS)
    upper, lower = ([cell.value for cell in sheet[row]] for row in (top, top + 1))
    headings = [str(below or above) for above, below in zip(upper, lower, strict=True)]
    name = next(at for at, cell in enumerate(upper) if str(cell).lower() in UNIT_HEADINGS) - 1
    found = {}
    for row in sheet.iter_rows(min_row=top + 2, values_only=True):
        if row[name] and row[name + 1]:
            found[str(row[name]).partition(": ")[2] or str(row[name])] = dict(zip(headings, row, strict=True))
    return found


def texts(path: Path, name: str = "Phụ lục") -> str:
    sheet = openpyxl.load_workbook(path)[name]
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


@pytest.fixture
def tables(season: list[tuple[str, str]], tmp_path: Path):
    def table(programme: str, unit: str, period: str, **options: bool) -> Path:
        return reports.report(programme, unit, period, tmp_path / f"{unit}-{period}.xlsx", **options)

    return table


IMMUNISED = "Tỷ lệ trẻ em dưới 1 tuổi được tiêm chủng đầy đủ 8 loại vắc xin"
NEWBORNS = "Tỷ suất tử vong trẻ sơ sinh trên 1.000 trẻ đẻ sống"
INFANTS = "Tỷ suất tử vong của trẻ em dưới 1 tuổi trên 1.000 trẻ đẻ sống"
INJURED = "Tỷ suất trẻ em bị tai nạn thương tích ở mức dưới 100/100.000 trẻ em"
UNDERWEIGHT = "Phần đầu giảm tỷ lệ trẻ em dưới 5 tuổi bị suy dinh dưỡng thể cân nặng theo tuổi"
KILLED = "Tỷ suất trẻ em bị tử vong do tai nạn thương tích ở mức dưới 8/100.000 trẻ em"
OWN = "SO SÁNH VỚI CHỈ TIÊU GIAI ĐOẠN 2021 – 2025"
FACILITIES = "Tỷ lệ các xã, phường có điểm văn hóa, vui chơi dành cho trẻ em"


def test_what_is_simulated_and_what_the_template_holds_pass_the_gate(season):
    accepted = [unit for unit, status in season if status != "rejected"]
    assert accepted == ["07210", "07228", "07228", "07246", "213"]
    assert [status for unit, status in season if unit in ("07210", "07246", "213")] == ["accepted"] * 3


def test_the_provinces_row_can_be_recomputed_from_the_cells_beside_it(tables):
    row = rows(tables(ACTION, "24", "2026"))[IMMUNISED]
    result, numerator, denominator = row["KẾT QUẢ ĐẠT ĐƯỢC"], row["TỬ SỐ"], row["MẪU SỐ"]
    with database.connect() as connection:
        summed = connection.execute(
            "select sum(numerator_raw::integer), sum(denominator_raw::integer) from raw.line "
            "join raw.submission using (submission_id) where indicator_code = '5.1' and period = '2026'"
        ).fetchone()
    assert (numerator, denominator) == summed
    assert result == pytest.approx(numerator / denominator * 100)
    assert row["ĐƠN VỊ CÓ SỐ LIỆU"] == "3/99"
    assert "tạm tính" in row["GHI CHÚ"]


def test_made_up_figures_are_marked_in_every_table_that_holds_one(tables):
    for table in (tables(ACTION, "24", "2026"), tables(ACTION, "07210", "2026"), tables(MOTHERS, "24", "2024")):
        assert "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật" in texts(table)
    assert "GIẢ ĐỊNH" not in texts(tables(ACTION, DA_MAI, "2025"))


def test_a_baseline_year_has_the_wards_own_assessment_as_printed_and_ours_against_2030_beside_it(tables):
    found = rows(tables(ACTION, DA_MAI, "2025"))

    def printed(name: str) -> tuple[object, object, object]:
        return found[name]["KẾT QUẢ ĐẠT ĐƯỢC"], found[name][OWN], found[name]["ĐÁNH GIÁ"]

    assert printed(NEWBORNS) == ("<2", "Đạt vượt KH", "Đạt vượt KH")
    assert printed(INFANTS) == ("<2,6", "Đạt vượt KH", "Đạt vượt KH")
    assert printed(IMMUNISED) == (">96", "Đạt", "chưa xác định")
    assert printed(UNDERWEIGHT) == (7.7, "Đạt", "chưa đạt")
    assert printed(KILLED) == (1, "Không đạt", "chưa đạt")
    assert printed(INJURED) == ("<13", "Đạt", "Đạt")
    assert printed(FACILITIES) == ("Có", "Đạt", "Đạt")
    assert "SO VỚI KẾ HOẠCH NĂM 2030" in texts(tables(ACTION, DA_MAI, "2025"))
    assert "phần mềm đối chiếu kết quả với kế hoạch, không phải đánh giá của đơn vị" in texts(
        tables(ACTION, DA_MAI, "2025")
    )
    assert found[NEWBORNS]["KẾ HOẠCH PHƯỜNG ĐA MAI 2030"] == "<9"
    assert found[INJURED]["KẾ HOẠCH TỈNH 2030"] == "100"


def test_a_commune_without_targets_of_its_own_has_no_column_for_them_and_counts_are_not_compared_with_rates(tables):
    found = rows(tables(ACTION, "07210", "2026"))
    assert not [heading for heading in found[INJURED] if "PHƯỜNG" in heading or "XÃ" in heading]
    assert found[INJURED]["ĐÁNH GIÁ"] == "không so sánh được"
    assert found[IMMUNISED]["ĐÁNH GIÁ"] in ("Đạt", "Đạt vượt KH", "chưa đạt")
    assert OWN not in found[INJURED]


def test_before_the_targets_year_the_milestone_and_the_path_are_beside_the_verdict(tables):
    """Underweight was 7,7 % in 2025 and is to be 6,4 % in 2030: 7,44 % in 2026."""
    found = rows(tables(ACTION, DA_MAI, "2026"))
    underweight, newborns = found[UNDERWEIGHT], found[NEWBORNS]
    share = underweight["TỬ SỐ"] / underweight["MẪU SỐ"] * 100
    assert underweight["MỐC NĂM 2026"] == "≤7,44"
    assert underweight["SO VỚI MỐC"] == ("đúng lộ trình" if share <= 7.44 else "chậm so với lộ trình")
    assert (newborns["MỐC NĂM 2026"], newborns["SO VỚI MỐC"]) == ("<9", "đúng lộ trình (giữ mức)")
    assert found[FACILITIES]["MỐC NĂM 2026"] in ("Có", "–")
    assert {row["ĐÁNH GIÁ"] for row in found.values()} & {"Không đạt"} == set()


def test_the_annex_ends_with_who_signs_it_and_to_whom_it_goes(tables):
    text = texts(tables(ACTION, DA_MAI, "2026"))
    assert "Đa Mai, ngày …… tháng …… năm ………" in text
    assert text.index("Nơi nhận:") < text.index("NGƯỜI LẬP BIỂU") < text.index("THỦ TRƯỞNG ĐƠN VỊ")
    assert "- Ủy ban nhân dân tỉnh;" in text and "- Sở Y tế;" in text
    unsaid = texts(tables(ACTION, "24", "2026"))
    assert "Bắc Ninh, ngày" in unsaid and "- …………………;" in unsaid
    assert "- UBND tỉnh (qua Sở Y tế);" in texts(tables(MOTHERS, "213", "2024"))


def test_footnotes_terms_and_versions_are_on_a_sheet_of_their_own(tables):
    clean = tables(MOTHERS, "24", "2024")
    assert openpyxl.load_workbook(clean).sheetnames == [annex_workbook.SHEET]
    assert "phiên bản" not in texts(clean) and "Phần lời ghi" not in texts(clean)
    path = tables(MOTHERS, "24", "2024", with_notes=True)
    assert "Phần lời ghi “đạt > 95%”; phụ lục ghi >99." in texts(path, notes.SHEET)
    assert "phiên bản" in texts(path, notes.SHEET) and "phiên bản" not in texts(path)
    assert rows(path)["Tỷ lệ phụ nữ đẻ tại cơ sở y tế"]["Ghi chú"].startswith("(")


def test_a_page_of_the_annex_begins_with_a_section_or_inside_one_that_is_longer_than_a_page(tables):
    sheet = openpyxl.load_workbook(tables(ACTION, DA_MAI, "2026"))["Phụ lục"]
    begins = [sheet.cell(each.id + 1, 1).value for each in sheet.row_breaks.brk]
    assert [text.partition(":")[0] for text in begins] == [
        "Mục tiêu 1 (tiếp theo)",
        "Mục tiêu 2",
        "Mục tiêu 3",
        "Mục tiêu 4",
    ]
    assert sheet.print_title_rows and sheet.page_setup.scale < 100


def test_one_workbook_has_all_communes_each_on_its_sheet_after_a_table_of_all(tables):
    path = tables(ACTION, "24", "2026", by_unit=True)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [overview.SHEET, *UNITS]
    found = {row[1]: row for row in book[overview.SHEET].iter_rows(values_only=True) if row[1]}
    codes = next(row for row in book[overview.SHEET].iter_rows(values_only=True) if row[0] == "STT")
    own = rows(tables(ACTION, DA_MAI, "2026"))
    assert found[DA_MAI][codes.index("5.1")] == own[IMMUNISED]["KẾT QUẢ ĐẠT ĐƯỢC"]
    assert len([code for code in found if str(code).isdigit()]) == 99
    assert set(found["07264"][3:]) == {"–"}


def test_the_other_plan_has_its_own_columns_and_numerals(tables):
    path = tables(MOTHERS, "24", "2024")
    row = rows(path)["Tỷ lệ phụ nữ đẻ tại cơ sở y tế"]
    assert (row["STT"], row["Thực hiện năm 2023"], row["Năm 2024"], row["Năm 2025"]) == ("3", "99,9", ">99", ">99")
    assert row["Đơn vị có số liệu"] == "1/10"
    assert "Mốc năm 2024" not in row


def test_an_unknown_unit_or_an_empty_period_is_a_wrong_call(season, tmp_path):
    with pytest.raises(WrongCall):
        reports.report(ACTION, "99999", "2026", tmp_path / "none.xlsx")
    with database.connect() as connection, pytest.raises(WrongCall):
        form_queries.form(connection, ACTION, "213", "2026")


def test_published_are_those_whom_the_build_changed_and_equal_figures_give_equal_bytes(season, files):
    with clock.at("2026-11-20T10:00:00+07:00"):
        first = {path.relative_to(publishing.folder()) for path in publishing.publish().written}
        assert publishing.publish().written == []
    assert {str(path) for path in first} == {
        *(f"{ACTION}/2026/{unit}.xlsx" for unit in (*UNITS, "24")),
        *(f"{ACTION}/2025/{unit}.xlsx" for unit in (DA_MAI, "24")),
        f"{MOTHERS}/2024/213.xlsx",
        f"{MOTHERS}/2024/24.xlsx",
    }
    before = {path: (publishing.folder() / path).read_bytes() for path in first}

    correction = simulate.simulate(ACTION, "2026", ["07210"], seed=7, out=files, correction=1, lines=["5.1"])
    assert receive(correction, "2026-11-21T08:00:00+07:00") == [("07210", "accepted")]
    with clock.at("2026-11-21T09:00:00+07:00"):
        building.build()
        second = {path.relative_to(publishing.folder()) for path in publishing.publish().written}
    assert {str(path) for path in second} == {f"{ACTION}/2026/07210.xlsx", f"{ACTION}/2026/24.xlsx"}
    for path in first - second:
        unit, period, programme = path.stem, path.parts[1], path.parts[0]
        again = reports.report(programme, unit, period, files / "again.xlsx", with_notes=True, with_lines=True)
        assert again.read_bytes() == before[path]


def test_no_workbook_is_removed_before_its_removal_is_recorded(season, monkeypatch):
    """A process that dies in between would leave a file that is missed for ever."""
    stray = publishing.folder() / ACTION / "2025" / "00000.xlsx"
    with clock.at("2026-11-21T10:00:00+07:00"):
        publishing.publish()
        stray.write_bytes(b"made up")
        chain.record_files("workbook", {stray: chain.described(b"made up")})
        with database.connect() as connection:
            connection.execute("delete from ops.pipeline_run where step = 'publish'")

        def die(*arguments):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(publishing.chain, "record_files", die)
            publishing.publish()
        assert stray.exists()
        assert stray in publishing.publish().removed
    assert not stray.exists()
    assert str(stray) not in str(verifying.verify().findings)


def test_a_plan_that_scores_gets_its_sheet_and_its_ranking_and_a_passed_deadline_publishes_them_again(season, files):
    """Two of eleven districts report in time; nobody else ever does, and on 2022-10-05 that costs points."""
    reporting = ["893", "886"]
    written = simulate.simulate(EMULATION, "2022", reporting, ["UBND"], seed=7, out=files)
    assert receive(written, "2022-10-01T08:00:00+07:00") == [("886", "accepted"), ("893", "accepted")]
    with clock.at("2022-10-01T09:00:00+07:00"):
        building.build()
        first = published_of(EMULATION)
        assert published_of(EMULATION) == set()
    with clock.at("2022-10-05T00:00:00+07:00"):
        building.build()
        second = published_of(EMULATION)
        assert published_of(EMULATION) == set()

    assert first == {*reporting, "89"}
    assert second == {*DISTRICTS, "89"}
    folder = publishing.folder() / EMULATION / "2022"
    assert openpyxl.load_workbook(folder / "893.xlsx").sheetnames == [
        score_workbook.LINES,
        annex_workbook.SHEET,
        notes.SHEET,
        proof_sheet.SHEET,
    ]
    assert openpyxl.load_workbook(folder / "89.xlsx").sheetnames == [
        score_workbook.UNITS,
        annex_workbook.SHEET,
        notes.SHEET,
        proof_sheet.SHEET,
    ]
    assert openpyxl.load_workbook(folder / "883.xlsx").sheetnames[0] == score_workbook.LINES


def published_of(programme: str) -> set[str]:
    """The units whose workbooks the step writes now."""
    return {path.stem for path in publishing.publish().written if programme in path.parts}


def test_the_annex_of_a_plan_of_districts_reads_their_target_and_leaves_points_to_the_score_sheet(season, tmp_path):
    found = rows(reports.report(EMULATION, "893", "2022", tmp_path / "893.xlsx"))
    row = found["Tỷ lệ huy động trẻ em 5 tuổi đi học mẫu giáo"]
    assert (row["Chỉ tiêu năm 2022"], row["So với chỉ tiêu năm 2022"]) == ("đạt 97%", verdict_of(row["Kết quả"], 97))
    assert not [name for name in found if name.startswith("Điểm")]


def verdict_of(result: object, target: float) -> str:
    """A share that is to reach a target, in the annex's words."""
    assert isinstance(result, int | float)
    return "Đạt vượt KH" if result > target else "Đạt" if result == target else "Không đạt"
