"""What a file that is no report is, by its first bytes: so that the reason for its return is the true one."""

import re

MAGIC = (
    (b"%PDF", "file_pdf"),
    (b"\x89PNG", "file_image"),
    (b"\xff\xd8\xff", "file_image"),
    (b"GIF8", "file_image"),
    (b"II*\x00", "file_image"),
    (b"MM\x00*", "file_image"),
    (b"BM", "file_image"),
    (b"Rar!", "file_archive"),
    (b"7z\xbc\xaf", "file_archive"),
    (b"\x1f\x8b", "file_archive"),
    (b"BZh", "file_archive"),
    (b"\xfd7zXZ", "file_archive"),
    (b"\x28\xb5\x2f\xfd", "file_archive"),
    (b"MSCF", "file_archive"),
    (b"{\\rtf", "file_word"),
    (b"\x09\x00\x04\x00", "file_old_excel"),
    (b"\x09\x02\x06\x00", "file_old_excel"),
    (b"\x09\x04\x06\x00", "file_old_excel"),
    (b"\x09\x08\x08\x00", "file_old_excel"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "file_link"),
    (b"\x78\x9f\x3e\x22", "file_mail"),
)
AT = (
    (257, b"ustar", "file_archive"),
    (4, b"ftyphei", "file_image"),
    (4, b"ftypmif", "file_image"),
    (8, b"WEBP", "file_image"),
)
"""Signatures further in: tar, HEIC, WebP."""

MAIL_HEADER = re.compile(
    r"(?:from|to|cc|bcc|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to|"
    r"content-transfer-encoding|x-[a-z0-9-]+|dkim-signature|thread-topic|thread-index|authentication-results|"
    r"snapshot-content-location|arc-[a-z-]+):",
    re.IGNORECASE,
)
MARKUP = re.compile(
    r"\s*<(?:!doctype|!--|\?xml|\?mso|html|head|body|table|meta|div|style|svg|workbook|center|font|p|tr)\b",
    re.IGNORECASE,
)
SHORTCUT = re.compile(r"\s*\[(?:InternetShortcut|Desktop Entry)\]|\s*\{\s*\"(?:url|doc_id|resource_id|email)\"\s*:")


def of_bytes(data: bytes) -> str | None:
    """The rule for content that is no text and no container of workbooks; None where there is none."""
    if b"%PDF" in data[:1024]:
        return "file_pdf"
    if data.startswith(b"bplist00"):
        return "file_html" if b"WebMainResource" in data else "file_link" if b"URL" in data[:4096] else "file_unknown"
    for magic, rule in MAGIC:
        if data.startswith(magic) and (magic != b"BM" or b"\x00" in data[:64]):
            return rule
    for start, magic, rule in AT:
        if data[start : start + len(magic)] == magic:
            return rule
    return None


def of_text(text: str) -> str | None:
    """The rule for a text that is a mail, a web page or a link, and no table."""
    if SHORTCUT.match(text) or ("<plist" in text[:1000] and "<key>URL</key>" in text[:2000]):
        return "file_link"
    if MARKUP.match(text):
        return "file_open_document" if "urn:oasis:names:tc:opendocument" in text[:4000] else "file_html"
    return _of_headers(text[:20_000])


def of_zip(names: set[str], mimetype: bytes) -> str:
    """What a zip without a workbook is. names: of its members, lower case."""
    if b"spreadsheet" in mimetype or b"sun.xml.calc" in mimetype:
        return "file_open_document"
    if any(name.endswith(".iwa") or name in ("index.zip", "index.xml", "index.apxl") for name in names):
        return "file_numbers"
    if any(name.startswith(("word/", "ppt/")) for name in names) or mimetype:
        return "file_word"
    return "file_archive"


def _of_headers(top: str) -> str | None:
    """A mail, or a web page saved as one file, begins with headers; so does no table."""
    lines = list(top.lstrip("\ufeff\r\n ").splitlines()[:40])
    if lines and lines[0].startswith(("From ", ">From ")):
        lines = lines[1:]
    head: list[str] = []
    for line in lines:
        if not line.strip():
            break
        if not line[0].isspace():
            head.append(line)
    if len(head) < 2 or sum(bool(MAIL_HEADER.match(line)) for line in head) * 2 <= len(head):
        return None
    is_web_page = any(re.match(r"snapshot-content-location:|from: <saved by ", line, re.IGNORECASE) for line in head)
    return "file_html" if is_web_page or "multipart/related" in "\n".join(head).lower() else "file_mail"
