"""A programme requires approvals: a report counts from its approval on, and what was approved before stays.

The shipped plans ask for none; the rows are an office's own. All figures are made up.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from accounts import registry
from pipeline import approving, building, mailing
from tests import accessibility
from tests.integration import desk
from tests.integration.letterbox import Letterbox
from tests.integration.served import Served, serving
from tests.integration.test_desk import TIMEOUT_MS, sign_in
from warehouse import database
from warehouse.errors import WrongCall

ACTION, UNIT, NEIGHBOUR = "bacninh-2026-2030", "07228", "07210"
LIST, REPORT = "/phe-duyet", "/phe-duyet/bao-cao"
ROWS = (
    "programme_code,unit_level,agency_code,stage,approver,days_allowed,on_time_by,source\n"
    f"{ACTION},commune,UBND,counting,unit,5,,made up\n"
    f"{ACTION},commune,UBND,publication,province,,,made up\n"
)
LINES = "programme;period;unit_code;indicator;numerator;denominator;submission_type\n{0};2026;{1};5.1;{2};300;{3}\n"
FIGURE = """
select numerator::int from marts.fct_indicator_rollup
where programme_code = %s and period = '2026' and unit_code = %s and indicator_code = '5.1'
    and boundary_basis = 'as_reported' and numerator is not null
"""
STATUS = """
select status, is_overdue from marts.fct_report_obligation
where programme_code = %s and period = '2026' and unit_code = %s and agency_code = 'UBND'
"""
PEOPLE = (
    ("da-mai@example.org", UNIT, "reports"),
    ("lanh-dao@example.org", UNIT, "approves"),
    ("bac-giang@example.org", NEIGHBOUR, "reports"),
    ("lanh-dao-bac-giang@example.org", NEIGHBOUR, "approves"),
    ("so@example.org", "24", "province"),
    ("hai-phong@example.org", "31", "province"),
)


@pytest.fixture(scope="module")
def served(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages of a warehouse whose office requires both approvals."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "report_approvals.csv").write_text(ROWS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        environment.setenv("BAOCAO_NOW", "2026-11-20T09:00:00+07:00")
        environment.setenv("BAOCAO_SIGN_IN", "on")
        building.prepare_catalogue()
        for email, unit, role in PEOPLE:
            desk.account(email, unit, role)
        with serving() as pages:
            environment.setenv("BAOCAO_PAGES_URL", pages.address)
            yield pages


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Sets the clock to a time of 2026, such as "11-20T09:00"; returns the timestamp."""

    def set_clock(time: str) -> str:
        monkeypatch.setenv("BAOCAO_NOW", timestamp := f"2026-{time}:00+07:00")
        return timestamp

    return set_clock


@pytest.fixture
def client(served: Served) -> Callable[[str], desk.Client]:
    def signed_in(email: str) -> desk.Client:
        made = desk.Client(served.address)
        assert made.sign_in(email).status_code == 303
        return made

    return signed_in


def send(sender: desk.Client, unit: str, numerator: int | str, kind: str = "full") -> None:
    if kind == "retraction":
        fields = {"programme": ACTION, "period": "2026", "reason": "gửi nhầm"}
        assert sender.post("/bao-cao-cua-toi/rut", fields).status_code == 303
        return
    content = LINES.format(ACTION, unit, numerator, kind).encode()
    assert sender.post("/bao-cao-cua-toi/nop", files=[(f"{numerator}.csv", content)]).status_code == 303


def waiting(unit: str, stage: str = "counting") -> list[UUID]:
    with database.connect() as connection:
        query = "select submission_id from ops.awaiting_approval where unit_code = %s and stage = %s "
        rows = connection.execute(query + "order by accepted_seq", [unit, stage])
        return [submission for (submission,) in rows]


def decide(approver: desk.Client, unit: str, decision: str, reason: str = "", stage: str = "counting"):
    fields = {"submission": str(waiting(unit, stage)[-1]), "stage": stage, "decision": decision, "reason": reason}
    return approver.post(REPORT, fields)


def figure(unit: str = UNIT, as_of: str | None = None) -> list[int]:
    building.build()
    query = FIGURE.replace("marts.", "" if as_of else "marts.")
    with database.connect() as connection:
        if as_of:
            from warehouse.as_of import parse_timestamp, set_session_as_of

            set_session_as_of(connection, parse_timestamp(as_of))
        return [number for (number,) in connection.execute(query.encode(), [ACTION, unit])]


def is_warned(unit: str) -> bool:
    """Whether the sender has to confirm or correct 5.1."""
    query = "select from ops.report_warning where unit_code = %s and indicator_code = '5.1' and is_in_force"
    with database.connect() as connection:
        return connection.execute(query, [unit]).fetchone() is not None


def status(unit: str) -> tuple[str, bool]:
    with database.connect() as connection:
        return connection.execute(STATUS, [ACTION, unit]).fetchone()


def test_a_report_counts_from_its_approval_and_a_correction_only_from_its_own(served, client, at, command):
    at("11-20T09:00")
    sender, leader = client("da-mai@example.org"), client("lanh-dao@example.org")
    send(sender, UNIT, 130)
    assert figure() == [] and status(UNIT) == ("awaiting_approval", False)
    assert "chờ duyệt" in sender.get("/bao-cao-cua-toi").text
    assert "2026" in command("approvals", "list", "--unit", "24").out

    page = html.unescape(leader.get(LIST).text)
    assert "Phường Đa Mai (07228)" in page and "duyệt trước 00:00 ngày 26/11/2026" in page
    link = html.unescape(re.search(r'href="(/phe-duyet/bao-cao[^"]*)"', page)[1])
    assert "130 / 300" in leader.get(link).text
    approved_at = at("11-21T09:00")
    leader = client("lanh-dao@example.org")
    assert decide(leader, UNIT, "approved").headers["location"] == f"{LIST}?xong=approved"
    assert waiting(UNIT) == [] and "Không có báo cáo nào chờ duyệt" in leader.get(LIST).text
    assert figure() == [130] and status(UNIT) == ("on_time", False)
    assert desk.events_of("lanh-dao@example.org").count("report_approved") == 1

    at("11-22T09:00")
    sender, leader = client("da-mai@example.org"), client("lanh-dao@example.org")
    send(sender, UNIT, 290, "correction")
    assert figure() == [130], "the approved one counts while its correction waits"
    assert "vẫn được tính" in sender.get("/bao-cao-cua-toi").text
    shown = leader.get(REPORT, submission=str(waiting(UNIT)[-1]), stage="counting").text
    assert "290 / 300" in shown and "130 / 300" in shown
    at("11-23T09:00")
    sender, leader = client("da-mai@example.org"), client("lanh-dao@example.org")
    assert decide(leader, UNIT, "returned").status_code == 400, "without a reason"
    assert decide(leader, UNIT, "returned", "số liệu chưa khớp sổ tiêm chủng").status_code == 303
    assert figure() == [130] and waiting(UNIT) == []
    assert is_warned(UNIT), "what was returned replaces nothing, and ends no warning"
    assert "số liệu chưa khớp sổ tiêm chủng" in sender.get("/bao-cao-cua-toi").text

    at("11-23T10:00")
    sender, leader = client("da-mai@example.org"), client("lanh-dao@example.org")
    send(sender, UNIT, 290, "correction")
    assert len(waiting(UNIT)) == 1, "the same bytes may be sent again after they were returned"
    at("11-24T09:00")
    sender, leader = client("da-mai@example.org"), client("lanh-dao@example.org")
    assert decide(leader, UNIT, "approved").status_code == 303
    assert figure() == [290] and not is_warned(UNIT)

    send(sender, UNIT, "", "retraction")
    assert figure() == [290]
    at("11-25T09:00")
    assert decide(client("lanh-dao@example.org"), UNIT, "approved").status_code == 303
    assert figure() == [] and status(UNIT)[0] == "not_due"
    assert figure(as_of="2026-11-20T12:00") == []
    assert figure(as_of=approved_at) == [130] and figure(as_of="2026-11-23T12:00") == [130]
    assert figure(as_of="2026-11-24T12:00") == [290]
    assert "0 differences" in command("verify").out


def test_what_was_never_approved_is_overdue_with_a_status_of_its_own_and_late_by_its_arrival(
    served, client, at, command
):
    at("11-26T09:00")
    sender = client("bac-giang@example.org")
    send(sender, NEIGHBOUR, 270)
    send(sender, NEIGHBOUR, 275, "correction")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", "2026-12-03T09:00:00+07:00")
        assert figure(NEIGHBOUR) == [] and status(NEIGHBOUR) == ("awaiting_approval", True)
        listed = command("missing", "--programme", ACTION, "--json").out
        assert '"status": "awaiting_approval"' in listed
        assert "Chờ duyệt" in client("so@example.org").get("/sang-nay", unit="24").text
        leader = client("lanh-dao-bac-giang@example.org")
        older, newer = waiting(NEIGHBOUR)
        stale = {"submission": str(older), "stage": "counting", "decision": "approved"}
        refused = leader.post(REPORT, stale)
        assert refused.status_code == 400 and "vừa gửi bản mới" in refused.text
        assert decide(leader, NEIGHBOUR, "approved").status_code == 303
        assert waiting(NEIGHBOUR) == [], "both are decided about"
        assert figure(NEIGHBOUR) == [275] and status(NEIGHBOUR) == ("on_time", False)
    assert newer != older


def test_only_the_approver_decides_and_nobody_about_what_he_handed_in(served, client, at, command):
    at("11-27T09:00")
    sender = client("da-mai@example.org")
    send(sender, UNIT, 285)
    (submission,) = waiting(UNIT)
    for email in ("lanh-dao-bac-giang@example.org", "so@example.org", "hai-phong@example.org", "da-mai@example.org"):
        with database.connect() as connection:
            account = registry.find(connection, email)
        with pytest.raises(WrongCall, match="đang chờ duyệt"):
            approving.decide_on_page(account, submission, "counting", "approved", "", None)
    stranger = client("lanh-dao-bac-giang@example.org")
    assert stranger.get(REPORT, submission=str(submission), stage="counting").status_code == 404
    leader = client("lanh-dao@example.org")
    named = decide(leader, UNIT, "returned", "cháu Nguyễn Văn An, 001215012345")
    assert named.status_code == 400 and "thông tin cá nhân" in named.text

    with database.connect() as connection:
        own = registry.find(connection, "lanh-dao@example.org")
        connection.execute("update ops.submission_origin set account_id = %s", [own.account_id])
    refused = decide(leader, UNIT, "approved")
    assert refused.status_code == 400 and "người khác phải duyệt" in refused.text
    assert waiting(UNIT) == [submission]
    by = ("--by", "Chủ tịch UBND phường Đa Mai, công văn")
    version = listed(command, UNIT)
    earlier = ("approvals", "approve", ACTION, "2026", UNIT, "--version", version.translate(OTHER), *by)
    refused = command(*earlier)
    assert (refused.code, waiting(UNIT)) == (2, [submission]) and "bản mới" in refused.err, "a version nobody listed"
    approved = ("approvals", "approve", ACTION, "2026", UNIT, "--version", version, *by)
    assert command(*approved).code == 0
    assert figure() == [285]
    assert "Chủ tịch UBND phường Đa Mai" in command("approvals", "list", "--decided", "--json").out
    assert command(*approved).code == 2


OTHER = str.maketrans("0123456789abcdef", "123456789abcdef0")
"""Every digit of a version's name becomes another one."""


def listed(command, unit: str, stage: str = "counting") -> str:
    """The version of a unit's report that waits, as `baocao approvals list` names it."""
    rows = json.loads(command("approvals", "list", "--unit", unit, "--json").out)
    return next(row["version"] for row in rows if row["stage"] == stage)


def approve(command, unit: str, *options: str, stage: str = "counting"):
    version = ("--version", listed(command, unit, stage), "--before", stage)
    return command("approvals", "approve", ACTION, "2026", unit, *version, *options)


def test_a_decision_is_never_changed_and_goes_with_an_erased_file_alone(served, command):
    for table in ("ops.report_approval", "ops.approval_request"):
        for role in ("loader", "owner"):
            with database.connect(role) as connection, pytest.raises(psycopg.Error):
                connection.execute(f"update {table} set stage = 'publication'")
        with database.connect("loader") as connection, pytest.raises(psycopg.Error):
            connection.execute(f"delete from {table}")
    with database.connect() as connection:
        submission, sha256 = connection.execute(
            "select submission_id, sha256 from raw.submission join ops.report_approval using (submission_id) limit 1"
        ).fetchone()
    assert command("personal-data", "erase", sha256, "--by", "Sở Y tế", "--act", "12/QĐ, 2026-11-20").code == 0
    with database.connect() as connection:
        query = "select from ops.approval_request where submission_id = %s"
        assert connection.execute(query, [submission]).fetchall() == []
    assert "0 differences" in command("verify").out


def test_the_approver_gets_one_letter_one_when_time_is_up_and_the_sender_the_reason(served, client, at, letterbox):
    at("12-04T12:00")
    mailing.mail_receipts()
    letterbox.letters.clear()
    letterbox.recipients.clear()
    send(client("da-mai@example.org"), UNIT, 286)
    mailing.mail_receipts()
    mailing.mail_receipts()
    assert letters_to(letterbox, "lanh-dao@example.org") == ["Báo cáo chờ duyệt: Phường Đa Mai, năm 2026"]
    at("12-04T13:00")
    assert decide(client("lanh-dao@example.org"), UNIT, "returned", "thiếu số liệu trạm y tế").status_code == 303
    mailing.mail_receipts()
    subject = "Báo cáo bị người duyệt trả lại: Phường Đa Mai, năm 2026"
    assert letters_to(letterbox, "da-mai@example.org") == [subject]

    send(client("da-mai@example.org"), UNIT, 287)
    mailing.mail_receipts()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BAOCAO_NOW", "2026-12-10T07:00:00+07:00")
        mailing.mail_receipts()
        assert len(letters_to(letterbox, "lanh-dao@example.org")) == 3
        assert decide(client("lanh-dao@example.org"), UNIT, "approved").status_code == 303
        mailing.mail_receipts()
    assert len(letters_to(letterbox, "lanh-dao@example.org")) == 3
    with database.connect() as connection:
        rows = connection.execute(
            "select notice, status from ops.approval_ledger join raw.submission "
            "using (submission_id) where unit_code = %s and stage = 'counting' and planned_at >= '2026-12-04 12:00+07' "
            "order by ledger_id",
            [UNIT],
        ).fetchall()
    assert rows == [(notice, "sent") for notice in ("requested", "returned", "requested", "overdue")]


def letters_to(letterbox: Letterbox, address: str) -> list[str]:
    """Subjects of the letters about approvals, the oldest first."""
    found = zip(letterbox.letters, letterbox.recipients, strict=True)
    return [str(letter["subject"]) for letter, recipients in found if address in recipients]


def test_nothing_is_released_before_the_province_has_approved_it(served, client, at, command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-11T09:00:00+07:00")
    by = ("--by", "Sở Y tế, công văn")
    for email, unit in (("da-mai@example.org", UNIT), ("bac-giang@example.org", NEIGHBOUR)):
        send(client(email), unit, 281)
        assert approve(command, unit, *by).code == 0
    building.build()
    refused = command("release", ACTION, "2026")
    assert refused.code == 1 and f"2026 {UNIT} UBND" in refused.err and f"2026 {NEIGHBOUR} UBND" in refused.err
    province = client("so@example.org")
    assert html.unescape(province.get(LIST).text).count("trước khi công bố") == 2
    assert client("hai-phong@example.org").get(LIST).text.count("trước khi công bố") == 0
    assert decide(province, UNIT, "approved", stage="publication").status_code == 303
    assert decide(province, NEIGHBOUR, "returned", "chưa giải trình", stage="publication").status_code == 303
    refused = command("release", ACTION, "2026")
    assert refused.code == 1 and UNIT not in refused.err and f"2026 {NEIGHBOUR} UBND (returned)" in refused.err
    send(client("bac-giang@example.org"), NEIGHBOUR, 276)
    assert approve(command, NEIGHBOUR, *by).code == 0
    assert approve(command, NEIGHBOUR, *by, stage="publication").code == 0
    refused = command("release", ACTION, "2026")
    assert refused.code == 1 and "since the last build" in refused.err, "the figures still hold what was returned"
    building.build()
    assert command("release", ACTION, "2026").code == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_are_accessible_and_fit_a_telephone(served, client, browser, language, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", f"2026-12-{'12' if language == 'vi' else '13'}T09:00:00+07:00")
    send(client("bac-giang@example.org"), NEIGHBOUR, 150 if language == "vi" else 151)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    sign_in(page, served, "lanh-dao-bac-giang@example.org")
    page.goto(f"{served.address}{LIST}?lang={language}")
    for state in ("list", "report", "refused", "decided"):
        if state == "report":
            with page.expect_navigation():
                page.locator("main a.button").first.click()
        elif state != "list":
            if state == "decided":
                page.locator("#f-reason").fill("đã xem")
            with page.expect_navigation():
                page.locator('button[value="returned"]').click()
        assert accessibility.too_wide(page) == [], state
        assert accessibility.problems(page) == {}, state
    assert page.locator('[role="status"]').count() == 1
    context.close()


def test_without_a_row_nothing_waits(own_database, tmp_path: Path, monkeypatch, client):
    """The office takes its rows back: what is sent from then on counts from the gate on."""
    monkeypatch.setenv("BAOCAO_NOW", "2026-12-14T09:00:00+07:00")
    (tmp_path / "report_approvals.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(tmp_path))
    building.prepare_catalogue()
    send(client("da-mai@example.org"), UNIT, 288)
    assert waiting(UNIT) == [] and figure() == [288]
