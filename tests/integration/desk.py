"""For tests of sign-in and the desk: accounts made by their own functions, and a client that keeps its cookies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from accounts import invitations, registry
from accounts.events import COMMAND
from accounts.registry import Account
from tests.integration.served import TLS
from warehouse import database

PASSWORD = "bốn con cá vàng bơi"
LINK = re.compile(r"http://\S+/loi-moi/[\w-]+")
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def account(email: str, unit: str, role: str = "reports", agency: str = "UBND", password: str = PASSWORD) -> Account:
    """An account that has accepted its invitation."""
    with database.connect("loader") as connection:
        made = registry.add(connection, unit, email, role, agency, COMMAND)
        token, _ = invitations.create(connection, made)
        accepted = invitations.accept(connection, token, password, COMMAND)
    assert accepted is not None
    return accepted


def events_of(email: str) -> list[str]:
    with database.connect("loader") as connection:
        rows = connection.execute(
            "select kind from ops.account_event join ops.account using (account_id) where email = %s order by event_id",
            [email],
        )
        return [kind for (kind,) in rows]


@dataclass
class Client:
    """A browser without pictures: cookies, own origin, the token of the last form that it saw."""

    address: str
    http: httpx.Client = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, follow_redirects=False, timeout=120, verify=TLS)

    def get(self, path: str, **query: str) -> httpx.Response:
        response = self.http.get(path, params=query or None)
        if found := TOKEN.search(response.text):
            self.token = found[1]
        return response

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        files: list[tuple[str, bytes]] | None = None,
        *,
        token: str | None = None,
        origin: str | None = None,
    ) -> httpx.Response:
        """A form as the page would send it; token and origin may be others."""
        data = {"form_token": self.token if token is None else token, **(fields or {})}
        parts = [("file", each) for each in files] if files else None
        headers = {"Origin": self.address if origin is None else origin}
        return self.http.post(path, data=data, files=parts, headers={k: v for k, v in headers.items() if v})

    def sign_in(self, email: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        self.get("/dang-nhap")
        response = self.post("/dang-nhap", {"email": email, "password": password, "code": code})
        if response.status_code == 303:
            self.get("/tai-khoan")  # for the token of the session's forms
        return response
