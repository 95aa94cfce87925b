"""Warnings are confirmed or corrected: a reason of the sender stays beside the figure, or a correction replaces it."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import psycopg
import pytest

from accounts import registry
from pipeline import confirming
from tests import accessibility
from tests.integration import desk
from tests.integration.served import Served, serving
from tests.integration.test_desk import TIMEOUT_MS, sign_in
from warehouse import database
from warehouse.errors import WrongCall

ACTION, UNIT, NEIGHBOUR = "bacninh-2026-2030", "07228", "07210"
NOW = "2026-11-20T09:00:00+07:00"
PAGE = "/bao-cao-cua-toi/xac-nhan"
KEYS = {"programme": ACTION, "period": "2026"}
REASON = "đã kiểm tra sổ tiêm chủng, thiếu vắc xin từ tháng 3"
LINES = (
    "programme;period;unit_code;indicator;numerator;denominator;value\n"
    "{0};2026;{1};5.1;{2};300;\n"
    "{0};2026;{1};3.1;;;60\n"
)


@pytest.fixture(scope="module")
def served(own_database: str) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", NOW)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        for email, unit, role in (
            ("da-mai@example.org", UNIT, "reports"),
            ("bac-giang@example.org", NEIGHBOUR, "reports"),
            ("so@example.org", "24", "province"),
        ):
            desk.account(email, unit, role)
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture
def officer(served: Served) -> desk.Client:
    return signed_in(served, "da-mai@example.org")


def signed_in(served: Served, email: str) -> desk.Client:
    client = desk.Client(served.address)
    assert client.sign_in(email).status_code == 303
    return client


def upload(client: desk.Client, unit: str, numerator: int) -> str:
    """A report with 5.1 and 3.1 outside their usual ranges; returns the receipt."""
    content = LINES.format(ACTION, unit, numerator).encode()
    response = client.post("/bao-cao-cua-toi/nop", files=[(f"{numerator}.csv", content)])
    return client.get(response.headers["location"]).text


def warnings(unit: str) -> dict[tuple[str, str], dict]:
    """Those in force, by indicator and rule."""
    with database.connect() as connection:
        cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
        query = "select * from ops.report_warning where unit_code = %s and is_in_force"
        rows = cursor.execute(query, [unit]).fetchall()
    return {(row["indicator_code"], row["rule"]): row for row in rows}


def test_a_warning_is_confirmed_and_the_reason_stays_with_the_figure_until_it_is_corrected(
    served, officer, command, monkeypatch, tmp_path
):
    from pipeline import building

    receipt = upload(officer, UNIT, 100)
    address = html.unescape(re.search(r'href="(/bao-cao-cua-toi/xac-nhan[^"]*)"', receipt)[1])
    page = html.unescape(officer.get(address).text)
    assert "Chỉ tiêu 5.1 tính ra 33,3333" in page and "Chỉ tiêu 3.1 là «60», ngoài khoảng thường gặp" in page
    found = warnings(UNIT)
    absent = {code for code, rule in found if rule == "required_line_absent"}
    waiting = len(found)
    assert waiting == len(absent) + 2 and len(absent) > 20 and None not in absent
    assert f"{waiting} điểm chờ đơn vị xác nhận hoặc sửa" in officer.get("/bao-cao-cua-toi").text

    own = found["5.1", "figure_outside_soft_range"]["issue_id"]
    done = officer.post(PAGE, {**KEYS, f"reason:{own}": f"  {REASON} ", "absent": "chưa có số liệu 11 tháng"})
    assert done.status_code == 303
    page = html.unescape(officer.get(done.headers["location"]).text)
    assert REASON in page and "da-mai@example.org" in page
    assert "1 điểm chờ đơn vị xác nhận hoặc sửa" in officer.get("/bao-cao-cua-toi").text
    assert desk.events_of("da-mai@example.org").count("warning_confirmed") == waiting - 1

    building.build()
    trace = html.unescape(officer.get(f"/nguon-so-lieu?indicator=5.1&unit={UNIT}&programme={ACTION}&period=2026").text)
    assert f"(đơn vị xác nhận: {REASON})" in trace
    province = signed_in(served, "so@example.org")
    quality = f"/chat-luong?programme={ACTION}&unit=24&table=issues&format=csv"
    assert f"(đơn vị xác nhận: {REASON})" in province.get(quality).text
    assert province.get(quality).text.count("chờ đơn vị xác nhận") == 1
    rules = province.get(f"/chat-luong?programme={ACTION}&unit=24&table=rules&format=csv").text
    counts = {row.rsplit(",", 4)[-1].strip(): row.split(",")[-2] for row in rules.splitlines()[1:]}
    assert (counts["figure_outside_soft_range"], counts["value_outside_soft_range"]) == ("0", "1")
    assert mart("5.1") == [(True, True, REASON)] and mart("3.1") == [(True, False, None)]
    assert REASON in command("trace", ACTION, "5.1", UNIT, "2026", "--json").out
    assert "0 differences" in command("verify").out

    for unit in (UNIT, "24"):
        (note,) = [text for text in annex_notes(command, tmp_path, unit) if REASON in text]
        assert note.startswith(f"Phường Đa Mai ({UNIT}): Chỉ tiêu 5.1 tính ra 33,3333")

    number = str(warnings(UNIT)["3.1", "value_outside_soft_range"]["issue_id"])
    assert number in command("warnings", "list", "--unit", "24").out
    sender = ("--by", "UBND phường Đa Mai, điện thoại")
    assert command("warnings", "confirm", number, "--reason", "đúng, vì bệnh viện tỉnh chuyển về", *sender).code == 0
    assert "UBND phường Đa Mai, điện thoại" in officer.get(PAGE, **KEYS).text
    assert "Nothing waits" in command("warnings", "list", "--unit", "24").out

    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:10:00+07:00")
    header = "programme;period;unit_code;indicator;numerator;denominator;submission_type"
    correction = f"{header}\n{ACTION};2026;{UNIT};5.1;291;300;correction\n"
    officer.post("/bao-cao-cua-toi/nop", files=[("sua.csv", correction.encode())])
    assert ("5.1", "figure_outside_soft_range") not in warnings(UNIT)
    assert ("3.1", "value_outside_soft_range") in warnings(UNIT)
    refused = command("warnings", "confirm", own, "--reason", "x", *sender)
    assert refused.code == 2 and "đã được thay" in refused.err
    assert mart("5.1") == [(False, True, REASON)]
    building.build()
    assert [text for text in annex_notes(command, tmp_path, UNIT) if REASON in text] == []
    then = annex_notes(command, tmp_path, UNIT, "--as-of", "2026-11-20T09:05:00+07:00")
    assert [REASON in text for text in then if "Chỉ tiêu 5.1 tính ra" in text] == [True]


def annex_notes(command, folder: Path, unit: str, *options: str) -> list[str]:
    """The texts on the sheet of notes of the annex."""
    assert command("report", ACTION, unit, "2026", "--notes", *options, "--out", folder / "bang.xlsx").code == 0
    sheet = openpyxl.load_workbook(folder / "bang.xlsx")["Ghi chú"]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]


def mart(indicator: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(
            "select is_in_force, is_confirmed, reason from marts.fct_report_warning "
            "where unit_code = %s and indicator_code = %s",
            [UNIT, indicator],
        ).fetchall()


def test_only_the_sender_confirms_and_only_with_a_reason_that_names_nobody(served, officer):
    neighbour = signed_in(served, "bac-giang@example.org")
    upload(neighbour, NEIGHBOUR, 110)
    foreign = warnings(NEIGHBOUR)["5.1", "figure_outside_soft_range"]["issue_id"]

    assert "Chưa ghi lý do nào" in officer.post(PAGE, {**KEYS, f"reason:{foreign}": REASON}).text
    assert officer.get(PAGE, programme="haiphong-directive28", period="2026").status_code == 404
    fields = {**KEYS, f"reason:{foreign}": "cháu Nguyễn Văn An, 001215012345"}
    named = neighbour.post(PAGE, fields)
    assert named.status_code == 400 and "thông tin giống thông tin cá nhân" in named.text
    fields[f"reason:{foreign}"] = "Nguyễn Văn Mẫu - 01/02/2019, 0912345678"
    assert "thông tin giống thông tin cá nhân" in neighbour.post(PAGE, fields).text
    assert neighbour.post(PAGE, {**KEYS, f"reason:{foreign}": "x" * 501}).status_code == 400
    assert warnings(NEIGHBOUR)["5.1", "figure_outside_soft_range"]["reason"] is None
    for email in ("da-mai@example.org", "so@example.org"):
        with database.connect() as connection:
            account = registry.find(connection, email)
        with pytest.raises(WrongCall, match="Không có cảnh báo"):
            confirming.confirm_on_page(account, {foreign: REASON}, None)


def test_a_confirmation_is_never_changed_and_goes_with_an_erased_file_alone(served, command):
    neighbour = signed_in(served, "bac-giang@example.org")
    upload(neighbour, NEIGHBOUR, 111)
    issue = warnings(NEIGHBOUR)["5.1", "figure_outside_soft_range"]
    assert neighbour.post(PAGE, {**KEYS, f"reason:{issue['issue_id']}": REASON}).status_code == 303
    for role in ("loader", "owner"):
        with database.connect(role) as connection, pytest.raises(psycopg.Error):
            connection.execute("update ops.warning_confirmation set reason = 'x'")
    with database.connect("loader") as connection, pytest.raises(psycopg.Error):
        connection.execute("delete from ops.warning_confirmation")
    with database.connect() as connection:
        (sha256,) = connection.execute(
            "select sha256 from raw.submission where submission_id = %s", [issue["submission_id"]]
        ).fetchone()

    assert command("personal-data", "erase", sha256, "--by", "Sở Y tế", "--act", "12/QĐ, 2026-11-20").code == 0
    with database.connect() as connection:
        query = "select from ops.warning_confirmation where issue_id = %s"
        assert connection.execute(query, [issue["issue_id"]]).fetchall() == []
    assert "0 differences" in command("verify").out


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_is_accessible_and_fits_a_telephone(served, browser, language):
    upload(signed_in(served, "bac-giang@example.org"), NEIGHBOUR, 112 if language == "vi" else 113)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    sign_in(page, served, "bac-giang@example.org")
    page.goto(f"{served.address}{PAGE}?programme={ACTION}&period=2026&lang={language}")
    for state in ("open", "nothing written", "confirmed"):
        if state != "open":
            if state == "confirmed":
                page.locator('[name^="reason:"]').first.fill(REASON)
            with page.expect_navigation():
                page.locator("main form button").click()
        assert accessibility.too_wide(page) == [], state
        assert accessibility.problems(page) == {}, state
    context.close()
