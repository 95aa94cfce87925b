"""XML in a file names entities from outside: no reader requests one of a server, and none opens another file."""

import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax import handler, make_parser, xmlreader

import openpyxl
import pytest

from ingest import reading
from tests.fixtures import hostile_files, made_workbooks

SECRET = "canary-5b1d"


@dataclass
class Canary:
    """address: of a server on this machine that answers with the secret; requests: their paths.

    file: on this machine, with the same secret.
    """

    address: str
    file: Path
    requests: list[str] = field(default_factory=list)

    def doctype(self, root: str) -> str:
        return (
            f'<!DOCTYPE {root} SYSTEM "{self.address}/{root}.dtd" ['
            f'<!ENTITY far SYSTEM "{self.address}/far"> <!ENTITY near SYSTEM "{self.file.as_uri()}">'
            f'<!ENTITY % more SYSTEM "{self.address}/more.dtd"> %more;]>'
        )


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    file = tmp_path / "canary"
    file.write_text(SECRET)
    requests: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            body = b"" if self.path.endswith(".dtd") else SECRET.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Canary(f"http://127.0.0.1:{server.server_address[1]}", file, requests)
        server.shutdown()
        thread.join()


def poisoned(workbook: bytes, canary: Canary, part: str) -> bytes:
    """The workbook with a document type and two references in one of its parts, in each text where it has texts."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    xml = members[part].decode().partition("?>")[2] or members[part].decode()
    root = xml[1:].replace(">", " ").split()[0]
    for end in ("</t>", "</text:p>", "</v>"):
        xml = xml.replace(end, f"&far;&near;{end}")
    members[part] = f'<?xml version="1.0" encoding="UTF-8"?>{canary.doctype(root)}{xml}'.encode()
    return made_workbooks.zipped(members)


XLSX = hostile_files.report()
ODS = made_workbooks.ods()
PARTS = [(XLSX, name) for name in zipfile.ZipFile(io.BytesIO(XLSX)).namelist()] + [(ODS, "content.xml")]


@pytest.mark.parametrize(("workbook", "part"), PARTS, ids=[part for _, part in PARTS])
def test_nothing_from_outside_gets_into_a_report(workbook, part, canary, measures):
    reports = reading.read(poisoned(workbook, canary, part), measures)

    assert reports and SECRET not in repr(reports)
    assert canary.requests == []


@pytest.mark.parametrize("part", [name for _, name in PARTS[:-1]])
@pytest.mark.parametrize("read_only", [False, True], ids=["whole", "row by row"])
def test_nor_into_a_workbook_that_openpyxl_opens(part, read_only, canary):
    texts: list[object] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(poisoned(XLSX, canary, part)), read_only=read_only)
        texts = [cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row]
    except (SyntaxError, KeyError, ValueError) as refusal:
        texts = [str(refusal)]

    assert texts and SECRET not in repr(texts)
    assert canary.requests == []


def test_the_canary_is_reached_by_a_parser_that_loads_entities(canary):
    """Otherwise the tests above would pass on nothing."""
    found: list[str] = []

    class Texts(handler.ContentHandler):
        def characters(self, content: str) -> None:
            found.append(content)

    parser = make_parser()
    parser.setFeature(handler.feature_external_ges, True)
    parser.setContentHandler(Texts())
    source = xmlreader.InputSource()
    part = zipfile.ZipFile(io.BytesIO(poisoned(ODS, canary, "content.xml"))).read("content.xml")
    source.setByteStream(io.BytesIO(part))
    parser.parse(source)

    assert "".join(found).count(SECRET) > 1 and "/far" in canary.requests
