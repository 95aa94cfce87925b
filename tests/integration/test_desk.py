"""An officer reports on the pages, in a browser without scripts: from the invitation to the province's figure."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from tests import accessibility
from tests.integration import desk
from tests.integration.letterbox import Letterbox
from tests.integration.served import Served, serving
from warehouse import database

ACTION, UNIT, NEIGHBOUR = "bacninh-2026-2030", "07228", "07210"
OFFICER, PROVINCE = "can-bo@da-mai.example", "so@bac-ninh.example"
NOW = "2026-11-20T09:00:00+07:00"
TIMEOUT_MS = 300_000
"""The first upload imports Great Expectations, on a machine that may be busy."""
FIGURE = """
select numerator, denominator, units_reporting from fct_indicator_rollup
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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A telephone's width, and no script runs: what is seen works without."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    context.set_default_timeout(TIMEOUT_MS)
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


def test_from_the_letter_to_the_provinces_figure(served, page, letterbox: Letterbox, command, tmp_path, monkeypatch):
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
    page.wait_for_load_state()
    sent = page.get_by_role("listitem").filter(has_text="da-mai ")
    assert [OFFICER in text for text in sent.all_inner_texts()] == [True, True]
    card.get_by_text("Rút báo cáo này").click()
    card.get_by_label("Lý do rút").fill('Nhầm "số liệu"; sẽ nộp lại')
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:20:00+07:00")
    card.get_by_role("button", name="Rút báo cáo").click()
    assert "Phường Đa Mai (07228), năm 2026, rút: được nhận" in page.inner_text(".receipt")
    page.get_by_role("link", name="Về Báo cáo của tôi").click()
    assert "Đã rút lúc 09:20 ngày 20/11/2026" in page.get_by_role("article").first.inner_text()
    assert desk.events_of(OFFICER) == [
        *("invited", "invitation_accepted", "signed_in", "uploaded", "uploaded", "uploaded", "retracted"),
    ]
    with database.connect() as connection:
        origins = connection.execute(
            "select submission_type, email from ops.submission_origin join raw.submission using (submission_id) "
            "join ops.account using (account_id) order by received_at"
        ).fetchall()
    assert origins == [("full", OFFICER), ("full", OFFICER), ("retraction", OFFICER)]


def test_several_files_have_a_receipt_each_and_the_same_file_again_is_known(served, page):
    desk.account("nhieu@example.org", NEIGHBOUR)
    sign_in(page, served, "nhieu@example.org")
    line = "programme;period;unit_code;indicator;numerator;denominator;made_up\n{};{};{};5.1;{};300;có\n"
    contents = {
        "mot.csv": line.format(ACTION, "2025", NEIGHBOUR, 280),
        "cua phuong khac.csv": line.format(ACTION, "2026", UNIT, 280),
        "ba & 'bốn'.csv": line.format(ACTION, "2026", NEIGHBOUR, 400),
        "không phải báo cáo.pdf": "%PDF-1.7",
    }
    given = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}
        for name, content in contents.items()
    ]
    for turn in ("first", "second"):
        page.goto(f"{served.address}/bao-cao-cua-toi")
        page.get_by_label("Chọn tệp báo cáo").set_input_files(given)
        page.get_by_role("button", name="Nộp", exact=True).click()
        page.wait_for_load_state()
        shown = page.get_by_role("region").filter(has=page.locator(".verdict")).all_inner_texts()
        results = [re.search(r"Đã được nhận|Bị trả lại|Không được nhận|Trùng", text)[0] for text in shown]
        assert [text.splitlines()[0] for text in shown] == list(contents)
        first = "Đã được nhận" if turn == "first" else "Trùng"
        assert results == [first, "Không được nhận", "Bị trả lại", "Bị trả lại"]
    assert "Tử số 400 lớn hơn mẫu số 300" in shown[2] and "07228" in shown[1]
    page.get_by_role("link", name="Báo cáo của tôi").first.click()
    page.wait_for_load_state()
    assert page.get_by_role("listitem").filter(has_text="nhieu@example.org").count() == 8
    with database.connect() as connection:
        units = connection.execute(
            "select distinct coalesce(raw.submission.unit_code, '') from raw.submission "
            "join ops.submission_origin using (submission_id) join ops.account using (account_id) "
            "where email = 'nhieu@example.org'"
        ).fetchall()
    assert sorted(units) == [("",), (NEIGHBOUR,)]


def test_nothing_chosen_and_nothing_to_retract_are_sentences(served):
    desk.account("trong@example.org", "07246")
    client = desk.Client(served.address)
    client.sign_in("trong@example.org")

    assert "Chưa chọn tệp nào" in client.post("/bao-cao-cua-toi/nop").text
    report = {"programme": ACTION, "period": "2026"}
    assert "ghi lý do" in client.post("/bao-cao-cua-toi/rut", {**report, "reason": "  "}).text
    assert (
        "Không có báo cáo nào đang có hiệu lực" in client.post("/bao-cao-cua-toi/rut", {**report, "reason": "x"}).text
    )
    assert client.post("/bao-cao-cua-toi/rut", {"programme": "x", "period": "2026", "reason": "x"}).status_code == 404
    assert client.post("/bao-cao-cua-toi/nop", report, [("a.pdf", b"x")]).status_code == 400, "no document is owed"
    assert client.get("/bao-cao-cua-toi/bien-nhan/none").status_code == 404


def test_an_interrupted_upload_leaves_its_trace_and_says_so(served, monkeypatch):
    from pipeline import receiving

    def fail(*given: object, **named: object) -> None:
        raise RuntimeError("a secret of the server")

    desk.account("dut@example.org", "07264")
    client = desk.Client(served.address)
    client.sign_in("dut@example.org")
    monkeypatch.setattr(receiving, "receive_files", fail)
    done = client.post("/bao-cao-cua-toi/nop", files=[("a.csv", b"x")])
    shown = client.get(done.headers["location"]).text

    assert "chưa nhận được" in shown and "Không phải lỗi của tệp" in shown and "secret" not in shown
    with database.connect() as connection:
        found = connection.execute(
            "select status, file_name from ops.upload join ops.account using (account_id) "
            "where email = 'dut@example.org'"
        ).fetchall()
    assert found == [("failed", "a.csv")]


@pytest.mark.parametrize("harm", ["exhausts", "kills"])
def test_a_file_that_harms_its_reader_is_refused_and_the_pages_go_on(harm, served, monkeypatch):
    """Its reader lives in a process of its own: whatever it does, this one goes on."""
    from ingest import reading

    server = os.getpid()

    def read(*given: object) -> None:
        if harm == "kills" and os.getpid() != server:
            os.kill(os.getpid(), signal.SIGABRT)
        raise MemoryError

    email = f"{harm}@example.org"
    desk.account(email, "07288")
    client = desk.Client(served.address)
    client.sign_in(email)
    monkeypatch.setattr(reading, "read", read)
    done = client.post("/bao-cao-cua-toi/nop", files=[("a.csv", b"x")])
    assert "Tệp này không đọc được" in client.get(done.headers["location"]).text
    with database.connect() as connection:
        found = connection.execute(
            "select status, (select count(*) from raw.file as file where file.sha256 = upload.sha256) "
            "from ops.upload join ops.account using (account_id) where email = %s",
            [email],
        ).fetchall()
    assert found == [("refused", 0)]


def test_a_document_is_handed_in_at_its_obligation(served):
    desk.account("ho-so@example.org", "31", "reports", "SGDDT")
    client = desk.Client(served.address)
    client.sign_in("ho-so@example.org")
    shown = client.get("/bao-cao-cua-toi").text
    period = re.search(
        r'name="programme" value="haiphong-directive28"><input type="hidden" name="period" value="(\d+)"', shown
    )
    fields = {"programme": "haiphong-directive28", "period": period[1]}
    done = client.post("/bao-cao-cua-toi/nop", fields, [("bao-cao.pdf", b"%PDF made up")])

    assert "Đã được nhận" in client.get(done.headers["location"]).text


SIGNED_IN = {
    "reports": ["/bao-cao-cua-toi", "/tai-khoan", "/tai-khoan/xac-thuc", "/sang-nay", "receipt"],
    "province": ["/tai-khoan-don-vi", "/bao-cao-cua-toi"],
    "": ["/dang-nhap", "/loi-moi/none", "invitation"],
}


@pytest.mark.parametrize("role", SIGNED_IN)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_accessible_and_fits_a_telephone(served, browser, role, language, command):
    email = f"axe-{role}-{language}@example.org"
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    tab, complaints = context.new_page(), []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    if role:
        desk.account(email, "24" if role == "province" else "07282", role)
        sign_in(tab, served, email)
    for address in SIGNED_IN[role]:
        if address == "receipt":
            tab.goto(f"{served.address}/bao-cao-cua-toi?lang={language}")
            rows = "programme;period;unit_code;indicator;numerator;denominator\n{0};2026;07282;5.1;-1;300\n"
            content = {"name": "a.csv", "mimeType": "text/csv", "buffer": rows.format(ACTION).encode()}
            tab.locator("input[type=file]").first.set_input_files(content)
            with tab.expect_navigation():
                tab.locator("form.upload button").first.click()
        elif address == "invitation":
            tab.goto(desk.LINK.search(command("accounts", "invite", "07282", email).out)[0] + f"?lang={language}")
        else:
            tab.goto(f"{served.address}{address}?lang={language}")
        assert tab.get_attribute("html", "lang") == language
        assert accessibility.too_wide(tab) == [], address
        assert accessibility.problems(tab) == {}, address
    assert complaints == []
    context.close()


def marts(query: str, *values: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query, values).fetchall()
