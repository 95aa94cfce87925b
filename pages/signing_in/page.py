"""Sign in and out, accept an invitation."""

from fastapi import FastAPI, Response
from starlette.background import BackgroundTask

from accounts import attempts, events, invitations, office_identity, passwords, sessions, signing_in
from accounts.events import Actor
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import cookies, handling
from pages.signing_in.handling import Visit
from pages.signing_in.terms import PROBLEMS
from pipeline import mailing
from warehouse import pool
from warehouse.settings import get_settings

SIGN_IN = Text("Đăng nhập", "Sign in")
WRONG = Text(
    "Địa chỉ thư, mật khẩu hoặc mã xác thực chưa đúng.", "The e-mail address, the password or the code is not right."
)
TOO_MANY = Text(
    "Đã thử quá nhiều lần. Xin đợi {minutes} phút rồi thử lại; quên mật khẩu thì xin đơn vị cấp trên gửi lại thư mời.",
    "Too many attempts. Wait {minutes} minutes and try again; if you forgot the password, ask the level above to send "
    "a new invitation.",
).fill(minutes=int(attempts.WINDOW.total_seconds() // 60))
FAILURES: dict[signing_in.Failure, Text] = {"wrong": WRONG, "code_reused": WRONG, "too_many": TOO_MANY}
NO_INVITATION = Text(
    "Đường dẫn này đã được dùng, đã hết hạn hoặc đã có thư mời mới hơn. Xin đơn vị cấp trên gửi lại thư mời.",
    "This link was used already, is too old, or a newer invitation replaced it. Ask the level above for a new one.",
)
DIFFERENT = Text("Hai lần nhập mật khẩu không giống nhau.", "The two passwords are not the same.")


def add(app: FastAPI) -> None:
    """The addresses of this module."""
    handling.add(app, "/dang-nhap", get=show_sign_in, post=sign_in)
    handling.add(app, "/dang-xuat", post=sign_out)
    handling.add(app, "/loi-moi/{token}", get=show_invitation, post=accept_invitation)


def show_sign_in(visit: Visit) -> Response:
    if visit.visitor.account is not None:
        return visit.go("/")
    return sign_in_page(visit)


def sign_in(visit: Visit) -> Response:
    email, password, code = (visit.field(name) for name in ("email", "password", "code"))
    with pool.connection(autocommit=True) as connection:
        outcome = signing_in.sign_in(connection, email, password, code, visit.address)
        if isinstance(outcome, str):
            refused = sign_in_page(visit, FAILURES[outcome], 429 if outcome == "too_many" else 401)
            return with_letter(refused) if outcome == "code_reused" else refused
        if visit.visitor.session:
            sessions.end(connection, visit.visitor.session)
    response = visit.go("/")
    cookies.put(response, cookies.SESSION, outcome.session)
    return response


def sign_out(visit: Visit) -> Response:
    with pool.connection() as connection:
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
    with pool.connection() as connection:
        account = invitations.read(connection, token)
        if account is None:
            raise PageError(404, NO_INVITATION)
        if problem := password_problem(visit, account.email, account.unit_code):
            return _invitation_page(visit, problem)
        actor = Actor(account.account_id, "page", visit.address)
        if invitations.accept(connection, token, password, actor) is None:
            raise PageError(404, NO_INVITATION)
    title = Text("Đã đặt mật khẩu", "The password is set")
    return with_letter(visit.page("invitation_accepted.html.j2", title, email=account.email))


def sign_in_page(visit: Visit, problem: Text | None = None, status: int = 200) -> Response:
    office = get_settings().oidc_name if office_identity.is_offered() else None
    return visit.page(
        "sign_in.html.j2", SIGN_IN, status=status, problem=problem, email=visit.field("email"), office=office
    )


def _invitation_page(visit: Visit, problem: Text | None = None) -> Response:
    with pool.connection() as connection:
        account = invitations.read(connection, visit.values["token"])
    if account is None:
        raise PageError(404, NO_INVITATION)
    title = Text("Chọn mật khẩu", "Choose a password")
    shortest = passwords.SHORTEST
    status = 400 if problem else 200
    return visit.page("invitation.html.j2", title, status=status, invited=account, problem=problem, shortest=shortest)


def with_letter(response: Response) -> Response:
    """The answer, and after it the letter to the account's holder: no mail server holds the answer up."""
    response.background = BackgroundTask(mailing.try_to_mail_receipts)
    return response


def password_problem(visit: Visit, email: str, unit_code: str) -> Text | None:
    """Why a new password of a form cannot be taken."""
    if visit.field("password") != visit.field("again"):
        return DIFFERENT
    found = passwords.problem(visit.field("password"), email, unit_code)
    return PROBLEMS[found] if found else None


def _actor(visit: Visit) -> Actor:
    return Actor(visit.account.account_id, "page", visit.address)
