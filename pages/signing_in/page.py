"""Sign in and out, accept an invitation, look after one's own account."""

from datetime import timedelta

import segno
from fastapi import FastAPI, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from accounts import attempts, events, invitations, office_identity, passwords, second_factor, sessions, signing_in
from accounts.events import Actor
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import cookies, handling
from pages.signing_in.handling import Visit
from pages.signing_in.terms import EVENTS, PROBLEMS
from warehouse import clock, database
from warehouse.postgres import passwords as secrets
from warehouse.settings import get_settings

EVENTS_SHOWN = 20
SECRET_IS_GOOD_FOR = timedelta(minutes=15)

SIGN_IN = Text("Đăng nhập", "Sign in")
WRONG = Text(
    "Địa chỉ thư, mật khẩu hoặc mã xác thực chưa đúng.", "The e-mail address, the password or the code is not right."
)
TOO_MANY = Text(
    "Đã thử quá nhiều lần. Xin đợi {minutes} phút rồi thử lại; quên mật khẩu thì xin đơn vị cấp trên gửi lại thư mời.",
    "Too many attempts. Wait {minutes} minutes and try again; if you forgot the password, ask the level above to send "
    "a new invitation.",
).fill(minutes=int(attempts.WINDOW.total_seconds() // 60))
FAILURES: dict[signing_in.Failure, Text] = {"wrong": WRONG, "too_many": TOO_MANY}
NO_INVITATION = Text(
    "Đường dẫn này đã được dùng, đã hết hạn hoặc đã có thư mời mới hơn. Xin đơn vị cấp trên gửi lại thư mời.",
    "This link was used already, is too old, or a newer invitation replaced it. Ask the level above for a new one.",
)
DIFFERENT = Text("Hai lần nhập mật khẩu không giống nhau.", "The two passwords are not the same.")
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
}


def add(app: FastAPI) -> None:
    """The addresses of this module."""
    handling.add(app, "/dang-nhap", get=show_sign_in, post=sign_in)
    handling.add(app, "/dang-xuat", post=sign_out)
    handling.add(app, "/loi-moi/{token}", get=show_invitation, post=accept_invitation)
    handling.add(app, "/tai-khoan", get=show_account)
    handling.add(app, "/tai-khoan/mat-khau", post=change_password)
    handling.add(app, "/tai-khoan/xac-thuc", get=show_second_factor, post=switch_on)
    handling.add(app, "/tai-khoan/tat-xac-thuc", post=switch_off)


def show_sign_in(visit: Visit) -> Response:
    if visit.visitor.account is not None:
        return visit.go("/")
    return sign_in_page(visit)


def sign_in(visit: Visit) -> Response:
    email, password, code = (visit.field(name) for name in ("email", "password", "code"))
    with database.connect("loader", autocommit=True) as connection:
        outcome = signing_in.sign_in(connection, email, password, code, visit.address)
        if isinstance(outcome, str):
            return sign_in_page(visit, FAILURES[outcome], 429 if outcome == "too_many" else 401)
        if visit.visitor.session:
            sessions.end(connection, visit.visitor.session)
    response = visit.go("/")
    cookies.put(response, cookies.SESSION, outcome.session)
    return response


def sign_out(visit: Visit) -> Response:
    with database.connect("loader") as connection:
        if visit.visitor.session:
            sessions.end(connection, visit.visitor.session)
        events.add(connection, "signed_out", visit.account.account_id, _actor(visit))
    response = visit.go("/dang-nhap")
    cookies.remove(response, cookies.SESSION)
    return response


def show_invitation(visit: Visit) -> Response:
    return _invitation_page(visit)


def accept_invitation(visit: Visit) -> Response:
    token, password = visit.values["token"], visit.field("password")
    with database.connect("loader") as connection:
        account = invitations.read(connection, token)
        if account is None:
            raise PageError(404, NO_INVITATION)
        if problem := _problem(visit, account.email, account.unit_code):
            return _invitation_page(visit, problem)
        actor = Actor(account.account_id, "page", visit.address)
        if invitations.accept(connection, token, password, actor) is None:
            raise PageError(404, NO_INVITATION)
    return visit.page(
        "invitation_accepted.html.j2", Text("Đã đặt mật khẩu", "The password is set"), email=account.email
    )


def show_account(visit: Visit) -> Response:
    return _account_page(visit)


def change_password(visit: Visit) -> Response:
    account, session = visit.account, visit.visitor.session
    assert session is not None
    if problem := _problem(visit, account.email, account.unit_code):
        return _account_page(visit, problem)
    with database.connect("loader", autocommit=True) as connection:
        if failure := signing_in.confirm(connection, account, visit.field("current"), visit.address):
            return _account_page(visit, FAILURES[failure])
        if not signing_in.change_password(connection, account, visit.field("password"), session, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return visit.go("/tai-khoan", xong="mat-khau")


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
    with database.connect("loader", autocommit=True) as connection:
        if failure := signing_in.confirm(connection, visit.account, visit.field("current"), visit.address):
            return _second_factor_page(visit, secret, FAILURES[failure])
        if not signing_in.set_second_factor(connection, visit.account, secret, step, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return visit.go("/tai-khoan", xong="bat")


def switch_off(visit: Visit) -> Response:
    with database.connect("loader", autocommit=True) as connection:
        if failure := signing_in.confirm(connection, visit.account, visit.field("current"), visit.address):
            return _account_page(visit, FAILURES[failure])
        if not signing_in.set_second_factor(connection, visit.account, None, None, visit.address):
            raise PageError(403, handling.STALE_FORM)
    return visit.go("/tai-khoan", xong="tat")


def sign_in_page(visit: Visit, problem: Text | None = None, status: int = 200) -> Response:
    office = get_settings().oidc_name if office_identity.is_offered() else None
    return visit.page(
        "sign_in.html.j2", SIGN_IN, status=status, problem=problem, email=visit.field("email"), office=office
    )


def _invitation_page(visit: Visit, problem: Text | None = None) -> Response:
    with database.connect("loader") as connection:
        account = invitations.read(connection, visit.values["token"])
    if account is None:
        raise PageError(404, NO_INVITATION)
    title = Text("Chọn mật khẩu", "Choose a password")
    shortest = passwords.SHORTEST
    status = 400 if problem else 200
    return visit.page("invitation.html.j2", title, status=status, invited=account, problem=problem, shortest=shortest)


def _account_page(visit: Visit, problem: Text | None = None) -> Response:
    with database.connect("loader") as connection:
        found = events.of_account(connection, visit.account.account_id, EVENTS_SHOWN)
    return visit.at("/tai-khoan").page(
        "account.html.j2",
        Text("Tài khoản của tôi", "My account"),
        status=400 if problem else 200,
        problem=problem,
        notice=NOTICES.get(visit.view.get("xong") or ""),
        events=found,
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


def _problem(visit: Visit, email: str, unit_code: str) -> Text | None:
    """Why a new password of a form cannot be taken."""
    if visit.field("password") != visit.field("again"):
        return DIFFERENT
    found = passwords.problem(visit.field("password"), email, unit_code)
    return PROBLEMS[found] if found else None


def _serializer(visit: Visit) -> URLSafeTimedSerializer:
    """Of a secret on its way to the telephone: signed for this account, so that no form brings another one in."""
    return URLSafeTimedSerializer(secrets.get("forms"), salt=f"second factor of {visit.account.account_id}")


def _actor(visit: Visit) -> Actor:
    return Actor(visit.account.account_id, "page", visit.address)
