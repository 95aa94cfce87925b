"""What every request passes before a page sees it: host, origin, size, session, access."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from accounts import sessions, tokens
from pages import access
from pages.errors import PageError
from pages.language import Text
from pages.loopback import is_loopback
from pages.signing_in import cookies
from pages.visitor import Visitor
from warehouse import pool
from warehouse.settings import get_settings

LARGEST_BODY = 60 * 1024 * 1024
"""Bytes of a request: three of the largest files that are read."""

HAS_APPROVALS = "select exists (select from ops.approval_request)"

OTHER_HOST = Text(
    "Trang này chỉ xem được trên chính máy đang chạy nó.", "These pages are shown on the machine that runs them only."
)
OTHER_SITE = Text(
    "Yêu cầu không đến từ chính trang này. Xin mở lại trang và làm lại.",
    "The request did not come from this site's own page. Open the page again and repeat it.",
)
TOO_LARGE = Text(
    "Các tệp vượt quá 60 MB. Xin nộp ít tệp hơn một lần.",
    "The files are larger than 60 MB. Hand in fewer of them at once.",
)
NO_TEXT = Text(
    "Trong địa chỉ có ký tự hỏng. Xin mở lại trang và làm lại.",
    "There is a damaged character in the address. Open the page again and repeat it.",
)
OFF = Text(
    "Chưa bật đăng nhập, nên chưa nộp báo cáo trên trang được. Người vận hành đặt BAOCAO_SIGN_IN=on.",
    "Sign-in is off, so nothing can be handed in here. The operator sets BAOCAO_SIGN_IN=on.",
)


@dataclass(frozen=True)
class Admission:
    """response: what is sent instead of the page. new_cookie: for a visitor who has none yet."""

    visitor: Visitor | None
    response: Response | None = None
    new_cookie: str | None = field(default=None, repr=False)


def require_host(request: Request) -> None:
    """Raises PageError for a name that is neither this machine's own nor the pages'.

    A page of another server whose name was made to mean this machine could read the figures otherwise.
    """
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        host = ""
    settings = get_settings()
    if not is_loopback(host) and not (settings.sign_in == "on" and host == urlsplit(settings.pages_url).hostname):
        raise PageError(421, OTHER_HOST)


def require_text(values: Iterable[str]) -> None:
    """Raises PageError for what no text holds: a NUL, which a database refuses and no browser sends by itself."""
    if any("\x00" in value for value in values):
        raise PageError(400, NO_TEXT)


def admit(request: Request) -> Admission:
    """Decide about a request. Raises PageError where it is refused."""
    path = request.url.path
    if path in access.FILES:
        return Admission(None)
    if get_settings().sign_in == "off":
        if (path not in access.READING["operates"] or path in access.ONLY_SIGNED_IN) and path != "/":
            raise PageError(404, OFF if access.is_open(path) or _has_role(path) else UNKNOWN)
        return Admission(None)
    if request.method not in ("GET", "HEAD"):
        _require_own_site(request)
    session = cookies.read(request, cookies.SESSION)
    with pool.connection(autocommit=True) as connection:
        account = sessions.use(connection, session) if session else None
        if account is None or session is None:
            return _anonymous(request)
        needed = connection.execute(HAS_APPROVALS).fetchone()
        visitor = Visitor(account, cookies.form_token(session), session, bool(needed and needed[0]))
        if access.is_open(path):
            return Admission(visitor)
        try:
            moved = access.check(connection, account, path, dict(request.query_params))
        except PageError as error:
            error.account_id = account.account_id
            raise
    return Admission(visitor, RedirectResponse(moved.address, 303) if moved else None)


UNKNOWN = Text("Không có trang này.", "There is no such page.")


def _anonymous(request: Request) -> Admission:
    """Whoever is not signed in gets to the sign-in and nowhere else."""
    if not access.is_open(request.url.path):
        return Admission(None, RedirectResponse(f"/dang-nhap{_language(request)}", 303))
    known = cookies.read(request, cookies.FORM)
    cookie = known or tokens.new()
    return Admission(Visitor(None, cookies.form_token(cookie)), new_cookie=None if known else cookie)


def _language(request: Request) -> str:
    return "?lang=en" if request.query_params.get("lang") == "en" else ""


def _has_role(path: str) -> bool:
    return any(access.may_open(role, path) for role in access.READING)


def _require_own_site(request: Request) -> None:
    """Raises PageError for a request that another site caused, and for one whose size is unknown or too large."""
    host = request.headers.get("host", "")
    own = {get_settings().pages_url}
    if is_loopback(urlsplit(f"//{host}").hostname or ""):
        own.add(f"http://{host}")
    if (
        request.headers.get("origin") not in own
        or request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        raise PageError(403, OTHER_SITE)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise PageError(413, TOO_LARGE)
