"""The accounts of a province's units: invite, send a new invitation, disable."""

from functools import partial

from fastapi import FastAPI, Response

from accounts import registry, remit
from accounts.events import Actor
from accounts.registry import Account
from pages.errors import PageError
from pages.language import Text
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pages.signing_in.terms import ROLES, STATES
from pipeline import inviting
from warehouse import pool
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError

ADDRESS = "/tai-khoan-don-vi"
NOT_YOURS = Text("Tài khoản này không thuộc phạm vi của bạn.", "This account is not yours to look after.")
NO_SUCH_UNIT = Text(
    "Không có đơn vị mã «{code}» trong tỉnh.", "There is no unit with the code “{code}” in the province."
)
DONE = {
    "moi": Text("Đã gửi thư mời đến {email}.", "The invitation went out to {email}."),
    "gui-lai": Text(
        "Đã gửi thư mời mới đến {email}; mật khẩu cũ không còn dùng được.",
        "A new invitation went out to {email}; the old password is void.",
    ),
    "khoa": Text("Đã khóa tài khoản {email}.", "The account {email} is disabled."),
}
UNIT_IN_PROVINCE = """
select provinces.unit_code from app.org_unit as units
join app.org_unit as provinces on provinces.unit_id = units.current_province_id
where units.unit_code = %s and units.valid_to = 'infinity'
"""


def add(app: FastAPI) -> None:
    """The addresses of this module."""
    handling.add(app, ADDRESS, get=show)
    handling.add(app, f"{ADDRESS}/moi", post=invite)
    handling.add(app, f"{ADDRESS}/gui-lai", post=reset)
    handling.add(app, f"{ADDRESS}/khoa", post=disable)


def show(visit: Visit, problem: Text | None = None) -> Response:
    account = visit.account
    with pool.connection() as connection:
        found = registry.listed(connection, None if account.role == "operates" else account.province_code)
    notice = DONE.get(visit.view.get("xong") or "")
    return visit.at(ADDRESS).page(
        "accounts.html.j2",
        Text("Tài khoản của các đơn vị", "Accounts of the units"),
        status=400 if problem else 200,
        problem=problem,
        notice=notice and notice.fill(email=visit.view.get("email") or ""),
        accounts=[(each, remit.may_manage(account, each)) for each in found],
        roles=[(role, text) for role, text in ROLES.items() if remit.may_invite(account, role, account.province_code)],
        role_names=ROLES,
        states=STATES,
        given={name: visit.field(name) for name in ("unit", "email", "role", "agency")},
        default_agency=DEFAULT_AGENCY,
    )


def invite(visit: Visit) -> Response:
    unit, email, role = visit.field("unit").strip(), visit.field("email").strip(), visit.field("role")
    agency = visit.field("agency").strip() or DEFAULT_AGENCY
    with pool.connection() as connection:
        row = connection.execute(UNIT_IN_PROVINCE, [unit]).fetchone()
    if row is None or not remit.may_invite(visit.account, role, row[0]):
        return show(visit, NO_SUCH_UNIT.fill(code=unit))
    try:
        may_move = partial(remit.may_manage, visit.account)
        inviting.invite(unit, email, role, agency, actor=_actor(visit), may_move=may_move)
    except BaocaoError as error:
        return show(visit, Text(str(error), str(error)))
    return visit.go(ADDRESS, xong="moi", email=email)


def reset(visit: Visit) -> Response:
    account = _managed(visit)
    try:
        inviting.reset(account.email, actor=_actor(visit))
    except BaocaoError as error:
        return show(visit, Text(str(error), str(error)))
    return visit.go(ADDRESS, xong="gui-lai", email=account.email)


def disable(visit: Visit) -> Response:
    account = _managed(visit)
    inviting.disable(account.email, actor=_actor(visit))
    return visit.go(ADDRESS, xong="khoa", email=account.email)


def _managed(visit: Visit) -> Account:
    """The account that a form names. Raises PageError unless it is this visitor's to look after."""
    with pool.connection() as connection:
        found = registry.find(connection, visit.field("email"))
    if found is None or not remit.may_manage(visit.account, found):
        raise PageError(403, NOT_YOURS)
    return found


def _actor(visit: Visit) -> Actor:
    return Actor(visit.account.account_id, "page", visit.address)
