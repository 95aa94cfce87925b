"""A province's officer decides on the pages: deadlines, exemptions, contacts; and sees what waits for a person.

One small season: Bắc Ninh's reports of 2026 were due on 29/11; two units have a contact and were reminded in vain.
"""

import csv
import html
import io
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser

from accounts import registry
from pipeline import (
    building,
    catalogue_decisions,
    contact_changes,
    deciding,
    decision_intents,
    planned_decisions,
    receiving,
    reminding,
    verifying,
)
from pipeline.planned_decisions import Deadline
from tests import accessibility
from tests.integration import desk
from tests.integration.desk import Client
from tests.integration.letterbox import Letterbox
from tests.integration.served import Served, serving
from tests.integration.test_desk import TIMEOUT_MS, sign_in
from warehouse import clock, database
from warehouse.errors import WrongCall

ACTION, ELSEWHERE = "bacninh-2026-2030", "haiphong-directive28"
UNIT, NEIGHBOUR, THIRD = "07228", "07210", "07246"
PROVINCE, COLLEAGUE, OTHER = "so@bac-ninh.example", "pho@bac-ninh.example", "so@hai-phong.example"
OPERATOR, OFFICER = "van-hanh@example.org", "can-bo@da-mai.example"
BEFORE, NOW, LATER = (f"2026-12-{at}:00+07:00" for at in ("01T08:00", "02T09:00", "07T08:00"))
KEYS = {"programme": ACTION, "period": "2026", "level": "commune", "agency": "UBND"}
ACT = {"act": "Công văn số 812/UBND-VX", "act_on": "2026-12-02", "decided_by": "UBND tỉnh Bắc Ninh"}
DEADLINE, EXEMPTION, TARGET = "/quyet-dinh/han", "/quyet-dinh/mien", "/quyet-dinh/muc"
CONTACTS = (
    "unit_code,agency,role,email,webhook\n"
    "{0},UBND,reporter,{0}@bacninh.example,\n"
    "{1},UBND,reporter,{1}@bacninh.example,\n"
)
BEGAN = """
insert into ops.pipeline_run (run_id, step, status, as_of) overriding system value
values (0, 'receive', 'succeeded', '2026-10-01+07')
"""
NEW_CONTACT = "moi@bacninh.example"
WAITING_MAILS = f"""
insert into ops.received_mail (mail_key, sender, thread, noted_at, begun_at, status, reason, detail) values
('a', '{NEW_CONTACT}', '{{}}', '2026-12-11+07', '2026-12-11+07', 'waiting', 'other_unit', '07210'),
('b', 'ai-do@example.org', '{{}}', '2026-12-11+07', '2026-12-11+07', 'waiting', 'no_letter', null)
"""
LINES = f"programme;period;unit_code;indicator;numerator;denominator\n{ACTION};2026;{{0}};5.1;100;300\n"


@pytest.fixture(scope="module")
def served(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("province")
    (folder / "danh-muc").mkdir()
    (folder / "contacts.csv").write_text(CONTACTS.format(UNIT, NEIGHBOUR))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_CATALOGUE", str(folder / "danh-muc"))
        environment.setenv("BAOCAO_SIGN_IN", "on")
        environment.setenv("BAOCAO_NOW", NOW)
        with database.connect() as connection:
            connection.execute(BEGAN)
        contact_changes.import_file(folder / "contacts.csv")
        for email, unit, role in (
            (PROVINCE, "24", "province"),
            (COLLEAGUE, "24", "province"),
            (OTHER, "31", "province"),
            (OPERATOR, "24", "operates"),
            (OFFICER, UNIT, "reports"),
        ):
            desk.account(email, unit, role)
        with clock.at(BEFORE):
            building.build()
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


def client(served: Served, email: str = PROVINCE) -> Client:
    made = Client(served.address)
    assert made.sign_in(email).status_code == 303
    return made


def shown(response) -> str:
    return html.unescape(response.text)


def hidden(page: str) -> dict[str, str]:
    """The fields that the step of confirmation carries."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w[\w-]*)" value="([^"]*)"', page)
    }


def confirmed(officer: Client, address: str, fields: dict[str, str]) -> str:
    """Look at what will change, and confirm it; returns that page."""
    step = officer.post(address, fields | {"step": "xem"})
    assert step.status_code == 200, shown(step)
    done = officer.post(address, hidden(step.text) | {"step": "xac-nhan"})
    assert done.status_code == 303, shown(done)
    return shown(step)


def missing(command, *options: str) -> set[str]:
    rows = json.loads(command("missing", "--programme", ACTION, "--json", *options).out)
    return {row["unit_code"] for row in rows}


def letters_of(letterbox: Letterbox) -> list[str]:
    return sorted(address for recipients in letterbox.recipients for address in recipients)


def table(officer: Client, path: str, name: str, **query: str) -> list[dict[str, str]]:
    response = officer.get(path, table=name, format="csv", **query)
    if response.status_code == 303:
        response = officer.get(response.headers["location"])
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_a_deadline_is_moved_by_an_act_and_moved_back_by_another(served, letterbox: Letterbox, command, monkeypatch):
    with clock.at(BEFORE):
        assert reminding.remind().sent == 2
    assert letters_of(letterbox) == [f"{NEIGHBOUR}@bacninh.example", f"{UNIT}@bacninh.example"]
    assert len(missing(command)) == 99
    officer, colleague = client(served), client(served, COLLEAGUE)
    (row,) = [each for each in table(officer, "/quyet-dinh", "deadlines") if "năm 2026" in each["Chương trình, kỳ"]]
    assert (row["Hạn nộp"], row["Lần"]) == ("2026-11-29", "1")

    wrong = officer.post(DEADLINE, KEYS | ACT | {"last_day": "20/12/2026", "act": "", "step": "xem"})
    assert wrong.status_code == 400 and 'id="loi-act"' in wrong.text and "Xin điền ô này" in shown(wrong)
    for field, value, reason in (
        ("last_day", "2026-11-29", "Hạn đang có cũng là ngày này"),
        ("last_day", "2062-12-20", "xa hơn"),
        ("last_day", "31/02/2026", "Không có ngày ấy"),
        ("act_on", "2026-12-03", "ở tương lai"),
        ("decided_by", "Nguyễn Văn An, CCCD 001215012345", "thông tin cá nhân"),
        ("unit", "10507", "Không có đơn vị nào trong tỉnh"),
    ):
        refused = officer.post(DEADLINE, KEYS | ACT | {"last_day": "20/12/2026", field: value, "step": "xem"})
        assert refused.status_code == 400 and reason in shown(refused), (field, shown(refused))
        assert f'id="loi-{field}"' in refused.text
    assert not (Path(catalogue_decisions.require_folder()) / "deadlines.csv").exists()

    fields = KEYS | ACT | {"last_day": "20/12/2026"}
    second = colleague.post(DEADLINE, KEYS | ACT | {"last_day": "15/12/2026", "step": "xem"})
    message = confirmed(officer, DEADLINE, fields)
    assert "99 đơn vị, hạn mới 20/12/2026" in message and "99 báo cáo thôi quá hạn" in message
    assert "2 thư nhắc đã gửi không gửi lại" in message and "Công văn số 812/UBND-VX ngày 02/12/2026" in message
    late = colleague.post(DEADLINE, hidden(second.text) | {"step": "xac-nhan"})
    assert late.status_code == 400 and "người khác đã quyết định về cùng việc này" in shown(late)

    assert building.has_decisions_to_load()
    history = table(colleague, "/quyet-dinh", "decisions")
    assert [each["Sau"] for each in history if each["Loại"] == "dời hạn"] == ["hạn 20/12/2026"]
    assert (history[0]["Trước"], history[0]["Người ghi"]) == ("hạn 29/11/2026", PROVINCE)
    assert history[0]["Tình trạng"] == "chờ lần tổng hợp tới"
    assert len(table(officer, "/viec-cho", "pending")) == 1
    building.build()
    assert not building.has_decisions_to_load()
    assert table(officer, "/quyet-dinh", "decisions")[0]["Tình trạng"] == "đã áp dụng"
    assert missing(command) == set() and len(missing(command, "--as-of", BEFORE)) == 99
    assert "20/12/2026" in client(served, OFFICER).get("/bao-cao-cua-toi").text
    assert reminding.remind().sent == 0
    with clock.at(LATER):
        assert reminding.remind().sent == 2
    assert len(letters_of(letterbox)) == 4
    assert "dời" in letterbox.letters[-1].get_body(("plain",)).get_content()

    monkeypatch.setenv("BAOCAO_NOW", "2026-12-08T09:00:00+07:00")
    back = KEYS | ACT | {"last_day": "2026-11-29", "act": "Công văn số 830/UBND-VX", "act_on": "08/12/2026"}
    officer = client(served)
    older = officer.post(DEADLINE, back | {"act_on": "01/12/2026", "step": "xem"})
    assert "Văn bản cũ hơn quyết định đang có hiệu lực (ngày 02/12/2026)" in shown(older)
    assert "99 báo cáo thành quá hạn" in confirmed(officer, DEADLINE, back)
    alone = KEYS | ACT | {"last_day": "2026-12-24", "unit": NEIGHBOUR, "act_on": "08/12/2026"}
    assert "1 đơn vị, hạn mới 24/12/2026" in confirmed(officer, DEADLINE, alone)
    building.build()
    assert len(missing(command)) == 98 and NEIGHBOUR not in missing(command)
    assert missing(command, "--as-of", NOW) == set()
    with clock.at("2026-12-10T08:00:00+07:00"):
        assert reminding.remind().sent == 2
    with database.connect() as connection:
        reminded = "select distinct deadline_revision from ops.alert_ledger where unit_code = %s and status = 'sent'"
        assert sorted(connection.execute(reminded, [NEIGHBOUR])) == [(1,), (2,), (4,)]
        assert sorted(connection.execute(reminded, [UNIT])) == [(1,), (2,), (3,)]
    assert len(missing(command, "--as-of", BEFORE)) == 99
    assert "0 differences" in command("verify").out


def test_units_are_exempt_by_an_act_and_owe_again_by_another(served, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-09T09:00:00+07:00")
    officer = client(served)
    act = ACT | {"act": "Quyết định số 44/QĐ-UBND", "act_on": "2026-12-09", "reason": "bão lũ, trụ sở bị ngập"}
    other = KEYS | act | {"units": "10507", "step": "xem"}
    assert "Không có đơn vị nào trong tỉnh mang mã «10507»" in shown(officer.post(EXEMPTION, other))
    message = confirmed(officer, EXEMPTION, KEYS | act | {"units": f"{UNIT}, {THIRD}"})
    assert "2 đơn vị được miễn: Phường Đa Mai (07228)" in message and "2 báo cáo thôi quá hạn" in message
    again = officer.post(EXEMPTION, KEYS | act | {"units": UNIT, "step": "xem"})
    assert again.status_code == 400 and "07228 đã được miễn" in shown(again) and 'id="loi-units"' in again.text

    building.build()
    assert len(missing(command)) == 96 and UNIT not in missing(command)
    assert len(missing(command, "--as-of", "2026-12-08T12:00:00+07:00")) == 98
    exempt = table(officer, "/quyet-dinh", "exemptions")
    assert {each["Đơn vị"] for each in exempt} == {"Phường Đa Mai (07228)", exempt[1]["Đơn vị"]}
    assert exempt[0]["Văn bản"] == "Quyết định số 44/QĐ-UBND ngày 09/12/2026 của UBND tỉnh Bắc Ninh"
    assert table(officer, "/quyet-dinh", "exemptions", unit="24", as_of="2026-12-08") == []
    assert len(table(officer, "/quyet-dinh", "decisions", unit="24", as_of="2026-12-08")) == 3

    monkeypatch.setenv("BAOCAO_NOW", "2026-12-10T09:00:00+07:00")
    revoked = act | {"act": "Quyết định số 51/QĐ-UBND", "act_on": "2026-12-10", "reason": "đã khắc phục", "revoke": "1"}
    assert "1 đơn vị lại phải nộp" in confirmed(client(served), EXEMPTION, KEYS | revoked | {"units": UNIT})
    building.build()
    assert UNIT in missing(command) and THIRD not in missing(command)
    assert UNIT not in missing(command, "--as-of", "2026-12-09T12:00:00+07:00")
    assert UNIT in missing(command, "--as-of", "2026-12-08T12:00:00+07:00")
    assert "0 differences" in command("verify").out


def test_contacts_are_replaced_by_a_file_and_for_one_unit_and_wrong_rows_say_why(served, command):
    officer = client(served)
    rows = "".join(
        (
            "unit_code;agency;role;email;webhook\n",
            f"{THIRD};UBND;reporter;van-phong@bacninh.example;\n",
            f"{UNIT};UBND;reporter;khong-phai-thu;\n",
            "10507;UBND;reporter;a@haiphong.example;\n",
        )
    )
    step = officer.post("/dau-moi/tep", {"step": "xem"}, [("dau-moi.csv", rows.encode())])
    assert f"1 đơn vị đổi đầu mối: {THIRD}; thêm 1 địa chỉ, bỏ 0" in shown(step)
    assert "Không nhận dòng 3: email «khong-phai-thu» không hợp lệ" in shown(step)
    assert "Không nhận dòng 4: đơn vị «10507» không thuộc tỉnh" in shown(step)
    colleague = client(served, COLLEAGUE)
    other = colleague.post("/dau-moi/tep", {"step": "xem"}, [("khac.csv", rows.encode())])
    done = officer.post("/dau-moi/tep", hidden(step.text) | {"step": "xac-nhan"})
    assert done.headers["location"] == "/dau-moi?xong=1"
    late = colleague.post("/dau-moi/tep", hidden(other.text) | {"step": "xac-nhan"})
    assert late.status_code == 400 and "người khác đã sửa đầu mối" in shown(late)
    listed = {each["Đơn vị"]: each["Thư điện tử"] for each in table(officer, "/dau-moi", "contacts")}
    assert "van-phong@bacninh.example" in listed.values() and f"{UNIT}@bacninh.example" in listed.values()
    assert len(listed) == 100

    for content, why in ((b"\xff\xfe", "UTF-8"), (b"unit_code,role\n", "thiếu cột"), (b"", "Chưa chọn tệp|thiếu cột")):
        broken = officer.post("/dau-moi/tep", {"step": "xem"}, [("hong.csv", content)])
        assert broken.status_code == 400 and re.search(why, shown(broken)), why

    fields = {"unit": UNIT, "email-0": f"{UNIT}@bacninh.example", "role-0": "reporter", "agency-0": "UBND"}
    new = {"email-1": "khong", "role-1": "supervisor", "agency-1": "", "webhook-1": "https://chat.example.org/h#khoa"}
    wrong = officer.post("/dau-moi/don-vi", fields | new | {"step": "xem"})
    assert wrong.status_code == 400 and 'id="loi-email-1"' in wrong.text and "«khong» không hợp lệ" in shown(wrong)
    message = confirmed(officer, "/dau-moi/don-vi", fields | new | {"email-1": ""})
    assert "Thêm: supervisor: https://…" in message and "khoa" not in message.partition("<h2")[2].partition("<form")[0]
    assert "#khoa" not in officer.get("/dau-moi", unit="24").text
    kept = fields | {"email-0": NEW_CONTACT, "role-1": "supervisor", "agency-1": "UBND", "keep-1": "1"}
    gone = officer.post("/dau-moi/don-vi", kept | {"was-1": "https://… 0000", "step": "xem"})
    assert gone.status_code == 400 and "người khác đã sửa đầu mối" in shown(gone)
    kept["was-1"] = contact_changes.fingerprint("https://chat.example.org/h#khoa")
    assert "Bỏ: reporter" in confirmed(officer, "/dau-moi/don-vi", kept)
    with database.connect() as connection:
        stored = connection.execute(
            "select role, email, webhook from ops.contact where unit_code = %s order by role", [UNIT]
        ).fetchall()
    assert stored == [
        ("reporter", NEW_CONTACT, None),
        ("supervisor", None, "https://chat.example.org/h#khoa"),
    ]
    assert "không ai được nhắc" in confirmed(officer, "/dau-moi/don-vi", {"unit": THIRD})
    assert officer.post("/dau-moi/don-vi", {"unit": "10507", "step": "xem"}).status_code == 403

    decisions = [each for each in table(officer, "/quyet-dinh", "decisions") if each["Loại"] == "đầu mối"]
    assert decisions[0]["Sau"] == "không có" and decisions[0]["Trước"] == "reporter: van-phong@bacninh.example"
    assert decisions[-1]["Người ghi"] == "dòng lệnh"
    assert "0 differences" in command("verify").out


def test_what_waits_is_listed_with_since_when_and_why_and_a_confirmation_is_recorded(
    served, command, monkeypatch, tmp_path
):
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-11T09:00:00+07:00")
    (tmp_path / "bao-cao.csv").write_text(LINES.format(NEIGHBOUR))
    (tmp_path / "khong-ro.csv").write_text(LINES.format("99999"))
    receiving.receive([str(tmp_path / "bao-cao.csv"), str(tmp_path / "khong-ro.csv")])
    building.build()
    officer = client(served)
    (row,) = table(officer, "/viec-cho", "warnings")
    assert f"({NEIGHBOUR})" in row["Đơn vị"] and row["Chờ từ"].startswith("2026-12-11")
    assert table(officer, "/viec-cho", "unclaimed") == []
    (unknown,) = table(client(served, OPERATOR), "/viec-cho", "unclaimed")
    assert unknown["Tệp"] == "khong-ro.csv" and unknown["Mã ghi trong tệp"] == "99999" and unknown["Vì sao"]
    with database.connect() as connection:
        connection.execute(WAITING_MAILS)
    (mail,) = table(officer, "/viec-cho", "mails")
    assert mail["Người gửi"] == NEW_CONTACT and mail["Vì sao"].startswith("tệp có báo cáo của đơn vị khác")
    assert len(table(client(served, OPERATOR), "/viec-cho", "mails")) == 2
    assert table(officer, "/viec-cho", "approvals") == []
    without = {each["Đơn vị"]: each for each in table(officer, "/viec-cho", "without-contact")}
    exempt = table(officer, "/quyet-dinh", "exemptions")
    assert not any(f"({UNIT})" in unit for unit in without)
    assert len(without) == 99 - 2 - len(exempt), "one has a contact, one has reported, the exempt owe nothing"

    page = shown(officer.get("/viec-cho", unit="24"))
    address = re.search(r'href="(/viec-cho/canh-bao[^"]*)"', page)[1]
    form = officer.get(address)
    (first, *_) = re.findall(r'name="(reason-\d+)"', form.text)
    fields = {"unit": NEIGHBOUR, "agency": "UBND", "programme": ACTION, "period": "2026"}
    assert "Chưa ghi lý do nào" in shown(officer.post("/viec-cho/canh-bao", fields | {"by": "UBND, điện thoại"}))
    assert "Xin ghi ai xác nhận" in shown(officer.post("/viec-cho/canh-bao", fields | {first: "đúng"}))
    other = client(served, OTHER)
    assert other.post("/viec-cho/canh-bao", fields | {first: "đúng", "by": "x"}).status_code == 403
    message = {first: "đã kiểm tra sổ", "by": "UBND xã, điện thoại"}
    assert officer.post("/viec-cho/canh-bao", fields | message).headers["location"] == "/viec-cho?xong=1"
    (left,) = table(officer, "/viec-cho", "warnings")
    assert int(left["Số điểm"]) == int(row["Số điểm"]) - 1
    assert "UBND xã, điện thoại" in json.dumps(
        json.loads(command("warnings", "list", "--all", "--json").out), ensure_ascii=False
    )
    assert "0 differences" in command("verify").out


def test_an_officer_of_another_province_decides_nothing_of_this_one(served):
    other = client(served, OTHER)
    before = decisions()
    for address, fields in (
        (DEADLINE, KEYS | ACT | {"last_day": "2026-12-25"}),
        (EXEMPTION, KEYS | ACT | {"units": UNIT, "reason": "x"}),
        (TARGET, {"programme": ACTION, "indicator": "5.1", "scope": "province", "bound_unit": "24", "year": "2030"}),
        ("/dau-moi/don-vi", {"unit": UNIT, "email-0": "x@example.org", "role-0": "reporter"}),
    ):
        for step in ("xem", "xac-nhan"):
            assert other.post(address, fields | {"step": step, "seen": "2"}).status_code == 403, address
    for path in ("/viec-cho", "/quyet-dinh", "/dau-moi"):
        assert other.get(path, unit="24").status_code == 403
    assert all("bac-ninh" not in str(each) for each in table(other, "/quyet-dinh", "decisions"))
    with database.connect() as connection:
        strangers = [registry.find(connection, email) for email in (OTHER, OPERATOR, OFFICER)]
    by = deciding.act(ACT["act"], ACT["act_on"], ACT["decided_by"])
    for stranger in strangers:
        make = planned_decisions.moved_deadline(stranger, Deadline(ACTION, "2026", "commune", "UBND"), "2026-12-25", by)
        with pytest.raises(WrongCall, match="của tỉnh mình"):
            catalogue_decisions.plan(make)
        if stranger.email != OTHER:
            with pytest.raises(WrongCall, match="của tỉnh"):
                contact_changes.plan(stranger, "x.csv", b"unit_code,agency,role,email,webhook\n")
    assert decisions() == before


def decisions() -> list[tuple]:
    with database.connect() as connection:
        return connection.execute("select * from ops.office_decision order by 1").fetchall()


def test_a_decision_is_never_changed_and_one_that_cannot_be_kept_leaves_no_row(served, monkeypatch):
    assert len(decisions()) > 5
    for role in ("loader", "owner"):
        with database.connect(role) as connection, pytest.raises(psycopg.Error):
            connection.execute("update ops.office_decision set act = 'x'")
    with database.connect("loader") as connection, pytest.raises(psycopg.Error):
        connection.execute("delete from ops.office_decision")
    folder, before = catalogue_decisions.require_folder(), decisions()
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    with database.connect() as connection:
        account = registry.find(connection, PROVINCE)
    by = deciding.act(ACT["act"], "2026-12-02", ACT["decided_by"])
    make = planned_decisions.moved_deadline(account, Deadline(ACTION, "2027", "commune", "UBND"), "2027-12-25", by)
    _, seen = catalogue_decisions.plan(make)
    with database.connect() as connection:
        connection.execute(
            "alter table ops.office_decision add constraint full_disk check (period <> '2027') not valid"
        )
    with pytest.raises(psycopg.Error):
        catalogue_decisions.decide(make, seen, account)
    with database.connect() as connection:
        connection.execute("alter table ops.office_decision drop constraint full_disk")
    assert decisions() == before and {path.name: path.read_bytes() for path in folder.iterdir()} == files

    decided_and_killed(make, seen, account)
    assert decisions() == before and decision_intents.found(folder) is not None
    number, *others = catalogue_decisions.complete()
    assert others == [] and decisions()[:-1] == before and decisions()[-1][0] == number
    assert "2027-12-25" in (folder / "deadlines.csv").read_text(encoding="utf-8")
    assert catalogue_decisions.complete() == [] and decision_intents.found(folder) is None
    assert verifying.verify().findings == [], f"decision {number} is in the chain"

    monkeypatch.delenv("BAOCAO_CATALOGUE")
    with pytest.raises(WrongCall, match="Chưa đặt BAOCAO_CATALOGUE"):
        catalogue_decisions.plan(make)


def decided_and_killed(make, seen, account) -> None:
    """In a process that dies when the catalogue has the row and the ledger not yet."""
    database.engine().dispose()
    child = os.fork()
    if not child:
        write = catalogue_decisions.catalogue_import.write

        def write_and_die(*arguments: object) -> None:
            write(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        catalogue_decisions.catalogue_import.write = write_and_die
        try:
            catalogue_decisions.decide(make, seen, account)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_a_target_is_revised_by_an_act_and_read_as_it_was_before(served, monkeypatch):
    def shown_target(officer: Client, **query: str) -> str:
        (row,) = (
            row
            for row in table(officer, "/quyet-dinh", "targets", **query)
            if row["Chỉ tiêu"].startswith("5.1.") and row["Của"].endswith("(24)") and row["Năm"] == "2030"
        )
        return row["Mức"]

    monkeypatch.setenv("BAOCAO_NOW", "2026-12-14T09:00:00+07:00")
    officer, colleague = client(served), client(served, COLLEAGUE)
    act = ACT | {"act_on": "14/12/2026"}
    target = {"programme": ACTION, "indicator": "5.1", "scope": "province", "bound_unit": "24", "year": "2030"}
    assert shown_target(officer) == "97"
    for field, value, reason in (
        ("number", "", "Xin điền ô này"),
        ("number", "chín mươi", "Không đọc được số"),
        ("number", "97,0", "Mức đang có cũng là số này"),
        ("number", "120", "trong khoảng từ 0 đến 100"),
        ("act_on", "2026-12-28", "ở tương lai"),
    ):
        refused = officer.post(TARGET, target | act | {"number": "98,5", field: value, "step": "xem"})
        assert refused.status_code == 400 and reason in shown(refused), (field, shown(refused))
        assert f'id="loi-{field}"' in refused.text
    national = target | act | {"scope": "national", "bound_unit": "", "number": "98,5", "step": "xem"}
    assert "không do tỉnh quyết định" in shown(officer.post(TARGET, national))
    assert officer.get(TARGET, **(target | {"year": "2031"})).status_code == 404

    second = colleague.post(TARGET, target | act | {"number": "99", "step": "xem"})
    message = confirmed(officer, TARGET, target | act | {"number": "98,5"})
    assert "Mức ≥97 thành ≥98,5" in message and "Có hiệu lực từ ngày 14/12/2026" in message
    late = colleague.post(TARGET, hidden(second.text) | {"step": "xac-nhan"})
    assert late.status_code == 400
    decided = table(officer, "/quyet-dinh", "decisions")[0]
    assert (decided["Loại"], decided["Trước"], decided["Sau"]) == ("mức kế hoạch", "≥97", "≥98,5")
    assert decided["Về"].startswith(f"{ACTION} · 5.1 · ") and decided["Về"].endswith(" (24)")
    building.build()
    assert shown_target(officer) == "≥98,5"
    assert shown_target(officer, as_of="2026-12-13", unit="24") == "97"
    again = officer.post(TARGET, target | act | {"number": "99", "step": "xem"})
    assert "đã được điều chỉnh bằng văn bản ngày 14/12/2026" in shown(again)
    assert verifying.verify().findings == []


def test_with_sign_in_off_nobody_reads_who_decided_what(served, monkeypatch):
    monkeypatch.setenv("BAOCAO_SIGN_IN", "off")
    for path in ("/viec-cho", "/quyet-dinh", "/dau-moi", DEADLINE):
        assert served.get(path).status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_are_accessible_small_and_fit_a_telephone(served, browser: Browser, language):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    sign_in(page, served, PROVINCE)
    query = "&".join(f"{name}={value}" for name, value in KEYS.items())
    for address in (
        "/viec-cho?",
        "/quyet-dinh?",
        "/dau-moi?",
        "/dau-moi/tep?",
        f"/dau-moi/don-vi?unit={UNIT}",
        f"{EXEMPTION}?{query}",
        f"{TARGET}?programme={ACTION}&indicator=5.1&scope=province&bound_unit=24&year=2030",
        f"{DEADLINE}?{query}",
    ):
        response = page.goto(f"{served.address}{address}&lang={language}")
        assert response.status == 200 and len(response.body()) <= 150_000, address
        assert accessibility.too_wide(page) == [], address
        assert accessibility.problems(page) == {}, address
    for state in ("wrong", "to confirm"):
        values = {"last_day": "2026-12-24" if state == "to confirm" else "2062-01-01"}
        for name, value in (ACT | {"act_on": "2026-12-02"} | values).items():
            page.locator(f"#f-{name}").fill(value)
        with page.expect_navigation():
            page.locator("main form button").first.click()
        assert accessibility.problems(page) == {}, state
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    context.close()
