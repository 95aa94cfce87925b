"""An officer answers a letter with the form attached: real letters, real mailboxes, and the real gate."""

import base64
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import make_msgid
from io import BytesIO
from itertools import count
from pathlib import Path

import psycopg
import pytest

from accounts import registry
from accounts.events import COMMAND
from alerts.channels.base import Later
from ingest.mail import access
from ingest.mail.boxes import MailboxUnreachable
from pipeline import mailing
from pipeline.mailbox import deciding, fetching, handing_in, reading, waiting
from pipeline.mailbox import returned as returned_letters
from tests.integration import desk, imap_server
from tests.integration.imap_server import ImapMailbox, ImapServer
from tests.integration.letterbox import Letterbox
from tests.integration.mailboxes import Mailbox, MaildirMailbox, attach, filled, form_of, reply
from tests.integration.reminded import AFTER, DA_MAI, VO_CUONG, contact, remind
from warehouse import clock, database
from warehouse.confined import Limits
from warehouse.errors import WrongCall
from warehouse.settings import PROJECT_ROOT

OFFICER, NEIGHBOUR = "da-mai@example.org", "vo-cuong@example.org"
NUMBERS = count()
RECEIVED = """
select submission.unit_code, submission.submission_type, line.numerator_raw, mail.sender
from raw.submission
join ops.submission_verdict as verdict using (submission_id)
join ops.submission_origin as origin using (submission_id)
join ops.received_mail as mail using (mail_no)
join raw.line as line using (submission_id)
where line.indicator_code = '5.1' and verdict.status <> 'rejected' order by submission.received_at
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[ImapServer]:
    with imap_server.running() as server:
        yield server


@pytest.fixture(scope="module")
def dovecot_without_move() -> Iterator[ImapServer]:
    """As some hosts have it: folders below INBOX, levels by dots, no MOVE."""
    with imap_server.running("INBOX.", ".", "IMAP4rev1 UIDPLUS NAMESPACE AUTH=PLAIN") as server:
        yield server


@pytest.fixture(params=["imap"])
def box(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """An empty mailbox that is watched; by IMAP unless a test names other kinds."""
    user = f"bao-cao-{next(NUMBERS)}@example.org"
    found: Mailbox
    if request.param == "maildir":
        found = MaildirMailbox(tmp_path / "maildir")
    else:
        server = "dovecot" if request.param == "imap" else "dovecot_without_move"
        found = ImapMailbox(request.getfixturevalue(server), user)
    monkeypatch.setenv("BAOCAO_MAILBOX_URL", found.url())
    monkeypatch.setenv("BAOCAO_MAILBOX_ADDRESS", "bao-cao@example.org")
    return found


every_kind = pytest.mark.parametrize("box", ["imap", "imap_without_move", "maildir"], indirect=True)


@pytest.fixture
def season_by_mail(season: psycopg.Connection, letterbox: Letterbox, box: Mailbox) -> Iterator[psycopg.Connection]:
    """The season of 2026 two days after the last day in time; Đa Mai has a contact, nobody was reminded yet."""
    season.execute("truncate ops.received_mail, ops.account restart identity cascade")
    contact(season, DA_MAI, OFFICER)
    with clock.at(AFTER):
        yield season


@pytest.fixture
def letter(season_by_mail: psycopg.Connection, letterbox: Letterbox) -> EmailMessage:
    """Đa Mai's reminder."""
    remind()
    (found,) = letterbox.letters
    letterbox.letters.clear()
    return found


def mails(session: psycopg.Connection) -> list[tuple[str, str | None]]:
    return session.execute("select status, reason from ops.received_mail order by mail_no").fetchall()


def received(session: psycopg.Connection) -> list[tuple]:
    return session.execute(RECEIVED).fetchall()


def text(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()


@every_kind
def test_an_answer_with_the_form_filled_in_is_the_units_report_and_its_receipt_is_in_the_thread(
    season_by_mail, letter, letterbox, box
):
    assert letter["Reply-To"] == "bao-cao@example.org"
    assert "Trả lời thư này và đính kèm tệp .xlsx đã điền" in text(letter)
    answer = reply(letter, [("bao-cao.xlsx", filled(form_of(letter)))])
    box.deliver(answer.as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1)

    assert received(season_by_mail) == [(DA_MAI, "full", "291", OFFICER)]
    assert (box.mails(), len(box.mails("baocao", "done")), box.mails("baocao", "waiting")) == ([], 1, [])
    (receipt,) = letterbox.letters
    assert (receipt["To"], receipt["In-Reply-To"]) == (OFFICER, answer["Message-ID"])
    assert receipt["References"].split() == [letter["Message-ID"], answer["Message-ID"]]
    assert (receipt["Auto-Submitted"], receipt["Reply-To"]) == ("auto-replied", "bao-cao@example.org")
    assert "«bao-cao.xlsx»" in text(receipt)
    assert fetching.fetch() == fetching.Fetched()
    assert len(letterbox.letters) == 1


def test_the_receipt_of_a_rejected_answer_carries_the_marked_workbook_and_answering_it_hands_the_correction_in(
    season_by_mail, letter, letterbox, box
):
    box.deliver(reply(letter, [("sai.xlsx", filled(form_of(letter), 301, 300))]).as_bytes())
    fetching.fetch()
    (receipt,) = letterbox.letters
    assert "bị từ chối" in receipt["Subject"] and "Trả lời thư này, đính kèm tệp đã sửa" in text(receipt)
    ((name, marked),) = [(part.get_filename(), part.get_payload(decode=True)) for part in receipt.iter_attachments()]
    assert name == "sai.xlsx"

    second = reply(receipt, [("dung.xlsx", filled(marked, 291, 300))], sender=OFFICER)
    second.replace_header("References", receipt["Message-ID"])  # programs that keep the last one alone
    box.deliver(second.as_bytes())
    assert fetching.fetch().received == 1
    assert received(season_by_mail) == [(DA_MAI, "full", "291", OFFICER)]


def test_a_file_whose_unit_cannot_be_read_is_answered_in_the_thread_too_and_a_csv_is_a_report(
    season_by_mail, letter, letterbox, box
):
    box.deliver(reply(letter, [("hong.xlsx", b"PK\x03\x04 cut off")]).as_bytes())
    fetching.fetch()
    (receipt,) = letterbox.letters
    assert (receipt["To"], receipt["Subject"]) == (OFFICER, "Biên nhận: báo cáo bị từ chối")
    second = reply(receipt)
    second.replace_header("References", receipt["Message-ID"])
    rows = f"programme;period;unit_code;indicator;numerator;denominator\nbacninh-2026-2030;2026;{DA_MAI};5.1;284;300\n"
    attach(second, "bao-cao.csv", rows.encode(), ("text", "csv"))
    box.deliver(second.as_bytes())
    assert fetching.fetch().received == 1
    assert received(season_by_mail) == [(DA_MAI, "full", "284", OFFICER)]


def test_an_account_of_the_unit_answers_a_letter_that_somebody_handed_on_to_it(season_by_mail, letter, letterbox, box):
    account = desk.account("can-bo@example.org", DA_MAI)
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender="Cán bộ <Can-Bo@example.org>").as_bytes())
    assert fetching.fetch().received == 1
    assert season_by_mail.execute("select account_id from ops.submission_origin").fetchall() == [(account.account_id,)]
    assert [receipt["To"] for receipt in letterbox.letters] == [f"can-bo@example.org, {OFFICER}"] * 2
    assert letterbox.recipients[-2:] == [["can-bo@example.org"], [OFFICER]]


@pytest.mark.parametrize(
    ("sender", "reference", "reason"),
    [
        ("ke-gian@example.com", None, "other_sender"),
        (OFFICER, f"<{'0' * 40}@baocao.invalid>", "no_letter"),
        (OFFICER, "<somebody@else.example>", "no_letter"),
        (f"{OFFICER}, ke-gian@example.com", None, "sender_unclear"),
        ("van-thu@example.org", None, "other_sender"),
    ],
    ids=["wrong address", "guessed token", "no token", "two senders", "account of another unit"],
)
def test_a_forged_answer_waits_and_nobody_is_answered(
    season_by_mail, letter, letterbox, box, sender, reference, reason
):
    desk.account("van-thu@example.org", VO_CUONG)
    forged = reply(letter, [("a.xlsx", filled(form_of(letter)))], sender=sender)
    if reference:
        for name in ("In-Reply-To", "References"):
            forged.replace_header(name, reference)
    box.deliver(forged.as_bytes())
    assert fetching.fetch() == fetching.Fetched(waiting=1)
    assert (mails(season_by_mail), received(season_by_mail)) == ([("waiting", reason)], [])
    assert season_by_mail.execute("select count(*) from raw.file").fetchone() == (0,)
    assert (len(box.mails("baocao", "waiting")), letterbox.letters) == (1, [])


def test_the_token_of_another_units_letter_hands_in_no_report_of_this_one(season_by_mail, letterbox, box):
    """Its own contact sends it, with the form of the neighbour."""
    contact(season_by_mail, VO_CUONG, NEIGHBOUR)
    remind()
    letters = {letter["To"]: letter for letter in letterbox.letters}
    letterbox.letters.clear()
    box.deliver(reply(letters[OFFICER], [("a.xlsx", filled(form_of(letters[NEIGHBOUR])))]).as_bytes())
    assert fetching.fetch().waiting == 1
    assert (mails(season_by_mail), received(season_by_mail)) == ([("waiting", "other_unit")], [])
    (answer,) = letterbox.letters
    assert answer["To"] == OFFICER and f"báo cáo của đơn vị khác ({VO_CUONG})" in text(answer)
    box.deliver(reply(letters[OFFICER], [("b.xlsx", filled(form_of(letters[NEIGHBOUR])))], sender=NEIGHBOUR).as_bytes())
    fetching.fetch()
    assert mails(season_by_mail)[1] == ("waiting", "other_sender")


def test_who_is_no_contact_and_whose_account_is_closed_hands_nothing_in_by_an_old_letter(
    season_by_mail, letter, letterbox, box
):
    account = desk.account("can-bo@example.org", DA_MAI)
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender=account.email).as_bytes())
    assert fetching.fetch().received == 1
    receipts = {receipt["Message-ID"]: receipt for receipt in letterbox.letters}
    receipt = next(iter(receipts.values()))
    letterbox.letters.clear()
    with database.connect("loader") as connection:
        registry.disable(connection, account, COMMAND)
    season_by_mail.execute("update ops.contact set email = 'moi@example.org' where unit_code = %s", [DA_MAI])

    for sender in (account.email, OFFICER):
        for replied in (letter, receipt):
            files = [("b.xlsx", filled(form_of(letter), 284))]
            box.deliver(reply(replied, files, sender=sender).as_bytes())
    assert fetching.fetch() == fetching.Fetched(waiting=4)
    assert mails(season_by_mail)[1:] == [("waiting", "other_sender")] * 4
    assert [numerator for _, _, numerator, _ in received(season_by_mail)] == ["291"]

    box.deliver(reply(letter, [("c.xlsx", filled(form_of(letter), 284))], sender="moi@example.org").as_bytes())
    fetching.fetch()
    assert mails(season_by_mail)[-1] == ("waiting", "other_sender")  # the letter did not go to the new one


def test_letters_of_earlier_releases_and_old_letters_take_no_answers(season_by_mail, letter, letterbox, box):
    with database.connect() as connection:
        connection.execute("update ops.message set takes_replies = false")
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    fetching.fetch()
    with database.connect() as connection:
        connection.execute("update ops.message set takes_replies = true")
    box.deliver(reply(letter, [("b.xlsx", filled(form_of(letter)))]).as_bytes())
    with clock.at("2027-06-01T08:00:00+07:00"):
        fetching.fetch()
    assert mails(season_by_mail) == [("waiting", "no_letter"), ("waiting", "letter_too_old")]


def test_a_person_accepts_or_declines_what_waits(season_by_mail, letter, letterbox, box, command):
    for name in ("a", "b"):
        box.deliver(reply(letter, [(f"{name}.xlsx", filled(form_of(letter)))], sender="nha@example.com").as_bytes())
    fetching.fetch()
    assert "no contact that the letter went to" in command("mail", "waiting", "--json").out
    assert "nha@example.com" in command("mail", "waiting").out
    assert command("mail", "accept", 1, "--by", "Sở Y tế, đã gọi điện").code == 0
    assert command("mail", "decline", 2, "--by", "Sở Y tế", "--reason", "gửi hai lần").code == 0
    assert received(season_by_mail) == [(DA_MAI, "full", "291", "nha@example.com")]
    rows = season_by_mail.execute("select status, decided_by, decision_note from ops.received_mail order by 1")
    assert rows.fetchall() == [("declined", "Sở Y tế", "gửi hai lần"), ("received", "Sở Y tế, đã gọi điện", None)]
    assert (box.mails("baocao", "waiting"), len(box.mails("baocao", "done"))) == ([], 2)
    assert letterbox.recipients[-2:] == [[OFFICER], ["nha@example.com"]]
    receipt = letterbox.letters[-1]
    box.deliver(reply(receipt, [("c.xlsx", filled(form_of(letter)))], sender="nha@example.com").as_bytes())
    fetching.fetch()
    assert mails(season_by_mail)[2] == ("waiting", "other_sender")
    assert command("mail", "decline", 3, "--by", "Sở Y tế", "--reason", "không phải đơn vị").code == 0
    assert command("mail", "accept", 2, "--by", "Sở Y tế").code == 2
    assert command("mail", "waiting").out == "No mail waits for a decision.\n"


def test_the_operator_is_notified_of_what_waits_once(season_by_mail, letter, letterbox, box, monkeypatch):
    monkeypatch.setenv("BAOCAO_OPERATOR", "van-hanh@example.org")
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender="ke-gian@example.com").as_bytes())
    fetching.fetch()
    fetching.fetch()
    (notice,) = letterbox.letters
    assert notice["To"] == "van-hanh@example.org" and "ke-gian@example.com" in text(notice)


# --- what an answer may look like ------------------------------------------------------------------


def test_forwarded_mails_zips_several_files_and_pictures_of_signatures(season_by_mail, letter, letterbox, box):
    mail = reply(letter)
    forwarded = EmailMessage()
    forwarded["From"], forwarded["Message-ID"] = "tram-y-te@example.org", "<tram@y-te.example>"
    forwarded.set_content("số liệu của trạm")
    attach(forwarded, "chuyển tiếp.xlsx", filled(form_of(letter), 281))
    mail.add_attachment(forwarded)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("thu-muc/nen.xlsx", filled(form_of(letter), 282))
        archive.writestr("__MACOSX/._nen.xlsx", b"\x00\x05\x16\x07")
        archive.writestr("ghi-chu.docx", b"PK\x03\x04")
    attach(mail, "bao-cao.zip", packed.getvalue(), ("application", "zip"))
    attach(mail, "bao-cao", filled(form_of(letter), 283))  # a telephone that cuts the ending off
    mail.add_attachment(b"\x89PNG\r\n", "image", "png", filename="chu-ky.png", disposition="inline", cid="<logo@x>")
    mail.add_attachment(b"BEGIN:VCARD", "text", "vcard", filename="toi.vcf")
    box.deliver(mail.as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1)
    figures = [numerator for _, _, numerator, _ in received(season_by_mail)]
    assert sorted(figures) == ["281", "282", "283"]
    assert len(letterbox.letters) == 3


def test_our_own_letter_forwarded_as_an_attachment_brings_the_letters_token_and_none_of_its_empty_forms(
    season_by_mail, letter, letterbox, box
):
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["Subject"] = OFFICER, "<chuyen@tiep.example>", "Fwd"
    mail.set_content("xin gửi")
    mail.add_attachment(message_from_bytes(letter.as_bytes(), policy=default))
    attach(mail, "da-dien.xlsx", filled(form_of(letter)))
    box.deliver(mail.as_bytes())
    assert fetching.fetch().received == 1
    assert received(season_by_mail) == [(DA_MAI, "full", "291", OFFICER)]
    assert season_by_mail.execute("select count(*) from raw.file").fetchone() == (1,)


def test_a_zip_that_harms_is_refused_with_the_gates_reason_and_too_many_files_wait(
    season_by_mail, letter, letterbox, box
):
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.xlsx", bytes(101_000_000))
    box.deliver(reply(letter, [("bom.zip", bomb.getvalue())]).as_bytes())
    many = [(f"{number}.csv", f"programme,period\n{number}".encode()) for number in range(21)]
    box.deliver(reply(letter, many).as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1, waiting=1)
    rules = season_by_mail.execute("select distinct rule from ops.submission_issue").fetchall()
    assert (rules, mails(season_by_mail)[1]) == ([("zip_bomb",)], ("waiting", "too_many_files"))
    assert sorted(letter["Subject"] for letter in letterbox.letters) == [
        "Biên nhận: báo cáo bị từ chối",
        "Thư của đơn vị chưa được nhận",
    ]


AUTOMATIC = {
    "Auto-Submitted": "auto-replied",
    "Precedence": "bulk",
    "X-Auto-Response-Suppress": "All",
    "Return-Path": "<>",
}


@pytest.mark.parametrize("header", AUTOMATIC)
def test_an_absence_is_not_answered_and_waits_for_nobody(season_by_mail, letter, letterbox, box, header):
    mail = reply(letter, text="Tôi nghỉ phép đến hết tuần.")
    mail[header] = AUTOMATIC[header]
    box.deliver(mail.as_bytes())
    assert fetching.fetch() == fetching.Fetched(ignored=1)
    assert (mails(season_by_mail), letterbox.letters) == ([("ignored", "automatic")], [])
    assert len(box.mails("baocao", "done")) == 1


def returned(letter: EmailMessage, address: str) -> EmailMessage:
    """As Postfix writes it."""
    notice = EmailMessage()
    notice["From"], notice["Message-ID"] = "MAILER-DAEMON@mx.example.org", make_msgid(domain="mx.example.org")
    notice.set_type("multipart/report")
    notice.set_param("report-type", "delivery-status")
    notice_text, status, headers = EmailMessage(), Message(), EmailMessage()
    notice_text.set_content("I'm sorry to have to inform you that your message could not be delivered.")
    status["Content-Type"] = "message/delivery-status"
    failed = Message()
    failed["Final-Recipient"], failed["Action"], failed["Status"] = f"rfc822; {address}", "failed", "5.1.1"
    failed["Diagnostic-Code"] = "smtp; 550 5.1.1 no such user"
    status.set_payload([Message(), failed])
    headers.set_content(f"Message-ID: {letter['Message-ID']}\n", subtype="rfc822-headers")
    notice.set_payload([notice_text, status, headers])
    return notice


def test_a_letter_that_comes_back_marks_its_contact_and_the_level_above_hears_once(
    season_by_mail, letter, letterbox, box, command
):
    contact(season_by_mail, "24", "tinh@example.org", role="supervisor")
    for notice in (
        returned(letter, "somebody@example.com"),
        returned({"Message-ID": f"<{'0' * 40}@baocao.invalid>"}, OFFICER),
        returned(letter, OFFICER),
        returned(letter, OFFICER),
    ):
        box.deliver(notice.as_bytes())
    assert fetching.fetch() == fetching.Fetched(ignored=4)
    marked = season_by_mail.execute(
        "select email, undeliverable_reason from ops.contact where undeliverable_at notnull"
    )
    assert marked.fetchall() == [(OFFICER, "550 5.1.1 no such user")]
    (notice,) = letterbox.letters
    assert (notice["To"], notice["In-Reply-To"]) == ("tinh@example.org", None)
    assert f"{OFFICER} của Phường Đa Mai (mã {DA_MAI}) bị máy chủ thư trả lại" in text(notice)
    assert "no such user" in " ".join(command("contacts", "undeliverable", "--json").out.split())


def test_our_own_letters_in_our_own_mailbox_cause_no_answer(season_by_mail, letter, letterbox, box):
    box.deliver(letter.as_bytes())
    assert fetching.fetch() == fetching.Fetched(ignored=1)
    assert letterbox.letters == []


def test_an_answer_without_a_file_is_answered_once_with_how_to_attach_one(season_by_mail, letter, letterbox, box):
    for _ in range(2):
        box.deliver(reply(letter, text="Đơn vị hỏi thêm về chỉ tiêu 5.1.").as_bytes())
        fetching.fetch()
    assert mails(season_by_mail) == [("waiting", "no_files")] * 2
    (answer,) = letterbox.letters
    assert answer["Subject"] == "Cách nộp báo cáo bằng thư trả lời" and answer["References"].startswith(
        letter["Message-ID"]
    )
    box.deliver(reply(answer, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    assert fetching.fetch().received == 1


def test_a_scan_winmail_dat_and_an_encrypted_mail_wait_with_the_reason_in_words(season_by_mail, letter, letterbox, box):
    scan, tnef, encrypted = reply(letter), reply(letter), reply(letter)
    attach(scan, "van-ban.pdf", b"%PDF-1.7 ...", ("application", "pdf"))
    attach(tnef, "winmail.dat", b"\x78\x9f\x3e\x22", ("application", "ms-tnef"))
    attach(encrypted, "smime.p7m", b"0\x80", ("application", "pkcs7-mime"))
    for mail in (scan, tnef, encrypted):
        box.deliver(mail.as_bytes())
    fetching.fetch()
    assert [reason for _, reason in mails(season_by_mail)] == ["only_other_files", "tnef", "encrypted"]
    texts = [text(letter) for letter in letterbox.letters]
    assert "Thư kèm van-ban.pdf" in texts[0] and "winmail.dat" in texts[1] and "mã hoá" in texts[2]


def test_a_mail_that_is_too_large_is_not_fetched_and_waits(season_by_mail, letter, letterbox, box, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 10_000)
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    fetching.fetch()
    assert mails(season_by_mail) == [("waiting", "too_large")]


@every_kind
def test_what_comes_again_is_received_once(season_by_mail, letter, letterbox, box):
    content = filled(form_of(letter))
    mail = reply(letter, [("a.xlsx", content)])
    box.deliver(mail.as_bytes())
    fetching.fetch()
    box.deliver(mail.as_bytes())
    assert fetching.fetch() == fetching.Fetched(moved=1)
    box.deliver(reply(letter, [("b.xlsx", content)]).as_bytes())
    fetching.fetch()
    assert len(received(season_by_mail)) == 1
    assert mails(season_by_mail) == [("received", None), ("received", "duplicate")]
    assert [letter["Subject"] for letter in letterbox.letters][1:] == ["Tệp đã được nhận trước đây"]
    assert len(box.mails("baocao", "done")) == 3


def test_mails_of_broken_parts_stop_no_other(season_by_mail, letter, letterbox, box):
    broken = (
        b"From: =?utf-8?b?//8?= <da-mai@example.org>\r\nMessage-ID: <hong@x>\r\nReferences: <<>\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: application/zip; name*=utf-9''%ff.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--y"
    )
    nested = b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(100))
    for each in (b"", b"\r\n", broken, b"Message-ID: <long@x>\r\n" + nested, b"From: a\x00b\r\n\r\n\x00"):
        box.deliver(each or b"X: y\r\n\r\n")
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    assert fetching.fetch().received == 1
    assert box.mails() == []
    assert {status for status, _ in mails(season_by_mail)} == {"waiting", "received"}


# --- what harms ------------------------------------------------------------------------------------


def test_a_forged_notice_whose_message_id_no_database_takes_stops_nothing(season_by_mail, letter, letterbox, box):
    forged = returned(letter, OFFICER)
    headers = Message()
    headers["Content-Type"], headers["Content-Transfer-Encoding"] = "text/rfc822-headers", "base64"
    headers.set_payload(base64.b64encode(b"Message-ID: <a\0b@x>\n").decode())
    forged.get_payload()[2] = headers
    box.deliver(forged.as_bytes())
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1, ignored=1)
    assert mails(season_by_mail) == [("ignored", "bounce"), ("received", None)]
    assert box.mails() == []


def test_a_mail_that_something_fails_at_waits_and_the_others_go_on(season_by_mail, letter, letterbox, box, monkeypatch):
    """Faults that nobody has thought of, in each step."""
    decide, receive = deciding.decide, handing_in.receive

    def decided(connection, mail, *more):
        return 1 / 0 if mail.key == "<decide@x>" else decide(connection, mail, *more)

    def received_all(given):
        assert not [file for _, _, files in given for file in files if file.name == "receive.xlsx"]
        receive(given)

    monkeypatch.setattr(deciding, "decide", decided)
    monkeypatch.setattr(handing_in, "receive", received_all)
    monkeypatch.setattr(returned_letters, "mark", lambda *given: 1 / 0)
    for name, number in ("decide", "<decide@x>"), ("receive", "<receive@x>"), ("good", "<good@x>"):
        box.deliver(reply(letter, [(f"{name}.xlsx", filled(form_of(letter)))], message_id=number).as_bytes())
    box.deliver(returned(letter, OFFICER).as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1, waiting=3)
    assert sorted(mails(season_by_mail), key=str) == [("received", None)] + [("waiting", "failed")] * 3
    assert (box.mails(), len(box.mails("baocao", "waiting"))) == ([], 3)


@pytest.mark.parametrize("box", ["maildir"], indirect=True)
def test_headers_that_are_slow_to_parse_and_deep_mails_cost_a_child_process_alone(
    season_by_mail, letter, letterbox, box, monkeypatch, command
):
    monkeypatch.setattr(reading, "LIMITS", Limits(cpu_seconds=2))
    slow = b'Content-Type: multipart/x; x="' + b'\\";' * 80_000 + b"\r\n\r\n"
    deep = b"".join(b"Content-Type: multipart/x; boundary=%d\r\n\r\n--%d\r\n" % (each, each) for each in range(300))
    given = [b"Message-ID: <slow@x>\r\n" + slow, b"From: a@example.com\r\nSubject:\tx\r\n\ty\r\n" + deep]
    for number, content in enumerate(given):
        (box.path / "new" / f"{number}.a.host").write_bytes(content)
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    before = time.process_time()
    assert fetching.fetch() == fetching.Fetched(received=1, waiting=2)
    assert time.process_time() - before < 12
    assert mails(season_by_mail)[:2] == [("waiting", "failed"), ("waiting", "no_letter")]
    assert box.mails() == [] and sorted(box.mails("baocao", "waiting")) == sorted(given)
    assert "holds no workbook" in command("mail", "accept", 2, "--by", "Sở Y tế").err


def test_who_waits_for_the_mailbox_decides_about_what_the_mail_is_then(
    season_by_mail, letter, letterbox, box, monkeypatch
):
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender="nha@example.com").as_bytes())
    fetching.fetch()
    exclusive = database.exclusive

    @contextmanager
    def waited(name: str) -> Iterator[None]:
        """Somebody else was first, and declined."""
        monkeypatch.setattr(database, "exclusive", exclusive)
        waiting.decline(1, "Sở Y tế", "thư quảng cáo")
        with exclusive(name):
            yield

    monkeypatch.setattr(database, "exclusive", waited)
    with pytest.raises(WrongCall, match="No mail 1 waits"):
        waiting.accept(1, "Phòng khác")
    assert (mails(season_by_mail), received(season_by_mail)) == ([("declined", "other_sender")], [])


def test_what_was_accepted_and_interrupted_is_not_declined_but_finished(
    season_by_mail, letter, letterbox, box, monkeypatch, command
):
    account = desk.account("nha@example.com", VO_CUONG)
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender="nha@example.com").as_bytes())
    fetching.fetch()
    with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
        interrupted.setattr(handing_in, "receive", lambda given: (_ for _ in ()).throw(KeyboardInterrupt))
        waiting.accept(1, "Sở Y tế")
    outcome = command("mail", "decline", 1, "--by", "Sở Y tế", "--reason", "nhầm")
    assert (outcome.code, "Run accept again" in outcome.err) == (2, True)
    assert command("mail", "accept", 1, "--by", "Sở Y tế").code == 0
    assert received(season_by_mail) == [(DA_MAI, "full", "291", "nha@example.com")]
    assert season_by_mail.execute("select account_id from ops.submission_origin").fetchall() == [(account.account_id,)]


def test_a_letter_that_one_of_two_servers_took_is_answered_and_comes_back(season_by_mail, letterbox, box):
    contact(season_by_mail, DA_MAI, NEIGHBOUR)
    letterbox.delays = {NEIGHBOUR}
    with pytest.raises(Later):
        remind()
    (letter,) = letterbox.letters
    assert season_by_mail.execute("select distinct status from ops.message").fetchall() == [("queued",)]
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))], sender=OFFICER).as_bytes())
    box.deliver(returned(letter, OFFICER).as_bytes())
    assert fetching.fetch() == fetching.Fetched(received=1, ignored=1)
    marked = season_by_mail.execute("select email from ops.contact where undeliverable_at notnull").fetchall()
    assert marked == [(OFFICER,)]


def test_a_program_that_answers_each_letter_gets_one_answer_a_day_and_few_receipts(
    season_by_mail, letter, letterbox, box, monkeypatch
):
    def deliver(name: str, content: bytes) -> None:
        box.deliver(reply(letter, [(name, content)]).as_bytes())

    for _ in range(2):
        deliver("phieu.pdf", b"%PDF-1.7 ...")
        fetching.fetch()
    assert (mails(season_by_mail), len(letterbox.letters)) == ([("waiting", "only_other_files")] * 2, 1)

    monkeypatch.setattr(deciding, "LETTERS_A_DAY", 3)
    for number in range(4):
        deliver("phieu.xlsx", filled(form_of(letter), 280 + number))
    assert fetching.fetch() == fetching.Fetched(received=2, waiting=2)
    assert mails(season_by_mail)[4:] == [("waiting", "too_many_mails")] * 2
    assert len(letterbox.letters) == 3
    with clock.at(clock.now() + timedelta(days=1)):
        deliver("phieu.pdf", b"%PDF-1.7 ...")
        fetching.fetch()
    assert (mails(season_by_mail)[-1], len(letterbox.letters)) == (("waiting", "only_other_files"), 4)


def test_a_name_of_a_file_that_names_a_child_is_neither_kept_nor_sent(season_by_mail, letter, letterbox, box, command):
    mail = reply(letter)
    attach(mail, "Danh sach 001202012345.docx", b"PK\x03\x04", ("application", "octet-stream"))
    box.deliver(mail.as_bytes())
    fetching.fetch()
    details = "select detail from ops.received_mail union all select detail from ops.answer_ledger"
    kept = [detail for (detail,) in season_by_mail.execute(details)]
    assert len(kept) == 2 and all(detail.startswith("tep-") and detail.endswith(".docx") for detail in kept)
    (answer,) = letterbox.letters
    assert "Thư kèm tep-" in text(answer)
    assert "001202012345" not in answer.as_string() + command("mail", "waiting", "--json").out


# --- interruptions ---------------------------------------------------------------------------------

KILL = """
import os, pkgutil, signal, sys
from pipeline.mailbox import fetching

owner, _, name = sys.argv[1].rpartition(".")
original = getattr(pkgutil.resolve_name(owner), name)

def killing(*given, **named):
    if len(sys.argv) == 2 or sys.argv[2] in given:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*given, **named)

setattr(pkgutil.resolve_name(owner), name, killing)
fetching.fetch()
"""
STEPS = {
    "after it was noted": ("imap", ["pipeline.mailbox.deciding.decide"]),
    "before the gate": ("imap", ["expectations.gate.check"]),
    "before its origin is noted": ("imap", ["pipeline.mailbox.records.add_origins"]),
    "before it is moved": ("imap", ["ingest.mail.imap.Imap.move"]),
    "after it was copied and before it is marked": ("imap_without_move", ["ingest.mail.imap.Imap._uid", "STORE"]),
    "before it is moved in a maildir": ("maildir", ["ingest.mail.maildir.Maildir.move"]),
    "before the receipts": ("maildir", ["pipeline.mailing.try_to_mail_receipts"]),
}


@pytest.mark.parametrize(("box", "target"), STEPS.values(), ids=STEPS, indirect=["box"])
def test_a_run_that_is_killed_anywhere_is_carried_on_by_the_next(season_by_mail, letter, letterbox, box, target):
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    victim = subprocess.run(
        [sys.executable, "-c", KILL, *target], cwd=PROJECT_ROOT, env=os.environ | {"BAOCAO_NOW": AFTER}, timeout=300
    )
    assert victim.returncode == -signal.SIGKILL
    fetching.fetch()
    mailing.mail_receipts()
    assert received(season_by_mail) == [(DA_MAI, "full", "291", OFFICER)]
    assert mails(season_by_mail) == [("received", None)]
    assert box.mails() == []
    assert len(set(box.mails("baocao", "done"))) == 1
    (receipt,) = letterbox.letters
    assert receipt["In-Reply-To"]


@pytest.mark.parametrize("box", ["imap"], indirect=True)
def test_a_mail_that_a_killed_run_left_never_undoes_the_later_one_behind_it(season_by_mail, letter, letterbox, box):
    for numerator in (280, 291):
        box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter), numerator))]).as_bytes())
    target = "pipeline.mailbox.records.add_origins"
    victim = subprocess.run(
        [sys.executable, "-c", KILL, target], cwd=PROJECT_ROOT, env=os.environ | {"BAOCAO_NOW": AFTER}, timeout=300
    )
    assert victim.returncode == -signal.SIGKILL
    fetching.fetch()
    in_order = season_by_mail.execute(
        "select numerator_raw from ops.accepted_verdict join raw.line using (submission_id) "
        "where indicator_code = '5.1' order by accepted_seq"
    ).fetchall()
    assert in_order == [("280",), ("291",)]
    assert mails(season_by_mail) == [("received", None)] * 2


def test_two_runs_at_once_take_a_mail_once(season_by_mail, letter, letterbox, box):
    box.deliver(reply(letter, [("a.xlsx", filled(form_of(letter)))]).as_bytes())
    program = [sys.executable, "-c", "from pipeline.mailbox import fetching; fetching.fetch()"]
    environment = os.environ | {"BAOCAO_NOW": AFTER}
    runs = [subprocess.Popen(program, cwd=PROJECT_ROOT, env=environment) for _ in range(2)]
    assert [run.wait(300) for run in runs] == [0, 0]
    assert (len(received(season_by_mail)), len(letterbox.letters)) == (1, 1)


# --- the mailbox -----------------------------------------------------------------------------------


def test_over_tls_the_certificate_is_verified(dovecot, monkeypatch):
    box = ImapMailbox(dovecot, "tls@example.org")
    box.deliver(b"Message-ID: <tls@x>\r\n\r\n")
    with pytest.raises(MailboxUnreachable, match="CERTIFICATE_VERIFY_FAILED"), access.opened(box.url(is_tls=True)):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    with access.opened(box.url(is_tls=True)) as opened:
        assert len(opened.uids("inbox")) == 1


def test_a_mailbox_that_cannot_be_opened_is_reported_without_its_password(season_by_mail, box, monkeypatch, command):
    for url in (box.url(password="sai"), "imap://a:bi-mat@127.0.0.1:1/INBOX", "maildir:/no/such/folder"):
        monkeypatch.setenv("BAOCAO_MAILBOX_URL", url)
        outcome = command("mail", "fetch")
        assert (outcome.code, "BAOCAO_MAILBOX_URL" in outcome.err or "mailbox cannot" in outcome.err) == (1, True)
        assert "sai" not in outcome.err and "bi-mat" not in outcome.err
    for wrong in ("http://x", "imap://a:b@mail.example.org", "imaps://host", "maildir:relative"):
        monkeypatch.setenv("BAOCAO_MAILBOX_URL", wrong)
        assert command("mail", "fetch").code == 2


def test_without_a_mailbox_letters_ask_for_no_answer(season_by_mail, letterbox, monkeypatch):
    monkeypatch.delenv("BAOCAO_MAILBOX_URL")
    remind()
    (letter,) = letterbox.letters
    assert letter["Reply-To"] is None and "Trả lời thư này" not in text(letter)
    assert fetching.fetch() == fetching.Fetched()
