"""Two people at one province's office, one who operates, and a second province: what one account does to another's.

Every attempt is a row of a table or two forms that are sent at the same time. All figures are made up.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import httpx
import pytest

from accounts import registry
from accounts.events import COMMAND
from pipeline import building
from tests.integration import desk
from tests.integration.desk import PASSWORD, Client
from tests.integration.served import Served, serving
from tests.integration.test_province import hidden
from tests.waiting import wait_for
from warehouse import clock, database

ACTION, UNIT, NEIGHBOUR = "bacninh-2026-2030", "07228", "07210"
FIRST, SECOND, OPERATOR = "so@bac-ninh.example", "pho@bac-ninh.example", "van-hanh@example.org"
OTHER, OFFICER, LEADER = "so@hai-phong.example", "can-bo@da-mai.example", "lanh-dao@da-mai.example"
PEOPLE = (
    (FIRST, "24", "province"),
    (SECOND, "24", "province"),
    (OPERATOR, "24", "operates"),
    (OTHER, "31", "province"),
    (OFFICER, UNIT, "reports"),
    (LEADER, UNIT, "approves"),
)
BEFORE, NOW, LATER = (f"2026-12-{at}:00+07:00" for at in ("01T08:00", "02T09:00", "02T09:10"))
APPROVALS = (
    "programme_code,unit_level,agency_code,stage,approver,days_allowed,on_time_by,source\n"
    f"{ACTION},commune,UBND,counting,province,5,,made up\n"
    f"{ACTION},province,UBND,counting,province,5,,made up\n"
)
KEYS = {"programme": ACTION, "period": "2026", "level": "commune", "agency": "UBND"}
REPORT = {"programme": ACTION, "period": "2026"}
ACT = {"act": "Công văn số 812/UBND-VX", "act_on": "2026-12-02", "decided_by": "UBND tỉnh Bắc Ninh"}
DEADLINE, EXEMPTION, APPROVE = "/quyet-dinh/han", "/quyet-dinh/mien", "/phe-duyet/bao-cao"
MANAGED = "/tai-khoan-don-vi"
ROLES_OF_PROVINCES = ("province", "operates")
ELSEWHERE = ("10507", "31", "99999", "")
NEW_PASSWORD = {"password": "sáu con cá vàng bơi", "again": "sáu con cá vàng bơi"}
LINES = "programme;period;unit_code;indicator;numerator;denominator\n{0};2026;{1};5.1;{2};300\n"
TABLES = (
    "ops.account",
    "ops.account_invitation",
    "ops.upload",
    "ops.form_draft",
    "ops.warning_confirmation",
    "ops.report_approval",
    "ops.contact",
    "ops.office_decision",
    "raw.submission",
)


WAITING_FOR_ACCOUNTS = "select count(*) from pg_locks where relation = 'ops.account'::regclass and not granted"


@pytest.fixture(scope="module")
def served(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages of a warehouse whose province approves every report."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "report_approvals.csv").write_text(APPROVALS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        environment.setenv("BAOCAO_NOW", NOW)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        for email, unit, role in PEOPLE:
            desk.account(email, unit, role)
        with clock.at(BEFORE):
            building.build()
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture(autouse=True)
def nobody_failed(served: Served) -> None:
    with database.connect() as connection:
        connection.execute("truncate ops.sign_in_attempt")


@pytest.fixture
def client(served: Served) -> Callable[[str], Client]:
    def signed_in(email: str) -> Client:
        made = Client(served.address)
        assert made.sign_in(email).status_code == 303
        return made

    return signed_in


def shown(response: httpx.Response) -> str:
    return html.unescape(response.text)


def everything() -> dict[str, list[tuple]]:
    with database.connect() as connection:
        return {table: connection.execute(f"select * from {table} order by 1").fetchall() for table in TABLES}


def rows(query: str, *values: object) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query, values).fetchall()


def waiting(unit: str) -> list:
    query = "select submission_id from ops.awaiting_approval where unit_code = %s order by accepted_seq"
    return [submission for (submission,) in rows(query, unit)]


def send(sender: Client, unit: str, numerator: int) -> str:
    """Returns the address of the receipt."""
    sender.get("/bao-cao-cua-toi")
    files = [(f"{numerator}.csv", LINES.format(ACTION, unit, numerator).encode())]
    taken = sender.post("/bao-cao-cua-toi/nop", files=files)
    assert taken.status_code == 303
    return taken.headers["location"]


# --- what one account tries upon another -----------------------------------------------------------

AGAIN, END, INVITE = f"{MANAGED}/gui-lai", f"{MANAGED}/khoa", f"{MANAGED}/moi"
CLASS = "/quyet-dinh/loai"
TARGET = {"programme": ACTION, "indicator": "5.1", "scope": "province", "bound_unit": "24", "year": "2030"}
ATTEMPTS: list[tuple[str, str, str, Mapping[str, str], int]] = [
    # who, what it would be, address, fields, status of the refusal
    *((SECOND, "reset a colleague, an operator, oneself", AGAIN, {"email": each}, 403) for each in (FIRST, OPERATOR)),
    (SECOND, "reset oneself", AGAIN, {"email": SECOND}, 403),
    (SECOND, "reset the colleague, written otherwise", AGAIN, {"email": f" {FIRST.upper()} "}, 403),
    *((SECOND, "lock somebody out", END, {"email": each}, 403) for each in (FIRST, SECOND, OPERATOR, OTHER)),
    (OTHER, "lock another province's officer out", END, {"email": OFFICER}, 403),
    (OTHER, "reset another province's officer", AGAIN, {"email": OFFICER}, 403),
    *((SECOND, "a higher role", INVITE, {"unit": "24", "email": SECOND, "role": r}, 400) for r in ROLES_OF_PROVINCES),
    *((SECOND, "a second role", INVITE, {"unit": UNIT, "email": SECOND, "role": r}, 400) for r in ("reports", "x", "")),
    *(
        (SECOND, "an equal", INVITE, {"unit": "24", "email": "moi@x.example", "role": r}, 400)
        for r in ROLES_OF_PROVINCES
    ),
    (SECOND, "the colleague's address", INVITE, {"unit": UNIT, "email": f" {FIRST.upper()} ", "role": "reports"}, 400),
    *((SECOND, "elsewhere", INVITE, {"unit": u, "email": "moi@x.example", "role": "reports"}, 400) for u in ELSEWHERE),
    (OPERATOR, "one more who operates", INVITE, {"unit": "24", "email": "moi@x.example", "role": "operates"}, 400),
    (OPERATOR, "become one of the province", INVITE, {"unit": "24", "email": OPERATOR, "role": "province"}, 400),
    (OPERATOR, "void the own second factor", AGAIN, {"email": OPERATOR}, 403),
    *((OPERATOR, "hand in", f"/bao-cao-cua-toi/{each}", REPORT | {"reason": "x"}, 403) for each in ("nop", "rut")),
    (OPERATOR, "approve", APPROVE, {"stage": "counting", "decision": "approved"}, 403),
    (OPERATOR, "move a deadline", DEADLINE, KEYS | ACT | {"last_day": "2026-12-24", "step": "xac-nhan"}, 403),
    (OTHER, "move another province's deadline", DEADLINE, KEYS | ACT | {"last_day": "2026-12-24"}, 403),
    (OTHER, "exempt another province's unit", EXEMPTION, KEYS | ACT | {"units": UNIT, "reason": "x"}, 403),
    (OTHER, "revise another province's target", "/quyet-dinh/muc", TARGET, 403),
    (OTHER, "set another unit's class", CLASS, {"programme": ACTION, "unit": UNIT}, 403),
    (OTHER, "replace another province's contacts", "/dau-moi/don-vi", {"unit": UNIT, "email-0": OTHER}, 403),
    (OTHER, "confirm another unit's figures", "/viec-cho/canh-bao", REPORT | {"unit": UNIT, "agency": "UBND"}, 403),
    (OTHER, "retract another's report", "/bao-cao-cua-toi/rut", REPORT | {"reason": "x", "unit": "24"}, 404),
    (SECOND, "the colleague's password", "/tai-khoan/mat-khau", NEW_PASSWORD | {"email": FIRST, "current": "x"}, 400),
    (SECOND, "the colleague's second factor", "/tai-khoan/tat-xac-thuc", {"email": FIRST, "current": "x"}, 400),
    (LEADER, "hand in what one approves", "/bao-cao-cua-toi/nop", {}, 403),
    (LEADER, "invite", INVITE, {"unit": UNIT, "email": LEADER, "role": "reports"}, 403),
    (OFFICER, "approve as who reports", APPROVE, {"stage": "counting", "decision": "approved"}, 403),
    (OFFICER, "look after one's leader", AGAIN, {"email": LEADER}, 403),
]


def test_no_account_does_anything_to_another_that_its_role_does_not_name(served, client, letterbox):
    clients = {email: client(email) for email, _, _ in PEOPLE}
    before = everything()
    found = [(who, what, clients[who].post(address, fields).status_code) for who, what, address, fields, _ in ATTEMPTS]

    assert found == [(who, what, status) for who, what, _, _, status in ATTEMPTS]
    assert everything() == before and letterbox.letters == []
    assert all(each.get("/tai-khoan").status_code == 200 for each in clients.values()), "everybody is still signed in"


def test_sessions_drafts_and_secrets_are_of_one_account_and_receipts_of_its_office(served, client):
    first, second, other, operator = (client(each) for each in (FIRST, SECOND, OTHER, OPERATOR))
    draft = REPORT | {"action": "luu", "numerator:5.1": "271", "denominator:5.1": "300"}
    assert first.post("/bao-cao-cua-toi/nhap", draft).status_code == 303
    assert 'value="271"' in first.get("/bao-cao-cua-toi/nhap", **REPORT).text
    assert 'value="271"' not in second.get("/bao-cao-cua-toi/nhap", **REPORT).text
    assert second.post("/bao-cao-cua-toi/nhap", REPORT | {"action": "bo"}).status_code == 303
    assert 'value="271"' in first.get("/bao-cao-cua-toi/nhap", **REPORT).text
    first.post("/bao-cao-cua-toi/nhap", REPORT | {"action": "bo"})

    ((session,),) = rows(
        "select max(session_id) from ops.account_session join ops.account using (account_id) where email = %s", FIRST
    )
    for chosen in (str(session), "others", f"{session} or true", ""):
        second.post("/tai-khoan/phien", {"session": chosen, "current": PASSWORD})
    assert first.get("/tai-khoan").status_code == 200

    signed = re.search(r'name="secret" value="([^"]+)"', first.get("/tai-khoan/xac-thuc").text)
    second.get("/tai-khoan")
    assert second.post("/tai-khoan/xac-thuc", {"secret": signed[1], "current": PASSWORD}).status_code == 403
    assert FIRST not in second.get("/tai-khoan").text, "the trail of one's own account alone"
    assert "loi-moi" not in second.get(MANAGED).text

    receipt = send(first, "24", 133)
    assert [each.get(receipt).status_code for each in (first, second, other, operator)] == [200, 200, 404, 403]
    for _ in range(5):
        second.post("/tai-khoan/mat-khau", NEW_PASSWORD | {"email": FIRST, "current": "sai"})
    assert client(FIRST), "whoever fails locks no colleague out"


def test_nobody_approves_an_own_report_by_a_second_account_in_the_same_browser_without_signing_in(served, client):
    """Two accounts are two people: a browser is one of them at a time, and its forms are of that one alone."""
    browser, second = client(FIRST), client(SECOND)
    send(browser, "24", 141)
    fields = {"submission": str(waiting("24")[-1]), "stage": "counting", "decision": "approved", "reason": ""}
    own = browser.post(APPROVE, fields)
    assert own.status_code == 400 and "người khác phải duyệt" in shown(own)
    assert browser.post(APPROVE, fields, token=second.token).status_code == 403
    before, cookies = browser.token, dict(browser.http.cookies)
    assert browser.sign_in(SECOND).status_code == 303
    assert browser.post(APPROVE, fields, token=before).status_code == 403, "a page of the first account is still open"
    forgotten = Client(served.address)
    forgotten.http.cookies.update(cookies)
    assert forgotten.get("/phe-duyet").headers["location"] == "/dang-nhap", "the first account's session ended"

    send(second, "24", 142)
    assert send(client(FIRST), "24", 142), "the same bytes again"
    newest = fields | {"submission": str(waiting("24")[-1])}
    for each in (client(FIRST), second):
        refusal = each.post(APPROVE, newest)
        assert refusal.status_code == 400 and "người khác phải duyệt" in shown(refusal)
    assert rows("select count(*) from ops.report_approval where submission_id = any(%s)", waiting("24")) == [(0,)]


# --- a form that is still on its way ---------------------------------------------------------------

ON_ITS_WAY = {
    f"{MANAGED}/moi": {"unit": NEIGHBOUR, "email": "moi@bac-giang.example", "role": "reports"},
    f"{MANAGED}/gui-lai": {"email": OFFICER},
    f"{MANAGED}/khoa": {"email": OFFICER},
    "/bao-cao-cua-toi/nop": {},
    "/bao-cao-cua-toi/rut": REPORT | {"reason": "gửi nhầm"},
    "/bao-cao-cua-toi/nhap": REPORT | {"action": "luu", "numerator:5.1": "130", "denominator:5.1": "300"},
    DEADLINE: KEYS | ACT | {"last_day": "2026-12-20", "step": "xem"},
}
"""Forms of a province's account, by their address."""


@pytest.mark.parametrize("end", ["disabled", "signed out"])
@pytest.mark.parametrize("address", ON_ITS_WAY)
def test_a_form_whose_account_ends_while_it_is_on_its_way_is_not_taken(
    served, client, letterbox, monkeypatch, address, end
):
    """A browser may take hours over a form; the session that sends it has to be there when all of it has arrived."""
    email = f"cham-{end.replace(' ', '-')}-{sorted(ON_ITS_WAY).index(address)}@bac-ninh.example"
    desk.account(email, "24", "province")
    sender = client(email)
    monkeypatch.setenv("BAOCAO_NOW", LATER)

    def is_admitted() -> bool:
        used = "select max(used_at) from ops.account_session join ops.account using (account_id) where email = %s"
        return rows(used, email) == [(clock.now(),)]

    def finish() -> None:
        wait_for(is_admitted, "the form was not admitted")
        with database.connect("loader") as connection:
            account = registry.find(connection, email)
            if end == "disabled":
                registry.disable(connection, account, COMMAND)
            else:
                connection.execute(
                    "update ops.account_session set ended_at = %s where account_id = %s",
                    [clock.now(), account.account_id],
                )
        before.update(everything())

    before: dict[str, list[tuple]] = {}
    taken = slowly(sender, address, ON_ITS_WAY[address], finish)

    assert (taken.status_code, taken.headers.get("location")) == (303, "/dang-nhap")
    assert everything() == before and letterbox.letters == []


def slowly(sender: Client, address: str, fields: Mapping[str, str], between: Callable[[], None]) -> httpx.Response:
    """A form in two parts; for `/nop` with a file in it."""
    data = {"form_token": sender.token, **fields}
    files = [("file", ("a.csv", LINES.format(ACTION, "24", 130).encode()))] if address.endswith("/nop") else None
    whole = httpx.Request("POST", sender.address + address, data=data, files=files)
    content = whole.read()

    def parts() -> Iterator[bytes]:
        yield content[:20]
        between()
        yield content[20:]

    headers = {name: whole.headers[name] for name in ("Content-Type", "Content-Length")}
    return sender.http.post(address, content=parts(), headers=headers | {"Origin": sender.address})


# --- the same at the same time ---------------------------------------------------------------------


def together(*forms: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Forms of different accounts that are sent at the same time."""
    ready = Barrier(len(forms))

    def send(form: Callable[[], httpx.Response]) -> httpx.Response:
        ready.wait()
        return form()

    with ThreadPoolExecutor(len(forms)) as senders:
        return list(senders.map(send, forms))


def statuses(responses: list[httpx.Response]) -> list[int]:
    return sorted(response.status_code for response in responses)


def refused(responses: list[httpx.Response]) -> str:
    """What the one who was second reads."""
    (found,) = [shown(response) for response in responses if response.status_code != 303]
    return found


def test_of_two_who_move_a_deadline_or_exempt_a_unit_at_the_same_time_one_does(served, client):
    """The same decision, and another one about the same."""
    pair = [client(FIRST), client(SECOND)]
    exempt = KEYS | ACT | {"units": NEIGHBOUR, "reason": "bão lũ, trụ sở bị ngập"}
    for address, fields, kind in (
        (DEADLINE, [KEYS | ACT | {"last_day": "2026-12-20"}] * 2, "deadline"),
        (DEADLINE, [KEYS | ACT | {"last_day": f"2026-12-2{day}"} for day in (1, 2)], "deadline"),
        (EXEMPTION, [exempt, exempt | {"act": "Quyết định số 45/QĐ-UBND"}], "exemption"),
    ):
        before = rows("select count(*) from ops.office_decision where kind = %s", kind)[0][0]
        steps = [each.post(address, own | {"step": "xem"}) for each, own in zip(pair, fields, strict=True)]
        assert statuses(steps) == [200, 200]
        confirm = [hidden(step.text) | {"step": "xac-nhan"} for step in steps]
        done = together(*(partial(each.post, address, own) for each, own in zip(pair, confirm, strict=True)))

        assert statuses(done) == [303, 400], address
        text = refused(done)
        assert any(each in text for each in ("người khác đã quyết định", "cũng là ngày này", "đã được miễn")), text
        assert rows("select count(*) from ops.office_decision where kind = %s", kind) == [(before + 1,)]


@pytest.mark.parametrize("second", ["approved", "returned"])
def test_of_two_who_approve_or_return_a_report_at_the_same_time_one_decides(served, client, second):
    pair = [client(FIRST), client(SECOND)]
    send(client(OFFICER), UNIT, {"approved": 131, "returned": 132}[second])
    submission = waiting(UNIT)[-1]
    fields = {"submission": str(submission), "stage": "counting", "reason": "thiếu biểu kèm theo"}
    done = together(
        partial(pair[0].post, APPROVE, fields | {"decision": "approved"}),
        partial(pair[1].post, APPROVE, fields | {"decision": second}),
    )

    assert statuses(done) == [303, 404]
    assert "đã được quyết định" in refused(done)
    assert rows("select count(*) from ops.report_approval where submission_id = %s", submission) == [(1,)]


def test_of_two_who_look_after_the_same_account_at_the_same_time_each_reads_what_became_of_it(
    served, client, letterbox
):
    pair = [client(FIRST), client(SECOND)]
    new = {"unit": NEIGHBOUR, "email": "moi@bac-giang.example", "role": "reports"}
    with ThreadPoolExecutor(2) as senders, database.connect() as holder:
        holder.execute("lock table ops.account in share mode")  # neither has added the account when the other looks
        invited_by = [senders.submit(each.post, INVITE, new) for each in pair]
        wait_for(lambda: rows(WAITING_FOR_ACCOUNTS) == [(2,)], "two forms wait")
        holder.rollback()
        invited = [each.result() for each in invited_by]
    assert statuses(invited) == [303, 400] and "đã có tài khoản" in refused(invited)
    account = "from ops.account where email = 'moi@bac-giang.example'"
    assert rows(f"select count(*) {account}") == [(1,)] and len(letterbox.letters) == 1

    for action, opened, is_disabled in (("gui-lai", 1, False), ("khoa", 0, True)):
        done = together(*(partial(each.post, f"{MANAGED}/{action}", new) for each in pair))
        assert statuses(done) == [303, 303]
        invitations = f"select count(*) from ops.account_invitation join ({account}) as a using (account_id)"
        query = invitations.replace("(from", "(select account_id from") + " where ended_at is null"
        assert rows(query) == [(opened,)], action
        assert rows(f"select disabled_at is not null {account}") == [(is_disabled,)]
