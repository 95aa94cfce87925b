"""An officer without Excel types a report on the page: checked at the field, kept as a draft, handed in as a file."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page

from tests import accessibility
from tests.integration import desk
from tests.integration.served import Served, serving
from tests.integration.test_desk import FIGURE, TIMEOUT_MS, sign_in
from warehouse import database

ACTION, UNIT = "bacninh-2026-2030", "07228"
NOW = "2026-11-20T09:00:00+07:00"
FORM = "/bao-cao-cua-toi/nhap"
KEYS = {"programme": ACTION, "period": "2026"}
FREE = """
select min(units.unit_code) from app.org_unit as units
join app.org_unit as provinces on provinces.unit_id = units.current_province_id and provinces.unit_code = '24'
where units.unit_level = 'commune' and units.valid_to = 'infinity' and units.unit_code > '07300'
    and units.unit_code not in (select unit_code from ops.account)
"""
KEPT = """
select submission_type, indicator_code, numerator_raw, denominator_raw, value_raw, value_kind, value::text, note
from raw.line join raw.submission using (submission_id) join ops.submission_origin using (submission_id)
join ops.account using (account_id)
where email = %s and (numerator_raw, denominator_raw, value_raw) <> ('', '', '')
order by received_at, submission_type desc, row_no
"""
WIDTHS = {"telephone without scripts": (360, False), "desktop": (1280, True)}


@pytest.fixture(scope="module")
def served(own_database: str) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", NOW)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture
def client(served: Served, request: pytest.FixtureRequest) -> desk.Client:
    """Somebody of a unit of its own, signed in."""
    email = f"{abs(hash(request.node.name))}@example.org"
    with database.connect() as connection:
        (free,) = connection.execute(FREE).fetchone()
    desk.account(email, free)
    made = desk.Client(served.address)
    made.sign_in(email)
    return made


def line(page: Page, code: str) -> Locator:
    return page.get_by_role("group", name=re.compile(rf"^{re.escape(code)} "))


def form_of(client: desk.Client) -> dict[str, str]:
    """The hidden fields of the form as the page gives them now, with what is in its text fields."""
    text = client.get(FORM, **KEYS).text
    return dict(re.findall(r'<input (?:type="hidden"|id="[^"]*") name="([^"]+)" value="([^"]*)"', text))


def press(client: desk.Client, action: str, fields: dict[str, str]):
    return client.post(FORM, {**fields, "action": action})


def hand_in(client: desk.Client, fields: dict[str, str]) -> str:
    """Pressed again where warnings are shown first; returns the receipt."""
    response = press(client, "nop", fields)
    if response.status_code == 200:
        seen = re.search(r'name="seen" value="([^"]*)"', response.text)
        response = press(client, "nop", {**fields, "seen": seen[1]})
    assert response.status_code == 303, response.text
    return client.get(response.headers["location"]).text


@pytest.mark.parametrize("kind", WIDTHS)
def test_a_report_is_typed_corrected_at_the_field_and_makes_the_provinces_figure(served, browser, kind, monkeypatch):
    from pipeline import building

    width, scripts = WIDTHS[kind]
    unit = {"telephone without scripts": UNIT, "desktop": "07627"}[kind]
    email = f"{width}@da-mai.example"
    desk.account(email, unit)
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    before = figure()
    sign_in(page, served, email)
    card = page.get_by_role("article").filter(has_text="giai đoạn 2026–2030, năm 2026")
    card.get_by_role("link", name="Nhập trên trang").click()
    line(page, "5.1").get_by_label("Tử số").fill("310")
    line(page, "5.1").get_by_label("Mẫu số").fill("300")
    page.get_by_role("button", name="Kiểm tra").click()
    field = line(page, "5.1").get_by_label("Tử số")
    assert field.get_attribute("aria-invalid") == "true" and field.input_value() == "310"
    assert "Tử số 310 lớn hơn mẫu số 300" in line(page, "5.1").inner_text()
    assert "có 1 chỗ phải sửa" in page.get_by_role("alert").inner_text()

    field.fill("291")
    page.get_by_role("button", name="Lưu nháp").first.click()
    assert "Đã lưu nháp lúc 09:00 ngày 20/11/2026" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Đăng xuất").click()
    sign_in(page, served, email)
    card = page.get_by_role("article").filter(has_text="giai đoạn 2026–2030, năm 2026")
    card.get_by_role("link", name="Nhập tiếp bản nháp").click()
    assert line(page, "5.1").get_by_label("Tử số").input_value() == "291"
    page.get_by_role("button", name="Nộp báo cáo").click()
    assert "nên xem lại" in page.get_by_role("alert").inner_text()
    assert "Thiếu số liệu chỉ tiêu 5.2" in line(page, "5.2").inner_text()
    page.get_by_role("button", name="Nộp báo cáo").click()
    assert "Đã được nhận" in page.inner_text(".verdict")
    building.build()
    after = figure()
    assert [now - then for now, then in zip(after, before, strict=True)] == [291, 300, 1]

    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:20:00+07:00" if scripts else "2026-11-20T09:10:00+07:00")
    page.get_by_role("link", name="Về Báo cáo của tôi").click()
    card = page.get_by_role("article").filter(has_text="giai đoạn 2026–2030, năm 2026")
    card.get_by_role("link", name="Sửa số trên trang").click()
    line(page, "5.1").get_by_label("Tử số").fill("294")
    page.get_by_role("button", name="Nộp bản sửa").click()
    assert "Đã được nhận" in page.inner_text(".verdict") and "đính chính" in page.inner_text(".receipt")
    building.build()
    assert [now - then for now, then in zip(figure(), before, strict=True)] == [294, 300, 1]
    assert desk.events_of(email)[-2:] == ["uploaded", "typed"]
    with database.connect() as connection:
        kept = connection.execute(
            "select submission_type, file_name, numerator_raw, denominator_raw from ops.submission_origin "
            "join raw.submission using (submission_id) join raw.line using (submission_id) "
            "join ops.account using (account_id) where email = %s and indicator_code = '5.1' order by received_at",
            [email],
        ).fetchall()
    assert kept == [
        ("full", f"nhap-tren-trang_{ACTION}_{unit}_2026.xlsx", "291", "300"),
        ("correction", f"sua-tren-trang_{ACTION}_{unit}_2026.xlsx", "294", "300"),
    ]
    assert draft_of(email) is None
    context.close()


def test_what_is_typed_means_what_it_means_in_a_file(client):
    typed = {
        "value:3.1": "<2,6",
        "numerator:5.1": "1.234",
        "denominator:5.1": "1 300",
        "numerator:5.2": "KPS",
        "denominator:5.2": "13 trẻ",
        "value:2": "97,5",
        "numerator:4.1": "-",
        "value:1": "Có",
        "note:2": "số liệu 11 tháng",
        "numerator:6": "",
        "value:4.2": "chưa có số liệu",
    }
    receipt = hand_in(client, form_of(client) | typed)

    assert "Đã được nhận, có điểm cần xem lại" in receipt
    assert kept(client) == [
        ("full", "1", "", "", "Có", "yes", None, None),
        ("full", "2", "", "", "97,5", "exact", "[97.5,97.5]", "số liệu 11 tháng"),
        ("full", "3.1", "", "", "<2,6", "censored", "(,2.6)", None),
        ("full", "4.1", "-", "", "", "missing", None, None),
        ("full", "4.2", "", "", "chưa có số liệu", "missing", None, None),
        ("full", "5.1", "1.234", "1 300", "", "missing", None, None),
        ("full", "5.2", "KPS", "13 trẻ", "", "missing", None, None),
    ]  # fmt: skip
    shown = form_of(client)
    assert (shown["numerator:5.1"], shown["value:3.1"], shown["note:2"]) == ("1.234", "&lt;2,6", "số liệu 11 tháng")


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("value:3.1", "1.234", "«1.234» là 1234 hay 1,234"),
        ("numerator:5.1", "=D8+E8", "công thức"),
        ("numerator:5.1", "291/300", "«291/300»"),
        ("numerator:5.1", "2,5", "«2,5»"),
        ("value:3.1", "khoảng 2", "«khoảng 2»"),
        ("value:5.1", "101", "giá trị có thể có là 0–100"),
        ("value:1", "x\x00\x01", "«x"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_nothing_is_handed_in(client, field, text, message):
    before = contents()
    response = press(client, "nop", form_of(client) | {field: text})

    assert response.status_code == 400
    shown = html.unescape(response.text)
    name, _, code = field.partition(":")
    finding = re.search(rf'name="{field}".*?id="loi-(o-\d+-{name})">(.*?)</div>', shown, re.S)
    assert message in finding[2], code
    assert 'aria-invalid="true"' in shown
    assert contents() == before, "neither raw nor an issue"
    assert draft_of(email_of(client)) is not None


def test_nothing_that_looks_like_a_childs_identity_is_kept(client):
    fields = form_of(client) | {"numerator:5.1": "291", "note:5.1": "cháu Nguyễn Văn An, số định danh 001215012345"}
    before = contents()
    for action in ("luu:1", "kiem-tra", "nop"):
        response = press(client, action, fields)
        assert response.status_code == 400 and "thông tin giống thông tin cá nhân" in response.text
        assert re.search(r'id="loi-o-\d+-note">.*?giống số định danh cá nhân', html.unescape(response.text), re.S)
    assert contents() == before and draft_of(email_of(client)) is None
    assert press(client, "luu:1", fields | {"note:5.1": ""}).status_code == 303
    assert draft_of(email_of(client)) == {"5.1": {"numerator": "291"}}
    assert press(client, "bo", fields).status_code == 303 and draft_of(email_of(client)) is None


def test_a_correction_carries_what_differs_and_an_emptied_line_the_whole_report(client, monkeypatch):
    first = form_of(client) | {"numerator:5.1": "280", "denominator:5.1": "300", "value:2": "90"}
    hand_in(client, first | {"note:2": "hai\u00a0 dòng"})
    assert "không có gì để nộp" in press(client, "nop", form_of(client) | {"note:2": "hai dòng"}).text

    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:05:00+07:00")
    hand_in(client, form_of(client) | {"value:2": "91", "note:2": ""})
    assert kept(client)[2:] == [("correction", "2", "", "", "91", "exact", "[91,91]", None)]
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:08:00+07:00")
    hand_in(client, form_of(client) | {"value:2": ""})
    assert kept(client)[3:] == [("full", "5.1", "280", "300", "", "missing", None, None)]
    assert (form_of(client)["numerator:5.1"], form_of(client)["value:2"]) == ("280", "")


def test_a_report_that_came_meanwhile_is_shown_before_it_is_replaced(client, monkeypatch):
    old = form_of(client) | {"numerator:5.1": "250", "denominator:5.1": "300"}
    unit = unit_of(client)
    lines = f"programme;period;unit_code;indicator;numerator;denominator\n{ACTION};2026;{unit};5.1;281;300\n"
    client.post("/bao-cao-cua-toi/nop", files=[("a.csv", lines.encode())])

    wrong = press(client, "nop", old | {"numerator:5.1": "400"})
    assert 'name="based_on" value=""' in wrong.text, "the newer report is still to be shown"
    response = press(client, "nop", old)
    assert response.status_code == 400 and "đã có bản mới được nhận" in response.text
    assert "281 / 300" in response.text
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:05:00+07:00")
    based_on = re.search(r'name="based_on" value="([^"]*)"', response.text)[1]
    hand_in(client, old | {"based_on": based_on})
    assert kept(client)[-1][:4] == ("correction", "5.1", "250", "300")


def test_only_own_reports_with_figures_have_a_form(served, client):
    assert client.get(FORM, programme="haiphong-directive28", period="2026").status_code == 404
    assert client.get(FORM, programme=ACTION, period="1999").status_code == 404
    assert client.get(FORM).status_code == 404
    assert press(client, "nop", form_of(client) | {"programme": "haiphong-directive28"}).status_code == 404
    assert press(client, "nop", form_of(client) | {"value:2": "x" * 501}).status_code == 400
    assert "Chưa ghi số nào" in press(client, "nop", form_of(client)).text
    desk.account("ho-so@example.org", "31", "reports", "SGDDT")
    other = desk.Client(served.address)
    other.sign_in("ho-so@example.org")
    period = re.search(
        r'value="haiphong-directive28"><input type="hidden" name="period" value="(\d+)"',
        other.get("/bao-cao-cua-toi").text,
    )[1]
    assert other.get(FORM, programme="haiphong-directive28", period=period).status_code == 404


def test_a_draft_is_its_authors_alone(served, client):
    press(client, "luu:1", form_of(client) | {"numerator:5.1": "291"})
    desk.account("colleague@example.org", unit_of(client))
    colleague = desk.Client(served.address)
    colleague.sign_in("colleague@example.org")

    assert form_of(colleague)["numerator:5.1"] == "" and form_of(client)["numerator:5.1"] == "291"


def test_a_draft_goes_with_the_erased_file_that_it_began_with(client, command):
    hand_in(client, form_of(client) | {"numerator:5.1": "277", "denominator:5.1": "300", "note:5.1": "nhầm"})
    press(client, "luu:1", form_of(client))
    assert draft_of(email_of(client))["5.1"]["note"] == "nhầm"
    with database.connect() as connection:
        (sha256,) = connection.execute(
            "select sha256 from ops.upload join ops.account using (account_id) where email = %s", [email_of(client)]
        ).fetchone()

    assert command("personal-data", "erase", sha256, "--by", "Sở Y tế", "--act", "12/QĐ, 2026-11-20").code == 0
    assert draft_of(email_of(client)) is None
    assert form_of(client)["note:5.1"] == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form_is_accessible_and_fits_a_telephone(served, browser, language):
    email = f"axe-{language}@example.org"
    with database.connect() as connection:
        (free,) = connection.execute(FREE).fetchone()
    desk.account(email, free)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    sign_in(page, served, email)
    page.goto(f"{served.address}{FORM}?programme={ACTION}&period=2026&lang={language}")
    for state in ("empty", "wrong", "warned", "saved"):
        if state != "empty":
            page.locator('[name="numerator:5.1"]').fill("400" if state == "wrong" else "100")
            page.locator('[name="denominator:5.1"]').fill("300")
            with page.expect_navigation():
                page.locator('[value="luu:1"]' if state == "saved" else '[value="kiem-tra"]').click()
        assert page.get_attribute("html", "lang") == language
        assert accessibility.too_wide(page) == [], state
        assert accessibility.problems(page) == {}, state
    context.close()


@pytest.mark.parametrize(
    ("raw", "kind", "number", "expects", "text"),
    [
        ("1.234", "exact", "1.234", "rate", "1,2340"),
        ("95.3%", "exact", "95.3", "percent", "95.3%"),
        ("97.5", "exact", "97.5", "percent", "97.5"),
        ("291", "exact", "291", "count", "291"),
        ("<2,6", "censored", None, "rate", "<2,6"),
        ("-", "missing", None, "rate", ""),
        ("KPS", "nil", "0", "count", "KPS"),
    ],
)
def test_an_accepted_cell_is_shown_as_text_that_reads_back_as_the_same_number(raw, kind, number, expects, text):
    from pipeline import data_entry

    assert data_entry.same_again(raw, kind, Decimal(number) if number else None, expects) == text


def kept(client: desk.Client) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(KEPT, [email_of(client)]).fetchall()


def contents() -> tuple[int, int, int]:
    with database.connect() as connection:
        return connection.execute(
            "select (select count(*) from raw.file), (select count(*) from raw.submission), "
            "(select count(*) from ops.submission_issue)"
        ).fetchone()


def draft_of(email: str) -> dict | None:
    with database.connect() as connection:
        found = connection.execute(
            "select fields from ops.form_draft join ops.account using (account_id) where email = %s", [email]
        ).fetchone()
    return found and found[0]


def email_of(client: desk.Client) -> str:
    return re.search(r">([\w.-]+@example\.org)</a>", client.get("/tai-khoan").text)[1]


def unit_of(client: desk.Client) -> str:
    with database.connect() as connection:
        return connection.execute("select unit_code from ops.account where email = %s", [email_of(client)]).fetchone()[
            0
        ]


def figure() -> tuple[int, int, int]:
    with database.connect() as connection:
        there = connection.execute("select to_regclass('marts.fct_indicator_rollup')").fetchone()[0]
        return (connection.execute(FIGURE, [ACTION]).fetchone() if there else None) or (0, 0, 0)
