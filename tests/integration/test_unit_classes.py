"""A province's officer sets the class of a unit on its score sheet by an act, and recognition follows with a build.

Lạng Sơn's communes of 2024, assessed as in test_scores; their office has filled in the points that no source names.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline import building, verifying
from tests import accessibility
from tests.integration import desk
from tests.integration.served import Served, serving
from tests.integration.test_desk import TIMEOUT_MS, sign_in
from tests.integration.test_province import client, confirmed, hidden, shown, table
from tests.integration.test_scores import CHI_LANG, FRIENDLY, FULL, HOANG_VAN_THU, assess, ranking
from warehouse import clock, database
from warehouse.seeds.schema import read

PROVINCE, COLLEAGUE, OTHER = "so@lang-son.example", "pho@lang-son.example", "so@bac-ninh.example"
BEFORE, FIRST, SECOND = (f"2028-06-{at}:00+07:00" for at in ("01T08:00", "02T09:00", "05T09:00"))
CLASS = "/quyet-dinh/loai"
UNIT = {"programme": FRIENDLY, "unit": HOANG_VAN_THU}
ACT = {"act": "Quyết định số 77/QĐ-UBND", "act_on": "2028-06-02", "decided_by": "UBND tỉnh Lạng Sơn"}
LATER_ACT = ACT | {"act": "Quyết định số 80/QĐ-UBND", "act_on": "2028-06-05"}
URBAN, OTHERS = "phuong-do-thi", "con-lai"


def with_maximum_points(folder: Path) -> None:
    """The criteria as shipped, 72.5 points (made up) for each without a maximum: 1 000 together."""
    seed = next(each for each in read(building.DBT_PROJECT) if each.name == "criteria")
    with seed.path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["programme_code"] == FRIENDLY]
    with (folder / "criteria.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(row | {"max_points": row["max_points"] or "72.5"} for row in rows if row["kind"] == "line")


@pytest.fixture(scope="module")
def served(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("danh-muc")
    with_maximum_points(folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        environment.setenv("BAOCAO_SIGN_IN", "on")
        environment.setenv("BAOCAO_NOW", FIRST)
        for email, unit in ((PROVINCE, "20"), (COLLEAGUE, "20"), (OTHER, "24")):
            desk.account(email, unit, "province")
        assess(HOANG_VAN_THU, FULL)
        assess(CHI_LANG, FULL | {1: 50, 6: 75})
        with clock.at(BEFORE):
            building.build()
        with serving() as pages:
            yield pages


def recognised(unit: str = HOANG_VAN_THU, as_of: str | None = None) -> tuple:
    """Verdict, points, the points needed and the class."""
    row = ranking(FRIENDLY, "2024", as_of)[unit]
    return row["verdict"], row["total_points"], row["threshold"], row["class_code"]


def class_of(officer: desk.Client, **query: str) -> dict[str, str]:
    rows = table(officer, "/quyet-dinh", "classes", **query)
    assert len(rows) == 8
    return next(row for row in rows if row["Đơn vị"].endswith(f"({HOANG_VAN_THU})"))


def test_a_class_is_set_by_an_act_and_decides_recognition_with_the_next_build(served):
    officer, colleague = client(served, PROVINCE), client(served, COLLEAGUE)
    assert recognised() == ("undetermined", 895, None, None)
    assert class_of(officer)["Loại"] == "chưa xác định"
    form = shown(officer.get(CLASS, **UNIT))
    assert "Phường Hoàng Văn Thụ (05971)" in form and "cần 900 điểm" in form

    for field, value, reason in (
        ("class", "", "Xin điền ô này"),
        ("class", "thanh-pho", "Bảng chấm điểm không có loại «thanh-pho»"),
        ("act", "", "Xin điền ô này"),
        ("act_on", "2028-06-28", "ở tương lai"),
        ("decided_by", "Nguyễn Văn An, CCCD 001215012345", "thông tin cá nhân"),
    ):
        refused = officer.post(CLASS, UNIT | ACT | {"class": URBAN, field: value, "step": "xem"})
        assert refused.status_code == 400 and reason in shown(refused), (field, shown(refused))
        assert f'id="loi-{field}"' in refused.text
    elsewhere = officer.post(CLASS, UNIT | ACT | {"class": URBAN, "unit": "07228", "step": "xem"})
    assert elsewhere.status_code == 404 and "Không có đơn vị nào như vậy" in shown(elsewhere)
    assert client(served, OTHER).get(CLASS, **UNIT).status_code == 403
    assert client(served, OTHER).post(CLASS, UNIT | ACT | {"class": URBAN, "step": "xem"}).status_code == 403

    second = colleague.post(CLASS, UNIT | ACT | {"class": OTHERS, "step": "xem"})
    message = confirmed(officer, CLASS, UNIT | ACT | {"class": URBAN})
    assert "Loại: từ «chưa xác định» thành «Phường thuộc quận, thị xã" in message
    assert "Điểm cần đạt: từ chưa có thành 900" in message and "Có hiệu lực từ ngày 02/06/2028" in message
    assert "Kỳ năm 2024: 895 điểm, đang kết luận: Chưa xác định" in message
    late = colleague.post(CLASS, hidden(second.text) | {"step": "xac-nhan"})
    assert late.status_code == 400 and "đã được xác định bằng văn bản ngày 02/06/2028" in shown(late)

    decided = table(officer, "/quyet-dinh", "decisions")[0]
    assert (decided["Loại"], decided["Trước"]) == ("loại đơn vị", "chưa xác định")
    assert decided["Sau"].startswith("Phường thuộc quận") and decided["Tình trạng"] == "chờ lần tổng hợp tới"
    assert decided["Về"] == f"{FRIENDLY} · Phường Hoàng Văn Thụ (05971)"
    assert building.has_decisions_to_load() and recognised() == ("undetermined", 895, None, None)
    building.build()
    assert recognised() == ("not_recognised", 895, 900, URBAN)
    assert recognised(CHI_LANG) == ("undetermined", 795, None, None)


def test_another_act_sets_another_class_and_earlier_days_keep_theirs(served, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", SECOND)
    officer = client(served, PROVINCE)
    for field, value, reason in (
        ("class", URBAN, "Đơn vị đang thuộc loại này"),
        ("act_on", "2028-06-02", "đã được xác định bằng văn bản ngày 02/06/2028"),
        ("act_on", "2028-06-01", "Văn bản cũ hơn quyết định đang có hiệu lực (ngày 02/06/2028)"),
    ):
        refused = officer.post(CLASS, UNIT | LATER_ACT | {"class": OTHERS, field: value, "step": "xem"})
        assert refused.status_code == 400 and reason in shown(refused), (field, shown(refused))
        assert f'id="loi-{field}"' in refused.text

    message = confirmed(officer, CLASS, UNIT | LATER_ACT | {"class": OTHERS})
    assert "Điểm cần đạt: từ 900 thành 850" in message
    assert "895 điểm, đang kết luận: Không đủ điều kiện" in message
    building.build()

    assert recognised() == ("recognised", 895, 850, OTHERS)
    assert recognised(as_of="2028-06-04T23:59:59+07:00") == ("not_recognised", 895, 900, URBAN)
    assert recognised(as_of=BEFORE) == ("undetermined", 895, None, None)
    listed = class_of(officer)
    assert (listed["Loại"], listed["Điểm cần đạt"], listed["Từ ngày"]) == (
        "Xã, phường, thị trấn còn lại",
        "850",
        "2028-06-05",
    )
    assert class_of(officer, as_of="2028-06-04", unit="20")["Điểm cần đạt"] == "900"
    assert class_of(officer, as_of="2028-06-02", unit="20")["Loại"] == "chưa xác định"
    with database.connect() as connection:
        in_force = "select class_code, act, valid_from::text from marts.dim_org_unit_class where unit_code = %s"
        assert connection.execute(in_force, [HOANG_VAN_THU]).fetchall() == [
            (OTHERS, "Quyết định số 80/QĐ-UBND ngày 05/06/2028 của UBND tỉnh Lạng Sơn", "2028-06-05")
        ]
    # the reports are made up without files
    assert [found for found in verifying.verify().findings if found.artefact != "made up"] == []


def test_the_scores_show_the_class_and_its_points_and_open_the_form(served, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", SECOND)
    officer = client(served, PROVINCE)
    (row,) = (
        row
        for row in table(officer, "/cham-diem", "results", programme=FRIENDLY, period="2024")
        if row["Mã"] == HOANG_VAN_THU
    )
    assert row["Loại"] == "Xã, phường, thị trấn còn lại"
    assert (row["Điểm cần đạt"], row["Kết luận"]) == ("850", "Đủ điều kiện")
    page = shown(officer.get("/cham-diem", programme=FRIENDLY, period="2024"))
    assert f"{CLASS}?programme={FRIENDLY}&unit={HOANG_VAN_THU}" in page
    assert CLASS not in shown(officer.get("/cham-diem", programme=FRIENDLY, period="2024", as_of="2028-06-04"))
    assert "Loại đơn vị" not in shown(client(served, OTHER).get("/quyet-dinh", unit="24"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form_is_accessible_and_fits_a_telephone(served, browser: Browser, monkeypatch, language):
    monkeypatch.setenv("BAOCAO_NOW", SECOND)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    sign_in(page, served, PROVINCE)
    for address in (
        f"{CLASS}?programme={FRIENDLY}&unit={CHI_LANG}",
        "/quyet-dinh?unit=20",
        f"/cham-diem?programme={FRIENDLY}",
    ):
        response = page.goto(f"{served.address}{address}&lang={language}")
        assert response.status == 200 and len(response.body()) <= 150_000, address
        assert accessibility.too_wide(page) == [], address
        assert accessibility.problems(page) == {}, address
    page.goto(f"{served.address}{CLASS}?programme={FRIENDLY}&unit={CHI_LANG}&lang={language}")
    for name, value in LATER_ACT.items():
        page.locator(f"#f-{name}").fill(value)
    page.locator("#f-class").select_option("mien-nui")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    changed = "Điểm cần đạt: từ chưa có thành 800" if language == "vi" else "Points needed: from none yet to 800"
    assert changed in page.locator("main").inner_text()
    assert accessibility.problems(page) == {}
    context.close()
