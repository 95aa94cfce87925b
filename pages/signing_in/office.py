"""Sign in with the office's own accounts: there and back again (OpenID Connect)."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from accounts import office_identity, sessions
from accounts.office_identity import Begun, ProviderFailed, Refusal
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import cookies, handling
from pages.signing_in.guard import UNKNOWN
from pages.signing_in.handling import Visit
from pages.signing_in.page import sign_in_page, with_letter
from warehouse import pool
from warehouse.logging import get_logger
from warehouse.postgres import passwords as secrets
from warehouse.settings import get_settings

log = get_logger(__name__)

BEGIN, BACK = "/dang-nhap/co-quan", "/dang-nhap/co-quan/ve"
UNDER_WAY = "baocao-office"
"""The cookie of a sign-in that is under way. It comes back from the provider's site, which the session's must not."""
IS_GOOD_FOR = timedelta(minutes=10)

PROVIDER = Text(
    "Chưa đăng nhập được bằng tài khoản cơ quan. Xin thử lại; vẫn không được thì báo người vận hành.",
    "The sign-in with the office's account did not succeed. Try again; if it still fails, tell the operator.",
)
PROBLEMS: dict[Refusal, Text] = {
    "provider": PROVIDER,
    "unverified": Text(
        "Tài khoản cơ quan chưa có địa chỉ thư điện tử đã được xác nhận. Xin hỏi bộ phận quản lý tài khoản ấy.",
        "The office's account has no verified e-mail address. Ask those who look after these accounts.",
    ),
    "unknown": Text(
        "Tài khoản cơ quan này chưa được mời vào hệ thống. Xin đơn vị cấp trên gửi thư mời đến đúng địa chỉ thư ấy.",
        "This account of the office was not invited here. Ask the level above to invite the same e-mail address.",
    ),
}
SIGNED_IN = Text("Đã đăng nhập", "Signed in")


def add(app: FastAPI) -> None:
    """The addresses of this module."""
    handling.add(app, BEGIN, get=begin)
    handling.add(app, BACK, get=complete)


def begin(visit: Visit) -> Response:
    """To the provider; the browser keeps what it has to bring back."""
    _require_offered()
    try:
        address, begun = office_identity.begin(_back_to())
    except ProviderFailed as failure:
        return _refused(visit, "provider", failure)
    response = RedirectResponse(address, 303)
    kept = [visit.view.language, begun.state, begun.nonce, begun.verifier]
    cookies.put(response, UNDER_WAY, _serializer().dumps(kept), "lax")
    return response


def complete(visit: Visit) -> Response:
    """From the provider. A page of ours answers: the strict cookie of a session follows no redirect of another site."""
    _require_offered()
    try:
        language, *kept = _serializer().loads(visit.jar.get(cookies.name(UNDER_WAY), ""), _seconds())
        answer = f"{_back_to()}?{urlencode(visit.view.query)}"
        visit = replace(visit, view=replace(visit.view, language=language, query={"lang": language}))
        identity = office_identity.identify(Begun(*kept), _back_to(), answer)
    except (BadData, ProviderFailed) as failure:
        return _refused(visit, "provider", failure)
    with pool.connection(autocommit=True) as connection:
        outcome = office_identity.sign_in(connection, identity, visit.address)
        if isinstance(outcome, str):
            return _refused(visit, outcome)
        if visit.visitor.session:
            sessions.end(connection, visit.visitor.session)
    response = visit.at("/").page("signed_in.html.j2", SIGNED_IN)
    cookies.put(response, cookies.SESSION, outcome.session)
    cookies.remove(response, UNDER_WAY)
    return with_letter(response) if outcome.is_bound else response


def _refused(visit: Visit, reason: Refusal, failure: Exception | None = None) -> Response:
    if failure is not None:
        log.warning("A sign-in with the office's provider failed: %s", str(failure).splitlines()[0])
    response = sign_in_page(visit.at("/dang-nhap"), PROBLEMS[reason], 401)
    cookies.remove(response, UNDER_WAY)
    return response


def _require_offered() -> None:
    if not office_identity.is_offered():
        raise PageError(404, UNKNOWN)


def _back_to() -> str:
    return get_settings().pages_url + BACK


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secrets.get("forms"), salt="office sign-in")


def _seconds() -> int:
    return int(IS_GOOD_FOR.total_seconds())
