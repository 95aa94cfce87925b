"""One's own account: the password, the second factor, open sessions, what was done and what is kept."""

from datetime import timedelta

import segno
from fastapi import FastAPI, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from accounts import events, passwords, retention, second_factor, sessions, signing_in
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pages.signing_in.page import FAILURES, password_problem, with_letter
from pages.signing_in.terms import EVENTS
from warehouse import clock, pool
from warehouse.postgres import passwords as secrets

ADDRESS = "/tai-khoan"
EVENTS_SHOWN = 20
SECRET_IS_GOOD_FOR = timedelta(minutes=15)

WRONG_CODE = Text(
    "Mã chưa đúng. Xin xem lại giờ trên điện thoại và nhập mã đang hiện.",
    "The code is not right. Check the telephone's clock and write the code that it shows now.",
)
CHANGED = Text(
    "Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc.", "The password is changed; other sessions ended."
)
NOTICES = {
    "mat-khau": CHANGED,
    "bat": Text("Đã bật xác thực hai bước.", "The second factor is on."),
    "tat": Text("Đã tắt xác thực hai bước.", "The second factor is off."),
    "phien": Text("Phiên đã chọn không còn dùng được.", "What was chosen is signed out."),
}


def add(app: FastAPI) -> None:
    """The addresses of this module."""
    handling.add(app, ADDRESS, get=show_account)
    handling.add(app, f"{ADDRESS}/mat-khau", post=change_password)
    handling.add(app, f"{ADDRESS}/xac-thuc", get=show_second_factor, post=switch_on)
    handling.add(app, f"{ADDRESS}/tat-xac-thuc", post=switch_off)
    handling.add(app, f"{ADDRESS}/phien", post=end_sessions)


def show_account(visit: Visit) -> Response:
    return _account_page(visit)


def change_password(visit: Visit) -> Response:
    account, session = visit.account, _session(visit)
    if problem := password_problem(visit, account.email, account.unit_code):
        return _account_page(visit, problem)
    with pool.connection(autocommit=True) as connection:
        if failure := signing_in.confirm(connection, account, visit.field("current"), visit.address):
            return _account_page(visit, FAILURES[failure])
        if not signing_in.change_password(connection, account, visit.field("password"), session, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return with_letter(visit.go(ADDRESS, xong="mat-khau"))


def show_second_factor(visit: Visit) -> Response:
    return _second_factor_page(visit, second_factor.new_secret())


def switch_on(visit: Visit) -> Response:
    try:
        secret = _serializer(visit).loads(visit.field("secret"), max_age=int(SECRET_IS_GOOD_FOR.total_seconds()))
    except BadData:
        raise PageError(403, handling.STALE_FORM) from None
    step = second_factor.step_of(secret, visit.field("code"), clock.now(), None)
    if step is None:
        return _second_factor_page(visit, secret, WRONG_CODE)
    with pool.connection(autocommit=True) as connection:
        if failure := signing_in.confirm(connection, visit.account, visit.field("current"), visit.address):
            return _second_factor_page(visit, secret, FAILURES[failure])
        if not signing_in.set_second_factor(connection, visit.account, secret, step, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return with_letter(visit.go(ADDRESS, xong="bat"))


def switch_off(visit: Visit) -> Response:
    with pool.connection(autocommit=True) as connection:
        if failure := signing_in.confirm(connection, visit.account, visit.field("current"), visit.address):
            return _account_page(visit, FAILURES[failure])
        if not signing_in.set_second_factor(connection, visit.account, None, None, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return with_letter(visit.go(ADDRESS, xong="tat"))


def end_sessions(visit: Visit) -> Response:
    """One other session, or all others. Who signs in with the office's account alone has no password to write."""
    account = visit.account
    with pool.connection(autocommit=True) as connection:
        if account.password_hash is not None:
            failure = signing_in.confirm(connection, account, visit.field("current"), visit.address)
            if failure:
                return _account_page(visit, FAILURES[failure])
        sessions.end_chosen(connection, account, _session(visit), visit.field("session"), visit.address)
    return visit.go(ADDRESS, xong="phien")


def _session(visit: Visit) -> str:
    assert visit.visitor.session is not None
    return visit.visitor.session


def _account_page(visit: Visit, problem: Text | None = None) -> Response:
    with pool.connection() as connection:
        found = events.of_account(connection, visit.account.account_id, EVENTS_SHOWN)
        opened = sessions.open_of(connection, visit.account, _session(visit))
    return visit.at(ADDRESS).page(
        "account.html.j2",
        Text("Tài khoản của tôi", "My account"),
        status=400 if problem else 200,
        problem=problem,
        notice=NOTICES.get(visit.view.get("xong") or ""),
        events=found,
        sessions=opened,
        kept_days=retention.KEPT_FOR.days,
        names=EVENTS,
        shortest=passwords.SHORTEST,
    )


def _second_factor_page(visit: Visit, secret: str, problem: Text | None = None) -> Response:
    address = second_factor.address(secret, visit.account.email)
    return visit.page(
        "second_factor.html.j2",
        Text("Bật xác thực hai bước", "Switch the second factor on"),
        status=400 if problem else 200,
        problem=problem,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        signed=_serializer(visit).dumps(secret),
        picture=segno.make(address, error="m").svg_inline(scale=5, border=4, svgclass="qr", lineclass=None),
    )


def _serializer(visit: Visit) -> URLSafeTimedSerializer:
    """Of a secret on its way to the telephone: signed for this account, so that no form brings another one in."""
    return URLSafeTimedSerializer(secrets.get("forms"), salt=f"second factor of {visit.account.account_id}")
