"""Who may open what: every address by everybody, tried; and what is refused changes nothing.

The addresses are those that the application has, so that a new one without a row here fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from accounts import registry
from pages import app
from tests.integration import desk
from tests.integration.desk import Client
from tests.integration.served import Served, serving
from warehouse import database

NOW = "2026-11-20T09:00:00+07:00"
ACTION, ELSEWHERE = "bacninh-2026-2030", "haiphong-directive28"
OWN_TARGET = "indicator=5.1&scope=province&bound_unit=24&year=2030"
SIGN_IN = "/dang-nhap"
APPROVE = "/phe-duyet/bao-cao"
CONFIRM = "/bao-cao-cua-toi/xac-nhan"
TABLES = (
    "ops.account",
    "ops.account_invitation",
    "ops.upload",
    "ops.form_draft",
    "ops.warning_confirmation",
    "ops.report_approval",
    "ops.submission_origin",
    "raw.submission",
    "ops.contact",
    "ops.office_decision",
)


@dataclass(frozen=True)
class Person:
    """unit: of the account. kind: the column of the table below."""

    email: str
    unit: str
    role: str
    kind: str
    agency: str = "UBND"


PEOPLE = [
    Person("da-mai@example.org", "07228", "reports", "R"),
    Person("van-phong@example.org", "07228", "reports", "R", "VPHDND"),
    Person("duyet@example.org", "07228", "approves", "A"),
    Person("tinh@example.org", "24", "province", "P"),
    Person("van-hanh@example.org", "24", "operates", "O"),
]
STRANGERS = [
    Person("bac-giang@example.org", "07210", "reports", "R"),
    Person("hai-phong@example.org", "31", "province", "P"),
]
"""Of another unit, and of another province: for them the addresses of Đa Mai and of Bắc Ninh are others'."""

OPEN, MOVED, CLOSED, NONE = "open", "moved", "closed", "none"
READ = {
    # address: what reporters, approvers, their province and operators get
    "/": "moved moved moved moved",
    "/tai-khoan": "open open open open",
    "/tai-khoan/xac-thuc": "open open open open",
    "/tai-khoan-don-vi": "closed closed open open",
    "/phe-duyet": "closed open open closed",
    f"{APPROVE}?submission=none&stage=counting": "closed none none closed",
    "/bao-cao-cua-toi": "open closed open closed",
    f"/bao-cao-cua-toi/bieu-mau?programme={ACTION}&period=2026": "open closed open closed",
    f"/bao-cao-cua-toi/bieu-mau?programme={ELSEWHERE}&period=2026": "none closed none closed",
    f"/bao-cao-cua-toi/nhap?programme={ACTION}&period=2026": "open closed open closed",
    f"/bao-cao-cua-toi/nhap?programme={ELSEWHERE}&period=2026": "none closed none closed",
    f"{CONFIRM}?programme={ACTION}&period=2026": "open closed open closed",
    f"{CONFIRM}?programme={ELSEWHERE}&period=2026": "none closed none closed",
    "/sang-nay": "closed closed moved open",
    "/sang-nay?unit=24": "closed closed open open",
    "/sang-nay?unit=31": "closed closed closed open",
    "/viec-cho": "closed closed moved open",
    "/viec-cho?unit=24": "closed closed open open",
    "/viec-cho?unit=31": "closed closed closed open",
    f"/viec-cho/canh-bao?unit=07228&agency=UBND&programme={ACTION}&period=2030": "closed closed none closed",
    f"/viec-cho/canh-bao?unit=10507&agency=UBND&programme={ELSEWHERE}&period=2026": "closed closed closed closed",
    "/quyet-dinh": "closed closed moved open",
    "/quyet-dinh?unit=24": "closed closed open open",
    "/quyet-dinh?unit=31": "closed closed closed open",
    "/quyet-dinh?unit=24&table=decisions&format=csv": "closed closed open open",
    f"/quyet-dinh/han?programme={ACTION}&period=2026&level=commune": "closed closed open closed",
    f"/quyet-dinh/han?programme={ELSEWHERE}&period=2026&level=commune": "closed closed closed closed",
    f"/quyet-dinh/mien?programme={ACTION}&period=2026&level=commune": "closed closed open closed",
    f"/quyet-dinh/mien?programme={ELSEWHERE}&period=2026&level=commune": "closed closed closed closed",
    f"/quyet-dinh/muc?programme={ACTION}&{OWN_TARGET}": "closed closed open closed",
    f"/quyet-dinh/muc?programme={ELSEWHERE}&{OWN_TARGET}": "closed closed closed closed",
    "/dau-moi": "closed closed moved open",
    "/dau-moi?unit=24": "closed closed open open",
    "/dau-moi?unit=31": "closed closed closed open",
    "/dau-moi/tep": "closed closed open closed",
    "/dau-moi/don-vi?unit=07228": "closed closed open closed",
    "/dau-moi/don-vi?unit=10507": "closed closed closed closed",
    "/duong-den-2030": "moved moved moved open",
    f"/duong-den-2030?unit=24&programme={ACTION}": "open open open open",
    f"/duong-den-2030?unit=07228&programme={ACTION}": "closed closed open open",
    f"/duong-den-2030?unit=31&programme={ELSEWHERE}": "closed closed closed open",
    f"/duong-den-2030?unit=24&programme={ELSEWHERE}": "closed closed closed open",
    "/bang-tong-hop": "closed closed moved open",
    f"/bang-tong-hop?unit=24&programme={ACTION}": "closed closed open open",
    f"/bang-tong-hop?unit=31&programme={ELSEWHERE}": "closed closed closed open",
    "/thay-doi": "moved moved moved open",
    f"/thay-doi?unit=07228&programme={ACTION}": "open open open open",
    f"/thay-doi?unit=07210&programme={ACTION}": "closed closed open open",
    f"/thay-doi?unit=24&programme={ACTION}": "closed closed open open",
    f"/thay-doi?unit=31&programme={ELSEWHERE}": "closed closed closed open",
    "/don-vi": "moved moved open open",
    "/don-vi?unit=07228": "open open open open",
    "/don-vi?unit=07228&table=issues&format=csv": "open open open open",
    "/don-vi?unit=07210": "closed closed open open",
    "/don-vi?unit=24": "closed closed open open",
    "/don-vi?unit=31": "closed closed closed open",
    "/don-vi?unit=07228&unit=31": "closed closed closed open",
    "/don-vi?unit=": "moved moved open open",
    "/chi-tieu": "closed closed moved open",
    f"/chi-tieu?programme={ACTION}": "closed closed open open",
    f"/chi-tieu?programme={ELSEWHERE}": "closed closed closed open",
    f"/chi-tieu?programme={ACTION}&unit=07228": "closed closed open open",
    f"/chi-tieu?programme={ACTION}&unit=31": "closed closed closed open",
    "/khai-niem": "closed closed moved open",
    "/khai-niem?concept=under_five_mortality&unit=24": "closed closed open open",
    "/khai-niem?concept=under_five_mortality&unit=31": "closed closed closed open",
    "/lich-bao-cao": "closed closed moved open",
    f"/lich-bao-cao?programme={ACTION}&unit=24": "closed closed open open",
    f"/lich-bao-cao?programme={ACTION}&unit=31": "closed closed closed open",
    "/cham-diem": "closed closed moved open",
    f"/cham-diem?programme={ACTION}": "closed closed open open",
    f"/cham-diem?programme={ELSEWHERE}": "closed closed closed open",
    "/chat-luong": "closed closed moved open",
    f"/chat-luong?programme={ACTION}&unit=24": "closed closed open open",
    f"/chat-luong?programme={ACTION}&unit=31": "closed closed closed open",
    f"/nguon-so-lieu?indicator=5.1&unit=07228&programme={ACTION}": "open open open open",
    f"/nguon-so-lieu?indicator=5.1&unit=24&programme={ACTION}": "closed closed open open",
    f"/nguon-so-lieu?indicator=5.1&unit=07210&programme={ACTION}": "closed closed open open",
    f"/nguon-so-lieu?indicator=5.1&unit=31&programme={ELSEWHERE}": "closed closed closed none",
    "/no-such-page": "closed closed closed closed",
}
WITHOUT_SESSION = {
    "/dang-nhap": 200,
    "/dang-nhap/co-quan": 404,
    "/dang-nhap/co-quan/ve": 404,
    "/loi-moi/{token}": 404,
    "/baocao.css": 200,
    "/favicon.ico": 204,
}
WRITE = {
    "/dang-xuat": "RAPO",
    "/tai-khoan/mat-khau": "RAPO",
    "/tai-khoan/xac-thuc": "RAPO",
    "/tai-khoan/tat-xac-thuc": "RAPO",
    "/bao-cao-cua-toi/nop": "RP",
    "/bao-cao-cua-toi/rut": "RP",
    "/bao-cao-cua-toi/nhap": "RP",
    CONFIRM: "RP",
    APPROVE: "AP",
    "/tai-khoan-don-vi/moi": "PO",
    "/tai-khoan-don-vi/gui-lai": "PO",
    "/tai-khoan-don-vi/khoa": "PO",
    "/viec-cho/canh-bao": "P",
    "/quyet-dinh/han": "P",
    "/quyet-dinh/mien": "P",
    "/quyet-dinh/muc": "P",
    "/dau-moi/tep": "P",
    "/dau-moi/don-vi": "P",
}
"""Addresses that take a form from whoever is signed in, and the kinds of people who have them."""


@pytest.fixture(scope="module")
def served(marts: None) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as environment:
        forget_accounts()
        environment.setenv("BAOCAO_NOW", NOW)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        for person in [*PEOPLE, *STRANGERS]:
            desk.account(person.email, person.unit, person.role, person.agency)
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages
        forget_accounts()


def forget_accounts() -> None:
    with database.connect() as connection:
        connection.execute("truncate ops.account, ops.sign_in_attempt cascade")


@pytest.fixture(scope="module")
def clients(served: Served) -> dict[str, Client]:
    """Everybody, signed in."""
    made = {person.email: Client(served.address) for person in [*PEOPLE, *STRANGERS]}
    for email, client in made.items():
        assert client.sign_in(email).status_code == 303
    return made


def outcome(client: Client, address: str) -> str:
    """`moved`: to the same page with the account's own parameters, which are then open."""
    response = client.get(address)
    if response.status_code == 303:
        location = response.headers["location"]
        assert location.partition("?")[0] in (address.partition("?")[0], "/bao-cao-cua-toi", "/don-vi", "/sang-nay")
        return MOVED if outcome(client, location) in (OPEN, MOVED) else CLOSED
    return {200: OPEN, 403: CLOSED, 404: NONE}[response.status_code]


def everything() -> dict[str, list[tuple]]:
    """All that somebody could have changed without leave."""
    with database.connect() as connection:
        return {table: connection.execute(f"select * from {table} order by 1").fetchall() for table in TABLES}


def routes(method: str) -> set[str]:
    return {route.path for route in app.create().routes if isinstance(route, APIRoute) and method in route.methods}


def test_every_address_of_the_application_is_in_the_matrix():
    read = {address.partition("?")[0] for address in READ} - {"/no-such-page"}
    of_uploads = {"/bao-cao-cua-toi/bien-nhan/{uploads}", "/bao-cao-cua-toi/tep-danh-dau/{upload}"}

    assert routes("GET") == read | set(WITHOUT_SESSION) | of_uploads
    assert routes("POST") == set(WRITE) | {"/dang-nhap", "/loi-moi/{token}"}
    assert [route for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") for route in routes(method)] == []


@pytest.mark.parametrize("address", READ)
def test_each_role_opens_what_is_its_own_and_nothing_else(clients, address):
    expected = dict(zip("RAPO", READ[address].split(), strict=True))

    found = {person.email: outcome(clients[person.email], address) for person in PEOPLE}
    assert found == {person.email: expected[person.kind] for person in PEOPLE}


@pytest.mark.parametrize(
    "address", [each for each in READ if each.count("unit=") == 1 and re.search(r"[?&]unit=(07|24)", each)]
)
def test_what_is_of_one_unit_or_province_is_closed_to_those_of_another(clients, address):
    own_unit, own_province = "unit=07210" in address, address == f"/duong-den-2030?unit=24&programme={ACTION}"

    assert outcome(clients["hai-phong@example.org"], address) == CLOSED
    assert outcome(clients["bac-giang@example.org"], address) == (OPEN if own_unit or own_province else CLOSED)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_without_a_session_everything_leads_to_the_sign_in(served, clients, method):
    """Nobody, an invented session, one that was ended, one of a disabled account."""
    ended, disabled = Client(served.address), Client(served.address)
    desk.account(f"{method}@example.org", "07228")
    ended.sign_in("da-mai@example.org")
    disabled.sign_in(f"{method}@example.org")
    ended_cookies, disabled_cookies = dict(ended.http.cookies), dict(disabled.http.cookies)
    assert ended.post("/dang-xuat").status_code == 303
    clients["tinh@example.org"].get("/tai-khoan-don-vi")
    gone = clients["tinh@example.org"].post("/tai-khoan-don-vi/khoa", {"email": f"{method}@example.org"})
    assert gone.status_code == 303
    forged = {"baocao-session": "x" * 43}
    before, open_cells = everything(), []
    for cookies in ({}, forged, ended_cookies, disabled_cookies):
        client = Client(served.address)
        client.http.cookies.update(cookies)
        for address in [
            *READ,
            *WRITE,
            f"/bao-cao-cua-toi/bien-nhan/{uuid4()}",
            f"/bao-cao-cua-toi/tep-danh-dau/{uuid4()}",
        ]:
            headers = {"Origin": served.address, "Content-Length": "0"}
            response = client.http.request(method, address, headers=headers)
            if (response.status_code, response.headers.get("location", "")) != (303, SIGN_IN):
                open_cells.append((address, response.status_code))
    assert open_cells == []
    assert everything() == before
    for path, status in WITHOUT_SESSION.items():
        assert Client(served.address).get(path).status_code == status


@pytest.mark.parametrize("address", WRITE)
def test_no_form_is_taken_from_another_site_without_its_token_or_with_anothers(served, clients, address):
    stranger = clients["bac-giang@example.org"]
    stranger.get("/tai-khoan")
    anonymous = Client(served.address)
    anonymous.get(SIGN_IN)
    before = everything()
    for person in PEOPLE:
        client = clients[person.email]
        client.get("/tai-khoan")
        own = client.token
        assert client.post(address, token="").status_code == 403
        assert client.post(address, token=own[:-1]).status_code == 403
        assert client.post(address, token=stranger.token).status_code == 403
        assert client.post(address, token=anonymous.token).status_code == 403
        for origin in ("", "null", "https://example.org", served.address.replace("127.0.0.1", "localhost")):
            assert client.post(address, token=own, origin=origin).status_code == 403, origin
        other = {"Origin": served.address, "Sec-Fetch-Site": "cross-site"}
        assert client.http.post(address, data={"form_token": own}, headers=other).status_code == 403
        assert client.get("/tai-khoan").status_code == 200, "still signed in"
    assert everything() == before


@pytest.mark.parametrize("address", WRITE)
def test_a_form_of_another_role_is_refused(clients, address):
    before = everything()
    for person in PEOPLE:
        if person.kind not in WRITE[address]:
            client = clients[person.email]
            client.get("/tai-khoan")
            fields = {"unit": "07210", "email": "bac-giang@example.org", "role": "reports", "programme": ACTION}
            assert client.post(address, fields | {"period": "2026", "reason": "x"}).status_code == 403
    assert everything() == before


def test_a_refused_access_is_logged_with_the_account_and_without_what_was_typed(clients, caplog):
    client = clients["da-mai@example.org"]
    with database.connect() as connection:
        number = registry.find(connection, "da-mai@example.org").account_id
    with caplog.at_level("WARNING"):
        assert client.get("/chat-luong", unit="24-go-vao").status_code == 403
        assert client.post("/bao-cao-cua-toi/rut", {"reason": "go-vao"}, token="go-vao").status_code == 403
        assert (
            client.post("/bao-cao-cua-toi/rut", {"reason": "go-vao"}, origin="https://go-vao.example").status_code
            == 403
        )
    refused = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Refused")]
    assert [text.partition(":")[2].partition(":")[0].strip() for text in refused] == [
        f"/chat-luong to account {number}",
        f"/bao-cao-cua-toi to account {number}",
        "/bao-cao-cua-toi to account nobody",
    ]
    assert "go-vao" not in "".join(refused)


LINE = "programme;period;unit_code;indicator;numerator;denominator;made_up\n{0};2026;{1};5.1;291;300;có\n"


def test_a_file_of_another_unit_or_agency_is_refused_whole_before_anything_is_kept(clients):
    client = clients["da-mai@example.org"]
    client.get("/bao-cao-cua-toi")
    own, others = LINE.format(ACTION, "07228"), LINE.format(ACTION, "07210").splitlines()[1]
    files = {
        "another unit": LINE.format(ACTION, "07210"),
        "both": f"{own}{others}\n",
        "another agency": own.replace(";made_up", ";made_up;agency").replace(";có", ";có;VPHDND"),
        "another unit by its id": own.replace(";made_up", ";made_up;unit_id").replace(";có", ";có;07210@2025-07-01"),
        "the province": LINE.format(ACTION, "24"),
    }
    with database.connect() as connection:
        before = connection.execute("select count(*) from raw.file").fetchone()
    for name, content in files.items():
        response = client.post("/bao-cao-cua-toi/nop", files=[(f"{name}.csv", content.encode())])
        receipt = client.get(response.headers["location"]).text
        assert "Tài khoản này chỉ nộp báo cáo của Phường Đa Mai (07228)" in receipt, name
    with database.connect() as connection:
        assert connection.execute("select count(*) from raw.file").fetchone() == before
    assert desk.events_of("da-mai@example.org").count("upload_refused") == len(files)


def test_a_receipt_and_its_workbook_are_for_the_unit_and_agency_that_handed_the_file_in(clients):
    client = clients["da-mai@example.org"]
    client.get("/bao-cao-cua-toi")
    handed_in = client.post("/bao-cao-cua-toi/nop", files=[("a.csv", LINE.format(ACTION, "07228").encode())])
    receipt = handed_in.headers["location"]
    marked = receipt.replace("bien-nhan", "tep-danh-dau")

    assert "a.csv" in client.get(receipt).text and client.get(marked).status_code == 404
    for email, other in clients.items():
        statuses = {other.get(address).status_code for address in (receipt, marked, f"{receipt},{uuid4()}")}
        expected = {"da-mai@example.org": {200, 404}, "van-phong@example.org": {404}}
        kind = next(person.kind for person in [*PEOPLE, *STRANGERS] if person.email == email)
        assert statuses == expected.get(email, {404} if kind in "RP" else {403}), email


def test_a_province_looks_after_the_accounts_of_its_own_communes_only(clients, letterbox):
    own, stranger = clients["tinh@example.org"], clients["hai-phong@example.org"]
    own.get("/tai-khoan-don-vi")
    stranger.get("/tai-khoan-don-vi")
    before = everything()
    for email in ("da-mai@example.org", "tinh@example.org", "van-hanh@example.org", "nobody@example.org"):
        for action in ("gui-lai", "khoa"):
            assert stranger.post(f"/tai-khoan-don-vi/{action}", {"email": email}).status_code == 403
    for email in ("tinh@example.org", "hai-phong@example.org", "van-hanh@example.org"):
        assert own.post("/tai-khoan-don-vi/khoa", {"email": email}).status_code == 403
    invitations = [
        ("07228", "operates"),
        ("24", "province"),
        ("31", "reports"),
        ("07228", "none"),
        ("99999", "reports"),
    ]
    for unit, role in invitations:
        fields = {"unit": unit, "email": "neu@example.org", "role": role}
        assert own.post("/tai-khoan-don-vi/moi", fields).status_code == 400, (unit, role)
    assert everything() == before and letterbox.letters == []
    listed = stranger.get("/tai-khoan-don-vi").text
    assert "da-mai@example.org" not in listed and "hai-phong@example.org" in listed

    fields = {"unit": "07246", "email": "Moi@Example.org", "role": "reports"}
    assert own.post("/tai-khoan-don-vi/moi", fields).headers["location"].startswith("/tai-khoan-don-vi?xong=moi")
    assert letterbox.recipients == [["moi@example.org"]]
