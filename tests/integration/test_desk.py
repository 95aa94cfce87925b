"""An officer reports on the pages, in a browser without scripts: from the invitation to the province's figure."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration import desk
from tests.integration.letterbox import Letterbox
from tests.integration.served import Served, serving
from warehouse import clock, database

ACTION, UNIT, NEIGHBOUR = "bacninh-2026-2030", "07228", "07210"
OFFICER, PROVINCE = "can-bo@da-mai.example", "so@bac-ninh.example"
NOW = "2026-11-20T09:00:00+07:00"
FIGURE = """
select numerator, denominator, units_reporting from marts.fct_indicator_rollup
where programme_code = %s and period = '2026' and unit_code = '24' and indicator_code = '5.1'
    and boundary_basis = 'as_reported' and measure = 'rate'
"""


@pytest.fixture(scope="module")
def served(own_database: str) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", NOW)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert program, "The pages are tested in Chromium, and there is none. Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A telephone's width, and no script runs: what is seen works without."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    try:
        yield context.new_page()
    finally:
        context.close()


def filled(template: Path, folder: Path, name: str, numerator: object = 291, denominator: object = 300) -> Path:
    """The template as an officer fills it in: one indicator."""
    book = openpyxl.load_workbook(template)
    sheet = book["Báo cáo"]
    (row,) = [row for row in sheet.iter_rows() if row[0].value == "5.1"]
    row[3].value, row[4].value = numerator, denominator
    book.save(folder / name)
    return folder / name


def sign_in(page: Page, served: Served, email: str, password: str = desk.PASSWORD) -> None:
    page.goto(f"{served.address}/dang-nhap")
    page.get_by_label("Địa chỉ thư điện tử").fill(email)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def hand_in(page: Page, *paths: Path) -> None:
    page.get_by_label("Chọn tệp báo cáo").set_input_files([str(path) for path in paths])
    page.get_by_role("button", name="Nộp", exact=True).click()


def test_from_the_letter_to_the_provinces_figure(served, page, letterbox: Letterbox, command, tmp_path):
    from pipeline import building

    assert command("accounts", "invite", UNIT, OFFICER).code == 0
    (letter,) = letterbox.letters
    text = letter.get_body(("plain",)).get_content()
    assert letterbox.recipients == [[OFFICER]] and "Phường Đa Mai (mã 07228)" in text
    link = desk.LINK.search(text)[0]

    page.goto(link)
    page.get_by_label("Mật khẩu mới").fill(desk.PASSWORD)
    page.get_by_label("Nhập lại mật khẩu").fill(desk.PASSWORD)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    page.get_by_role("link", name="Đăng nhập").click()
    sign_in(page, served, OFFICER)
    assert page.url == f"{served.address}/bao-cao-cua-toi"
    card = page.get_by_role("article").filter(has_text="giai đoạn 2026–2030, năm 2026")
    assert "Chưa nộp" in card.inner_text() and "29/11/2026 (còn 9 ngày)" in card.inner_text()

    with page.expect_download() as download:
        card.get_by_role("link", name="Tải biểu mẫu").click()
    template = tmp_path / download.value.suggested_filename
    download.value.save_as(template)
    assert template.name == f"{ACTION}_{UNIT}_2026.xlsx"

    hand_in(page, filled(template, tmp_path, "da-mai sai.xlsx", -5))
    assert "Bị trả lại" in page.inner_text(".verdict")
    issue = page.get_by_role("listitem").filter(has_text="«-5» là số âm").inner_text()
    assert re.match(r"\s*Báo cáo!D\d+ đã ghi «-5»", issue)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp đã đánh dấu ô sai").click()
    download.value.save_as(tmp_path / "marked.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames) > 2

    hand_in(page, filled(template, tmp_path, "da-mai đúng.xlsx"))
    assert "Đã được nhận" in page.inner_text(".verdict")
    building.build()
    assert marts(FIGURE, ACTION) == [(291, 300, 1)]

    page.get_by_role("link", name="Về Báo cáo của tôi").click()
    card = page.get_by_role("article").filter(has_text="giai đoạn 2026–2030, năm 2026")
    assert "Đã được nhận" in card.inner_text()
    sent = page.get_by_role("listitem").filter(has_text="da-mai ")
    assert [OFFICER in text for text in sent.all_inner_texts()] == [True, True]
    card.get_by_text("Rút báo cáo này").click()
    card.get_by_label("Lý do rút").fill('Nhầm "số liệu"; sẽ nộp lại')
    with clock.at("2026-11-20T10:00:00+07:00"):
        card.get_by_role("button", name="Rút báo cáo").click()
    assert "rút: được nhận" in page.inner_text(".receipt")
    page.get_by_role("link", name="Về Báo cáo của tôi").click()
    assert "Đã rút lúc 10:00 ngày 20/11/2026" in page.get_by_role("article").first.inner_text()
    assert desk.events_of(OFFICER) == [
        *("invited", "invitation_accepted", "signed_in", "uploaded", "uploaded", "uploaded", "retracted"),
    ]
    with database.connect() as connection:
        origins = connection.execute(
            "select submission_type, email from ops.submission_origin join raw.submission using (submission_id) "
            "join ops.account using (account_id) order by received_at"
        ).fetchall()
    assert origins == [("full", OFFICER), ("full", OFFICER), ("retraction", OFFICER)]


def marts(query: str, *values: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query, values).fetchall()
