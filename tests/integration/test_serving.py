"""The server of the pages: started and ended by its command, before anything is built, and where something fails."""

import logging
import signal
import subprocess
import sys

import httpx
import pytest

from pages import app
from pages.layout import Page
from tests.integration.letterbox import free_port
from tests.integration.served import serving
from warehouse import database
from warehouse.settings import PROJECT_ROOT


def test_the_command_serves_until_it_is_interrupted(warehouse):
    port = free_port()
    arguments = ["serve", "--port", str(port)]
    program = subprocess.Popen(
        [sys.executable, "-c", "from baocao.main import main; main()", *arguments],
        cwd=PROJECT_ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    assert program.stderr.readline() == f"http://127.0.0.1:{port}/sang-nay\n"
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
        assert client.get(f"http://127.0.0.1:{port}/baocao.css").headers["content-type"].startswith("text/css")
    program.send_signal(signal.SIGINT)

    assert (program.wait(60), program.stderr.read()) == (0, "")


def test_before_the_first_build_each_page_says_what_the_operator_has_to_do(empty_database):
    with serving() as pages:
        responses = {path: pages.get(path, unit="24") for path in app.PAGES}

    assert {response.status_code for response in responses.values()} == {503}
    assert [path for path, response in responses.items() if "baocao build" not in response.text] == []


def test_a_request_under_another_servers_name_is_refused(warehouse):
    with serving() as pages:
        port = pages.address.rpartition(":")[2]
        refused = httpx.get(pages.address + "/chi-tieu", headers={"Host": f"example.org:{port}"}, timeout=60)
        own = httpx.get(pages.address + "/baocao.css", headers={"Host": f"localhost:{port}"}, timeout=60)

    assert (refused.status_code, own.status_code) == (421, 200)
    assert "chỉ xem được trên chính máy" in refused.text


def test_a_character_that_no_database_holds_is_the_senders_error_and_none_of_ours(warehouse, caplog):
    with serving() as pages:
        found = httpx.get(f"{pages.address}/chi-tieu?unit=24%00", timeout=60)

    assert found.status_code == 400
    assert "ký tự hỏng" in found.text
    assert "failed" not in caplog.text


def test_an_unexpected_error_is_a_sentence_and_no_stack_trace(warehouse, monkeypatch):
    def fail(connection, view) -> Page:
        raise RuntimeError("a secret of the server")

    monkeypatch.setitem(app.PAGES, "/sang-nay", fail)
    with serving() as pages:
        response = pages.get("/sang-nay", lang="en")

    assert response.status_code == 500
    assert "Something unexpected went wrong" in response.text
    assert "secret" not in response.text and "Traceback" not in response.text


def test_no_page_can_write_into_the_warehouse(clean_warehouse, monkeypatch, caplog: pytest.LogCaptureFixture):
    def write(connection, view) -> Page:
        connection.execute("insert into ops.contact (unit_code, role, email) values ('x', 'reporter', 'x@example.org')")
        raise AssertionError("written")

    monkeypatch.setitem(app.PAGES, "/sang-nay", write)
    with caplog.at_level(logging.ERROR), serving() as pages:
        assert pages.get("/sang-nay").status_code == 500

    assert "read-only transaction" in caplog.text
    with database.connect() as connection:
        assert connection.execute("select count(*) from ops.contact").fetchone() == (0,)
