"""What is read of a mail, whoever wrote it, and whatever is wrong with it."""

import base64
import random
import time
import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest

from ingest.mail import imap, maildir, messages
from ingest.mail.attached import Attached, tables
from warehouse.errors import WrongCall


def mail(**headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"From": "a@example.org", "Message-ID": "<m@x>", **headers}.items():
        made[name] = value
    made.set_content("xin gửi")
    return made


def packed(**files: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name.replace("_", "."), each)
    return content.getvalue()


def test_a_mail_is_known_by_its_message_id_or_else_by_its_headers():
    plain = b"Subject: x\nTo: y\n\nbody"
    assert messages.key(b"Message-ID:\r\n <m@x> (comment)\r\n\r\nbody") == "<m@x>"
    assert messages.key(plain) == messages.key(b"Subject: x\nTo: y\n\n") != messages.key(b"Subject: z\n\nbody")


def test_line_ends_and_a_body_do_not_change_what_a_mail_without_message_id_is_known_by():
    head = b"Subject: x\nX-Long: " + b"y" * messages.KEYED + b"\nTo: y"
    assert len({messages.key(each) for each in (head, head + b"\n\nbody", head.replace(b"\n", b"\r\n"))}) == 1
    assert messages.key(b"\nMessage-ID: <body@x>\n").startswith("sha256:")
    assert messages.key(b"X: y\n\nMessage-ID: <body@x>\n").startswith("sha256:")


def test_what_a_mail_is_known_by_costs_no_more_for_headers_that_are_slow_to_parse():
    """A parser of parameters needs half a minute of CPU for these."""
    slow = b'Content-Type: multipart/x; x="' + b'\\";' * 90_000 + b"\r\nMessage-ID: <slow@x>\r\n\r\n"
    many = b"Message-ID: <" * 100_000
    before = time.process_time()
    assert messages.key(slow).startswith("sha256:") and messages.key(many).startswith("sha256:")
    assert messages.key(b"\r\n".join([b"Message-ID: <first@x>", slow])) == "<first@x>"
    assert time.process_time() - before < 2


def test_a_notice_of_a_returned_letter_names_message_ids_and_addresses_that_a_database_takes():
    headers = base64.b64encode(b"Message-ID: <a\0b@x>\n").decode()
    given = (
        "From: a@x\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{headers}\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <c@x>\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; a\0b@x\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; D@x\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    found = messages.parse(given.encode()).bounce
    assert found is not None and (found.letters, found.failed) == (("<c@x>",), ("d@x",))
    assert messages.parse(b"From: a\0b@x\n\n").sender == ""


def test_a_maildir_moves_the_file_itself_with_its_bytes_and_flags(tmp_path):
    for each in ("new", "cur", "tmp"):
        (tmp_path / each).mkdir()
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (number, number) for number in range(300)
    )
    content = b"Subject:\tx\r\n\ty\r\n" + deep
    (tmp_path / "new" / "1.a.host").write_bytes(content)
    (tmp_path / "cur" / "2.b.host:2,FS").write_bytes(content)
    box = maildir.opened(str(tmp_path))
    for uid in ("1.a.host", "2.b.host", "3.none.host"):
        box.move(uid, "inbox", "waiting")
    assert box.uids("inbox") == [] and box.content("waiting", "1.a.host") == content
    (tmp_path / "new" / "1.a.host").write_bytes(b"another\n\n")
    box.move("1.a.host", "inbox", "waiting")
    moved = sorted((tmp_path / ".baocao.waiting" / "cur").iterdir())
    assert [path.name for path in moved] == ["1.a.host-1:2,", "1.a.host:2,", "2.b.host:2,FS"]
    assert [path.read_bytes() for path in moved] == [b"another\n\n", content, content]


def test_what_it_answers_comes_last_among_its_references_and_forwarded_mails_first():
    outer = mail(**{"References": "<one@x> <two@x>", "In-Reply-To": "<three@x>"})
    outer.add_attachment(mail(**{"Message-ID": "<inner@x>", "References": "<zero@x>"}))
    assert messages.parse(outer.as_bytes()).thread == ("<zero@x>", "<inner@x>", "<one@x>", "<two@x>", "<three@x>")


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("Cán bộ <A@Example.org>", "a@example.org"),
        ('"da-mai@example.org" <evil@example.com>', "evil@example.com"),
        ("a@example.org, b@example.org", ""),
        ("undisclosed", "undisclosed"),
        ("", ""),
    ],
)
def test_a_sender_is_one_address_and_never_a_name(given, sender):
    assert messages.parse(f"From: {given}\n\n".encode()).sender == sender


def test_two_lines_from_are_no_sender():
    assert messages.parse(b"From: a@x\nFrom: b@x\n\n").sender == ""


@pytest.mark.parametrize(
    "header",
    [
        "filename*=UTF-8''b%C3%A1o%20c%C3%A1o.xlsx",
        "filename*0*=UTF-8''b%C3%A1o; filename*1*=%20c%C3%A1o.xlsx",
        'filename="=?utf-8?B?YsOhbyBjw6FvLnhsc3g=?="',
        'filename="=?utf-8?Q?b=C3=A1o_c=C3=A1o.xlsx?="',
    ],
)
def test_a_file_has_its_name_whichever_way_it_is_written(header):
    given = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; {header}\n\nPK".encode()
    assert [file.name for file in messages.parse(given).files] == ["báo cáo.xlsx"]


def test_of_a_zip_its_tables_are_taken_and_a_zip_within_is_handed_on_as_it_is():
    inner = packed(a_csv=b"1")
    found = list(tables(Attached("x.zip", packed(b_csv=b"2", c_zip=inner, d_txt=b"3"))))
    assert [(file.name, file.content) for file in found] == [("b.csv", b"2"), ("c.zip", inner)]
    assert list(tables(Attached("x.docx", packed(word_xml=b"4")))) == []
    assert [file.name for file in tables(Attached("broken.zip", b"PK\x03\x04..."))] == ["broken.zip"]


def test_many_tables_and_deep_mails_are_left_to_a_person():
    many = mail()
    for number in range(messages.MOST_FILES + 1):
        many.add_attachment(b"1", "text", "csv", filename=f"{number}.csv")
    deep = mail()
    for _ in range(messages.DEEPEST + 2):
        outer = mail()
        outer.add_attachment(deep)
        deep = outer
    found = messages.parse(many.as_bytes())
    assert (found.problem, found.files) == ("too_many_files", ())
    assert messages.parse(deep.as_bytes()).problem == "too_deep"


def test_changed_mails_never_raise():
    """The same each time: bytes changed, removed, repeated."""
    chance = random.Random(7)
    whole = mail(References="<a@x> <b@x>", Subject="Báo cáo năm")
    whole.add_attachment(packed(a_csv=b"1"), "application", "zip", filename="báo cáo.zip")
    whole.add_attachment(mail())
    given = whole.as_bytes()
    for _ in range(3000):
        changed = bytearray(given)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(changed))
            kind = chance.randrange(3)
            if kind == 0:
                changed[at] = chance.randrange(256)
            elif kind == 1:
                del changed[at : at + chance.randint(1, 30)]
            else:
                changed[at:at] = changed[at : at + chance.randint(1, 60)]
        assert messages.parse(bytes(changed)).key == messages.key(bytes(changed))


@pytest.mark.parametrize(
    "url",
    [
        *("http://a:b@host", "imaps://host/INBOX", "imaps://a@host", "imaps://a:b@host:x", "imap://a:b@host/INBOX"),
        "imap://a:b@host/?starttls=0",
    ],
)
def test_an_address_of_a_mailbox_that_cannot_be_used_is_refused_without_repeating_it(url):
    with pytest.raises(WrongCall) as refused:
        imap.server(url)
    assert "a:b" not in str(refused.value)


def test_an_address_of_a_mailbox_is_read_with_its_password_hidden():
    server = imap.server("imaps://bao-cao%40example.org:b%C3%AD%3Amat@imap.example.org/Thu%20den")
    assert (server.host, server.port, server.is_tls) == ("imap.example.org", 993, True)
    assert (server.user, server.password, server.folder) == ("bao-cao@example.org", "bí:mat", "Thu den")
    assert "mat" not in repr(server)
    assert imap.server("imap://a:b@host?starttls=1").is_starttls
