"""A plan's document becomes rows to accept: how much of today's catalogue comes out by itself, and nothing unasked."""

import csv
import json
import re
from pathlib import Path

import openpyxl
import pytest

from pipeline import building, catalogue_drafting, catalogue_import
from pipeline.catalogue_drafting import Drafted
from tests.unit.pipeline import draft_quality as quality
from tests.unit.warehouse.seeds.small_project import copy_seeds
from warehouse.seeds import checks
from warehouse.seeds.workbook import ACCEPT

PAGE = quality.ROOT / "docs" / "drafting.md"
FLOORS = {
    "bacninh-2026-2030": {"indicator": 1, "name": 1, "target value": 1, "comparator": 1, "unit": 1, "deadline": 1},
    "bacgiang-maternal-child-2025": {"indicator": 1, "name": 1, "target value": 1, "comparator": 0.95, "agency": 0.9},
    "angiang-emulation-2022": {"target": 1, "target value": 1, "comparator": 1, "measure": 0.9},
    "langson-child-friendly-2024": {"indicator": 1, "lead agency": 0.9, "target value": 1},
    "haiphong-directive28": {"agency": 1, "deadline": 0.9},
}
"""Precision and recall that a plan's draft must not fall below."""

MADE_UP = """KẾ HOẠCH
Phòng, chống đuối nước trẻ em phường Đa Mai giai đoạn 2027 - 2029 (ví dụ, không phải kế hoạch thật)
I. MỤC TIÊU
1. Chỉ tiêu đến năm 2029
- Chỉ tiêu 1: Tối thiểu 80% trẻ em từ 6 tuổi trở lên biết bơi an toàn.
- Chỉ tiêu 2: Số vụ đuối nước không quá 3 vụ.
II. PHÂN CÔNG THỰC HIỆN
1. Phòng Văn hóa - Xã hội
Chủ trì, theo dõi chỉ tiêu 1; tổng hợp, báo cáo UBND tỉnh chậm nhất ngày 20/12 hằng năm.
2. Trạm Y tế, Công an phường
Phối hợp thực hiện chỉ tiêu 2.
PHỤ LỤC
TT\tChỉ tiêu\tĐơn vị tính\tHiện trạng 2026\tNăm 2027\tNăm 2029
1\tTỷ lệ trẻ em từ 6 tuổi trở lên biết bơi an toàn\t%\t41,5\t60\t75
2\tSố vụ đuối nước\tvụ\t5\t≤4\t≤3
"""


@pytest.fixture(scope="module")
def project() -> checks.Project:
    return checks.read(building.DBT_PROJECT)


@pytest.fixture(scope="module")
def drafted(project: checks.Project) -> dict[str, Drafted]:
    return {
        programme: catalogue_drafting.propose(project, quality.PLANS / file, programme)
        for programme, file in quality.FILES.items()
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's own catalogue, empty, over a small copy of the seeds."""
    own = tmp_path / "danh-muc"
    own.mkdir()
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(own))
    monkeypatch.setattr(building, "DBT_PROJECT", copy_seeds(tmp_path))
    return own


def made_up(tmp_path: Path, **options) -> Drafted:
    (tmp_path / "duoi-nuoc.txt").write_text(MADE_UP, encoding="utf-8")
    return catalogue_drafting.draft(building.DBT_PROJECT, tmp_path / "duoi-nuoc.txt", **options)


def rows(found: Drafted, seed: str) -> list[dict[str, str | None]]:
    return [dict(row.cells) for row in found.drafts if row.seed == seed]


# --- against today's catalogue --------------------------------------------------------------------


def test_the_page_shows_what_a_draft_of_each_plan_gets_right(drafted):
    table = quality.table({programme: quality.scores(found) for programme, found in drafted.items()})
    print("\n".join(table))
    assert "\n".join(table) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("programme", quality.FILES)
def test_precision_and_recall_stay_above_their_floors(drafted, programme):
    found = quality.scores(drafted[programme])
    for name, floor in FLOORS[programme].items():
        right, made, expected = found[name]
        assert right >= floor * made, f"{name}: {right} of {made} drafted are right"
        assert name == "agency" or right >= floor * expected, f"{name}: {right} of {expected} expected"


def test_each_contradiction_of_the_catalogue_is_found_by_a_rule_or_the_page_says_why_not(drafted):
    text = PAGE.read_text(encoding="utf-8")
    unfound = {number for found in drafted.values() for number in quality.contradictions(found)[1]}
    explained = set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))
    counts = [(len(known), len(missed)) for known, missed, _ in map(quality.contradictions, drafted.values())]

    assert unfound == explained
    assert sum(known for known, _ in counts) >= 60
    assert f"{sum(known for known, _ in counts)} of {sum(map(sum, counts))}" in text


def test_every_kind_of_contradiction_has_its_words_in_vietnamese(drafted):
    findings = [each for found in drafted.values() for each in found.plan.findings]
    assert len({each.kind for each in findings}) > 30
    assert not [each.label_vi for each in findings if each.label_vi.isascii()]


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_word_pdf_and_text_give_one_draft(project, drafted, kind):
    places = {"source_line", "source", "source_file", "document_vi"}

    def shown(found: Drafted) -> list:
        return [
            (row.seed, {name: cell for name, cell in row.cells.items() if name not in places}) for row in found.drafts
        ]

    docx = catalogue_drafting.propose(project, quality.PLANS / f"000_6962923d4d476e9a.{kind}", "bacninh-2026-2030")
    assert shown(docx) == shown(drafted["bacninh-2026-2030"])


# --- a plan that no rule was written for ----------------------------------------------------------


def test_a_made_up_plan_gives_its_indicators_targets_days_and_agencies(folder, tmp_path):
    found = made_up(tmp_path)

    assert (found.programme, found.is_new) == ("phuong-da-mai-2027-2029", True)
    assert [(row["indicator_code"], row["unit_vi"], row["aggregation"]) for row in rows(found, "indicators")] == [
        ("1", "%", "ratio"),
        ("2", "vụ", "sum"),
    ]
    assert [
        (row["indicator_code"], row["target_year"], row["comparator"], row["target_low"] or row["target_high"])
        for row in rows(found, "targets")
    ] == [("1", "2027", "≥", "60"), ("1", "2029", "≥", "75"), ("2", "2027", "≤", "4"), ("2", "2029", "≤", "3")]
    assert [(row["agency_code"], row["name_vi"]) for row in rows(found, "agencies")] == [
        ("PVHXH", "Phòng Văn hóa - Xã hội"),
        ("TYT", "Trạm Y tế"),
        ("CAP", "Công an phường"),
    ]
    assert [(row["deadline_on"], row["reading"]) for row in rows(found, "deadlines")] == [
        (f"{year}-12-20", "inclusive") for year in (2027, 2028, 2029)
    ]
    assert [(each.kind, each.code) for each in found.plan.findings if each.code] == [("text vs annex", "1")]


def test_nothing_is_imported_that_nobody_accepted_and_what_is_accepted_says_what_it_lacks(folder, tmp_path):
    found = made_up(tmp_path)
    catalogue_drafting.write(found, tmp_path / "du-thao.xlsx")
    assert catalogue_import.plan(building.DBT_PROJECT, tmp_path / "du-thao.xlsx").edits == []

    accepted = accept(tmp_path / "du-thao.xlsx", {"Chương trình": [3], "Kỳ báo cáo": [3, 4], "Chỉ tiêu": [3]})
    plan = catalogue_import.plan(building.DBT_PROJECT, accepted)
    assert [(edit.kind, edit.seed.name) for edit in plan.edits] == [
        ("added", "programmes"),
        ("added", "periods"),
        ("added", "periods"),
        ("added", "indicators"),
    ]
    assert plan.problems == []

    catalogue_import.write(building.DBT_PROJECT, plan)
    with (folder / "indicators.csv").open(encoding="utf-8") as lines:
        assert [row["name_vi"] for row in csv.DictReader(lines)] == ["Tỷ lệ trẻ em từ 6 tuổi trở lên biết bơi an toàn"]


def test_a_target_without_its_indicator_and_an_unclear_mark_are_named_by_sheet_and_cell(folder, tmp_path):
    catalogue_drafting.write(made_up(tmp_path), tmp_path / "du-thao.xlsx")
    accepted = accept(
        tmp_path / "du-thao.xlsx", {"Chương trình": [3], "Mức kế hoạch": [4]}, also={"Thời hạn": (3, "chắc là")}
    )
    plan = catalogue_import.plan(building.DBT_PROJECT, accepted)

    message = {plan.address(each.file, each.row, each.column): each.vi for each in plan.problems}
    assert "Thời hạn!A3" in message and "«chắc là»" in message["Thời hạn!A3"]
    assert any(address.startswith("Mức kế hoạch!") for address in message)


def test_of_a_programme_that_is_there_a_draft_keeps_what_the_plan_does_not_say(folder, tmp_path):
    found = catalogue_drafting.draft(
        building.DBT_PROJECT, quality.PLANS / quality.FILES["bacninh-2026-2030"], "bacninh-2026-2030"
    )
    assert not found.is_new
    assert {row.seed for row in found.drafts} & {"programmes", "periods"} == set()
    catalogue_drafting.write(found, tmp_path / "du-thao.xlsx")
    plan = catalogue_import.plan(building.DBT_PROJECT, accept(tmp_path / "du-thao.xlsx", {"Chỉ tiêu": [4]}))

    assert plan.problems == []
    for edit in plan.edits:
        assert edit.kind == "changed"
        assert not {"numerator_vi", "denominator_vi", "note"} & set(edit.columns)


def test_the_command_lists_what_it_drafted_and_never_writes_over_a_draft(folder, tmp_path, command):
    (tmp_path / "duoi-nuoc.txt").write_text(MADE_UP, encoding="utf-8")
    outcome = command("catalogue", "draft", tmp_path / "duoi-nuoc.txt")
    assert (outcome.code, "2 Chỉ tiêu" in outcome.out, "duoi-nuoc-du-thao.xlsx" in outcome.out) == (0, True, True)
    assert "phần lời và phụ lục khác nhau: chỉ tiêu 1" in outcome.out

    again = command("catalogue", "draft", tmp_path / "duoi-nuoc.txt")
    assert again.code == 2 and "Đã có" in again.err and "Traceback" not in again.err
    rows = command("catalogue", "draft", tmp_path / "duoi-nuoc.txt", "--out", tmp_path / "b.xlsx", "--json")
    assert {row["table"] for row in json.loads(rows.out)["rows"]} >= {
        "programmes",
        "indicators",
        "targets",
        "deadlines",
    }


def accept(path: Path, sheets: dict[str, list[int]], also: dict[str, tuple[int, str]] | None = None) -> Path:
    """The workbook with «có» in the first cell of these rows."""
    book = openpyxl.load_workbook(path)
    for name, numbers in sheets.items():
        assert book[name]["A2"].value == ACCEPT
        for number in numbers:
            book[name].cell(number, 1).value = "có"
    for name, (number, mark) in (also or {}).items():
        book[name].cell(number, 1).value = mark
    book.save(path)
    return path
