"""Whose server it is that replies on the home's port."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from warehouse.airflow import environment, processes, services, supervisor
from warehouse.airflow.api import AirflowApi, Unavailable
from warehouse.settings import ZONE


class OtherHome(BaseHTTPRequestHandler):
    """Airflow of another home, as far as health and signing in go."""

    def do_GET(self) -> None:
        now = datetime.now(ZONE).isoformat()
        names = ("scheduler", "dag_processor", "triggerer")
        self._reply({name: {"status": "healthy", f"latest_{name}_heartbeat": now} for name in names})

    def do_POST(self) -> None:
        self.server.passwords.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._reply({"access_token": "x"})

    def log_message(self, *_: object) -> None:
        """Nothing: the output belongs to the tests."""

    def _reply(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def other_home(own_home):
    """Another home's server on the port that this home remembers; our components live and do not listen."""
    server = HTTPServer(("127.0.0.1", 0), OtherHome)
    server.passwords = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (environment.home() / "port").write_text(str(server.server_port))
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    write_components(child.pid)
    yield server
    child.kill()
    child.wait()
    server.shutdown()
    server.server_close()


def write_components(api_server: int) -> None:
    started = time.time() - 60
    us = processes.identify(os.getpid())
    components = {name: supervisor.Component(name, us, 0, started) for name in supervisor.COMPONENTS}
    components[supervisor.API_SERVER].identity = processes.identify(api_server)
    supervisor.write_state(supervisor.State(us, "running", components))


def test_another_homes_server_on_our_port_is_not_ours_and_gets_no_password(other_home):
    assert {service.state for service in services.status()} == {"starting"}
    with pytest.raises(Unavailable, match="Airflow of this home does not listen"):
        AirflowApi()._sign_in()
    assert other_home.passwords == []


def test_our_own_server_is_recognised_by_its_process(other_home):
    write_components(os.getpid())
    assert {service.state for service in services.status()} == {"healthy"}
    assert AirflowApi()._sign_in() == "x"
    assert len(other_home.passwords) == 1


def watching_an_ended_server() -> supervisor.Supervisor:
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    watching = supervisor.Supervisor()
    watching.children[supervisor.API_SERVER] = ended
    identity = processes.Identity(ended.pid, 0)
    watching.state.components[supervisor.API_SERVER] = supervisor.Component(supervisor.API_SERVER, identity)
    return watching


def test_a_home_whose_port_another_one_took_moves_to_the_next(other_home, caplog):
    watching_an_ended_server()._leave_port_of_others()
    assert environment.port() > other_home.server_port
    assert f"Port {other_home.server_port} is taken by another program: Airflow moves to" in caplog.text


def test_a_home_whose_server_ended_keeps_its_port_while_it_is_free(own_home):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    (environment.home() / "port").write_text(str(port))
    watching_an_ended_server()._leave_port_of_others()
    assert environment.port() == port
