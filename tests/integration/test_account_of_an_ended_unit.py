"""A unit ends and its code passes on: its accounts stay with it, until they are invited again for the new one.

The made-up map of test_successions, with one more province that ends; all of it is made up (số liệu giả định).
"""

import csv
import re
from collections.abc import Iterator

import pytest

from accounts import registry
from ingest.mail.attached import Attached
from ingest.mail.messages import Mail
from pipeline import building
from pipeline.mailbox import deciding
from tests.integration import desk
from tests.integration.desk import LINK, Client
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.served import Served, serving
from tests.integration.test_successions import (
    AFTER,
    BEFORE,
    CHANGED_ON,
    INDICATOR,
    LINEAGE,
    NOVEMBER,
    OCTOBER,
    PROGRAMME,
    SUCCESSOR,
    plan,
    unit,
)
from tests.waiting import wait_for
from warehouse import clock, database

CODE, ENDED = "71002", "71002@start"
OLD, OLD_LEADER, NEW = "cu@71002.example", "lanh-dao-cu@71002.example", "moi@71002.example"
ABOVE, ELSEWHERE, OLD_PROVINCE = "so@71.example", "so@72.example", "so-cu@73.example"
HEADER = "programme;period;unit_code;unit_id;unit_name;indicator;numerator;denominator;made_up\n"
NOT_YOURS, MANAGED = "Tài khoản này chỉ nộp báo cáo của", "/tai-khoan-don-vi"


@pytest.fixture(scope="module")
def served(empty_database: str) -> Iterator[Served]:
    """Pages that were opened before the map changed: reports and accounts of then, and an account of the new unit."""
    with own_catalogue() as catalogue, pytest.MonkeyPatch.context() as environment:
        catalogue.draw_map([*BEFORE, unit("73"), unit("73001", "73")], [])
        plan(catalogue)
        environment.setenv("BAOCAO_SIGN_IN", "on")
        environment.setenv("BAOCAO_NOW", OCTOBER)
        building.build()
        desk.account(OLD, CODE)
        desk.account(OLD_LEADER, CODE, "approves")
        for email, province in ((ABOVE, "71"), (ELSEWHERE, "72"), (OLD_PROVINCE, "73")):
            desk.account(email, province, "province")
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield change(pages, catalogue, environment)


RECEIPTS: list[str] = []
"""Of what the old account handed in before its unit ended."""


def change(pages: Served, catalogue: OwnCatalogue, environment: pytest.MonkeyPatch) -> Served:
    RECEIPTS.append(hand_in(client(pages, OLD), "2025", 40))
    after = [
        *(unit("73", ends=CHANGED_ON), unit("73001", "73", ends=CHANGED_ON)),
        unit("73001", "71", begins=CHANGED_ON, unit_id="73001@start"),
    ]
    catalogue.replace("org_units", [*AFTER, *after])
    catalogue.replace("org_unit_lineage", LINEAGE)
    environment.setenv("BAOCAO_NOW", NOVEMBER)
    building.build()
    desk.account(NEW, CODE)
    return pages


def client(served: Served, email: str) -> Client:
    made = Client(served.address)
    assert made.sign_in(email).status_code == 303
    made.get("/tai-khoan")
    return made


def content_of(period: str, numerator: int, unit_id: str = "", name: str = "") -> bytes:
    return (HEADER + f"{PROGRAMME};{period};{CODE};{unit_id};{name};{INDICATOR};{numerator};100;có\n").encode()


def hand_in(sender: Client, period: str, numerator: int, unit_id: str = "", name: str = "") -> str:
    """Returns the address of the receipt."""
    files = [(f"{numerator}.csv", content_of(period, numerator, unit_id, name))]
    taken = sender.post("/bao-cao-cua-toi/nop", files=files)
    assert taken.status_code == 303, taken.text
    return taken.headers["location"]


def became(sender: Client, receipt: str) -> str:
    """The unit that the report of a file was taken for; `refused` before anything of it was kept."""
    page = sender.get(receipt)
    if NOT_YOURS in page.text:
        return "refused"
    (upload,) = re.findall(r"[0-9a-f-]{36}", receipt)
    query = (
        "select coalesce(verdict.unit_id, ''), verdict.status from ops.submission_origin "
        "join ops.submission_verdict as verdict using (submission_id) where upload_id = %s"
    )
    with database.connect() as connection:
        ((unit_id, status),) = connection.execute(query, [upload]).fetchall()
    return "returned" if status == "rejected" else unit_id


def account(email: str) -> registry.Account:
    with database.connect() as connection:
        found = registry.find(connection, email)
    assert found is not None
    return found


def test_an_account_hands_in_reports_of_its_own_unit_and_none_of_what_took_its_code(served):
    """In 2026 both units may report: a file that names neither comes back from the gate."""
    old, new = client(served, OLD), client(served, NEW)
    assert (account(OLD).unit_id, account(NEW).unit_id) == (ENDED, SUCCESSOR)
    found = [
        became(old, hand_in(old, "2026", 61, SUCCESSOR)),
        became(old, hand_in(old, "2026", 62, name="Xã giả định mới")),
        became(old, hand_in(old, "2026", 63)),
        became(old, hand_in(old, "2026", 64, ENDED)),
        became(old, hand_in(old, "2025", 41)),
        became(new, hand_in(new, "2026", 71, ENDED)),
        became(new, hand_in(new, "2025", 42)),
        became(new, hand_in(new, "2026", 72, SUCCESSOR)),
    ]

    assert found == ["refused", "refused", "returned", ENDED, ENDED, "refused", "refused", SUCCESSOR]


def test_receipts_stay_with_the_unit_for_which_they_were_handed_in(served):
    old, new = client(served, OLD), client(served, NEW)
    (receipt,) = RECEIPTS

    assert (old.get(receipt).status_code, new.get(receipt).status_code) == (200, 404)
    assert OLD in old.get("/bao-cao-cua-toi").text and OLD not in new.get("/bao-cao-cua-toi").text
    assert (ENDED in old.get("/bao-cao-cua-toi").text, old.get("/don-vi", unit=CODE).status_code) == (False, 403)
    leader = client(served, OLD_LEADER)
    for path in ("/don-vi", "/thay-doi", "/nguon-so-lieu"):
        assert "nay là của đơn vị khác" in leader.get(path, unit=CODE).text
    assert new.get("/don-vi", unit=CODE).status_code == 200


def test_by_mail_too_an_account_is_of_its_unit_and_of_no_other_with_its_code(served, letterbox, monkeypatch, tmp_path):
    """A colleague answers the receipt that went to the office, from an own address."""
    monkeypatch.setenv("BAOCAO_MAILBOX_URL", f"maildir:{tmp_path}")
    monkeypatch.setenv("BAOCAO_MAILBOX_ADDRESS", "bao-cao@example.org")
    with database.connect("loader") as connection:
        values = [CODE, "reporter", "van-phong@71002.example"]
        connection.execute("insert into ops.contact (unit_code, role, email) values (%s, %s, %s)", values)
    hand_in(client(served, NEW), "2026", 73, SUCCESSOR)
    wait_for(lambda: letterbox.letters, "the receipt did not arrive")
    thread = (str(letterbox.letters[0]["Message-ID"]),)

    def decided(sender: str, period: str, numerator: int, unit_id: str) -> tuple[str, str | None]:
        content = content_of(period, numerator, unit_id)
        mail = Mail(
            f"{sender}-{numerator}", f"<{numerator}@x.example>", sender, thread, files=(Attached("a.csv", content),)
        )
        with database.connect("loader") as connection:
            found = deciding.decide(connection, mail)
        return found.status, found.reason

    assert decided(OLD, "2026", 91, SUCCESSOR) == ("waiting", "other_sender")
    assert decided(NEW, "2026", 92, SUCCESSOR) == ("receiving", None)
    assert decided(NEW, "2026", 93, ENDED) == ("waiting", "other_unit")
    assert decided(NEW, "2025", 94, "") == ("waiting", "other_unit")


def test_a_province_that_has_ended_decides_nothing_for_the_one_that_took_it_in(served):
    old = client(served, OLD_PROVINCE)
    assert (account(OLD_PROVINCE).role, account(OLD_PROVINCE).province_code) == ("reports", "71")
    for path in ("/quyet-dinh", "/viec-cho", "/dau-moi", "/sang-nay", "/phe-duyet", MANAGED):
        assert old.get(path, unit="71").status_code == 403, path
    for path in ("/quyet-dinh/han", "/dau-moi/don-vi", "/phe-duyet/bao-cao", f"{MANAGED}/khoa", f"{MANAGED}/moi"):
        assert old.post(path, {"programme": PROGRAMME, "unit": CODE, "email": NEW}).status_code == 403, path
    assert old.get("/").headers["location"] == "/bao-cao-cua-toi"
    assert client(served, ABOVE).get("/quyet-dinh", unit="71").status_code == 200


def test_the_morning_lists_the_units_whose_map_changed_while_their_period_runs(served):
    """Of those for which no other test hands a report in: what is there is not outstanding."""

    def listed(email: str, province: str) -> dict[str, tuple[str, ...]]:
        table = client(served, email).get("/sang-nay", unit=province, table="changed-units", format="csv").text
        _, *rows = csv.reader(table.lstrip("\ufeff").splitlines())
        return {row[1]: tuple(row[3:]) for row in rows}

    assert listed(ABOVE, "71")["73001"] == (CHANGED_ON, "trước đó: Xã giả định 73001")
    assert listed(ELSEWHERE, "72") == {
        "71005": (CHANGED_ON, "trước đó: Xã giả định 71005"),
        "72004": (CHANGED_ON, "sắp xếp từ: Xã giả định 71004"),
    }


def test_who_is_invited_again_by_the_level_above_reports_for_the_new_unit_and_leaves_the_old_one(served, letterbox):
    old, above, elsewhere = (client(served, email) for email in (OLD, ABOVE, ELSEWHERE))
    draft = {"programme": PROGRAMME, "period": "2025", "action": "luu", f"numerator:{INDICATOR}": "99"}
    assert old.post("/bao-cao-cua-toi/nhap", draft).status_code == 303
    listed = above.get(MANAGED).text
    assert listed.count("đơn vị đã kết thúc") == 3
    again = {"unit": CODE, "email": OLD, "role": "reports"}
    for sender, fields in (
        (elsewhere, again | {"unit": "72001"}),
        (above, again | {"email": NEW}),
        (above, again | {"email": ELSEWHERE}),
    ):
        refused = sender.post(f"{MANAGED}/moi", fields)
        assert refused.status_code == 400 and "đã có tài khoản" in refused.text
    assert account(OLD).unit_id == ENDED and letterbox.letters == []

    assert above.post(f"{MANAGED}/moi", again).status_code == 303
    assert letterbox.recipients == [[OLD]]
    assert old.get("/tai-khoan").headers["location"] == "/dang-nhap", "what was open of it has ended"
    assert Client(served.address).sign_in(OLD).status_code == 401
    (link,) = LINK.findall(letterbox.letters[0].get_body(("plain",)).get_content())
    old.get(path := link.removeprefix(served.address))
    assert old.post(path, {"password": desk.PASSWORD, "again": desk.PASSWORD}).status_code == 200
    moved = client(served, OLD)
    assert account(OLD).unit_id == SUCCESSOR and moved.get("/don-vi", unit=CODE).status_code == 200
    assert became(moved, hand_in(moved, "2026", 81, SUCCESSOR)) == SUCCESSOR
    assert moved.get(RECEIPTS[0]).status_code == 404
    with database.connect() as connection:
        drafts = connection.execute("select count(*) from ops.form_draft").fetchone()
        detail = connection.execute(
            "select detail from ops.account_event where kind = 'invited' and account_id = %s order by event_id desc",
            [account(OLD).account_id],
        ).fetchone()
    assert drafts == (0,)
    assert detail[0] == {"role": "reports", "unit_code": CODE, "agency_code": "UBND", "unit_before": ENDED}
    assert clock.now().isoformat() == NOVEMBER
