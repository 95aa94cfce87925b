"""A file that is no report is returned with the true reason, whatever it is called."""

import pytest

from ingest import opening
from ingest.reports import Refused
from tests.fixtures import make_submissions as made
from tests.fixtures.made_workbooks import zipped

MAIL = "From: a@example.org\nTo: b@example.org\nSubject: Báo cáo\nMIME-Version: 1.0\n\nKính gửi\n"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (MAIL.encode(), "file_mail"),
        (b"\xef\xbb\xbf" + MAIL.encode(), "file_mail"),
        (f"From someone Fri Nov 20 2026\n{MAIL}".encode(), "file_mail"),
        (b"Received: from a\n by b;\nReturn-Path: <a>\nX-Mailer: made up\nSubject: =?utf-8?q?a?=\n\n\xe3", "file_mail"),
        (made.old_office("__properties_version1.0"), "file_mail"),
        (made.old_office("PowerPoint Document"), "file_word"),
        (made.old_office("Workbook") + "_VBA_PROJECT_CUR".encode("utf-16-le"), "file_macros"),
        (b"\x09\x08\x08\x00made up", "file_old_excel"),
        (
            b"From: <Saved by Blink>\nSnapshot-Content-Location: http://example.org\nSubject: a\nMIME-Version: 1.0\n"
            b'Content-Type: multipart/related; type="text/html"\n\n<html>',
            "file_html",
        ),
        (
            b'MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related; boundary="x"\n\n',
            "file_html",
        ),
        (b"bplist00\xd1WebMainResource", "file_html"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "file_html"),
        (b"  <TABLE><tr><td>5.1</td></tr></TABLE>", "file_html"),
        (b'{"url": "https://docs.google.com/open?id=x", "doc_id": "x", "email": "a@example.org"}', "file_link"),
        (b"[InternetShortcut]\r\nURL=https://example.org/\r\n", "file_link"),
        (b"L\x00\x00\x00\x01\x14\x02\x00made up", "file_link"),
        (b'<?xml version="1.0"?><plist><dict><key>URL</key><string>x</string></dict></plist>', "file_link"),
        (zipped({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b"x"}), "file_numbers"),
        (zipped({"Index.zip": b"x", "preview.jpg": b"x"}), "file_numbers"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), "file_word"),
        (zipped({"mimetype": "application/vnd.sun.xml.calc", "content.xml": "<a/>"}), "file_open_document"),
        (zipped({"Báo cáo.xlsx": made.workbook(), "b.csv": "x"}), "file_archive"),
        (zipped({"word\\document.xml": "<a/>"}), "file_word"),
        (b"\x00" * 257 + b"ustar", "file_archive"),
        (b"BM\x36\x00\x00\x00\x00\x00", "file_image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "file_image"),
        (b"\x00\x00\x00\x18ftypheic", "file_image"),
    ],
)
def test_the_reason_is_the_true_one(content, rule):
    with pytest.raises(Refused) as reason:
        opening.opened(content)
    assert reason.value.issue.rule == rule


@pytest.mark.parametrize("first", ["BM;07228", "Subject: kỳ 2026;x", "From;to", "Ngày: 20/11/2026\nSố: 125"])
def test_a_text_that_only_begins_like_one_is_a_text(first):
    assert opening.opened(f"{first}\na;b;c\n".encode()).startswith(first)


@pytest.mark.parametrize("rename", ["xl\\{}", "XL/{}", "./xl/{}", "/xl/{}"])
def test_members_are_found_however_their_writer_names_them(rename, measures):
    import zipfile
    from io import BytesIO

    from ingest import workbook

    with zipfile.ZipFile(BytesIO(made.workbook())) as good:
        members = {name: good.read(name) for name in good.namelist()}
    renamed = {
        rename.format(name[3:]) if name.startswith("xl/") else name: content for name, content in members.items()
    }
    (report,) = workbook.read(opening.opened(zipped(renamed)), measures)
    assert [line.indicator for line in report.lines] == ["5.1", "5.2"]
