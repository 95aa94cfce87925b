"""Who may open which address: the one place. What is not listed here is closed.

Three tables: addresses without a session, addresses of each role, and for reading pages what the parameters of the
address may say. A parameter that is left out is filled in with the account's own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from accounts import remit
from accounts.registry import ROLES, Account, Role
from pages.errors import PageError
from pages.language import Text

FILES = ("/baocao.css", "/favicon.ico")
"""The same for everybody, whether sign-in is on or off."""
OPEN = re.compile(r"/dang-nhap(/co-quan(/ve)?)?|/loi-moi/[^/]+")
"""Without a session."""

ONLY_SIGNED_IN = ("/viec-cho", "/quyet-dinh", "/dau-moi")
"""Reading pages that are closed where sign-in is off: they say who decided what, and list addresses."""

EVERYBODY = frozenset(ROLES)
ADDRESSES: Mapping[str, frozenset[Role]] = {
    r"/": EVERYBODY,
    r"/dang-xuat": EVERYBODY,
    r"/tai-khoan(/[a-z-]+)?": EVERYBODY,
    r"/bao-cao-cua-toi(/.+)?": remit.REPORTING,
    r"/phe-duyet(/[a-z-]+)?": remit.APPROVING,
    r"/tai-khoan-don-vi(/[a-z-]+)?": frozenset({"province", "operates"}),
    r"/quyet-dinh/(han|mien|muc|loai)|/dau-moi/(tep|don-vi)|/viec-cho/canh-bao": frozenset({"province"}),
}
"""With a session, beside the reading pages: a pattern of the whole path, and the roles."""

CLOSED = Text(
    "Tài khoản này không xem được trang này. Cần xem thì liên hệ đơn vị cấp trên.",
    "This account may not open this page. Ask the level above if you need it.",
)
CODE_PASSED_ON = Text(
    "Đơn vị của tài khoản này đã kết thúc, mã của đơn vị nay là của đơn vị khác. Báo cáo cũ vẫn có ở Báo cáo của tôi; "
    "để báo cáo cho đơn vị mới, xin đơn vị cấp trên gửi thư mời.",
    "The unit of this account has ended, and another one bears its code now. Earlier reports are at My reports; to "
    "report for the new unit ask the level above for an invitation.",
)
NO_PROGRAMME = Text(
    "Tỉnh này chưa có chương trình nào trong hệ thống.", "This province has no programme in the warehouse yet."
)

BEARERS_ELSEWHERE = """
select from app.org_unit as units
left join app.org_unit as provinces on provinces.unit_id = units.current_province_id
where units.unit_code = %(unit)s and provinces.unit_code is distinct from %(province)s limit 1
"""
BEARERS = "select from app.org_unit where unit_code = %(unit)s limit 1"
PROGRAMMES = """
select programmes.programme_code from catalogue.programmes as programmes
join app.org_unit as roots on roots.unit_code = programmes.root_unit_code
join app.org_unit as provinces on provinces.unit_id = roots.current_province_id
where provinces.unit_code = %(province)s
group by programmes.programme_code, programmes.starts_on
order by programmes.starts_on desc, programmes.programme_code
"""
OWN_UPLOAD = "select from ops.upload where upload_id = %s and unit_id = %s and agency_code = %s"

Check = Callable[[psycopg.Connection, Account, str | None], str | None]
"""What a parameter of the address becomes; raises PageError for what it may not be."""


def own_unit(connection: psycopg.Connection, account: Account, given: str | None) -> str | None:
    """The unit's page is found by its code, so it is closed where another unit bears the code today."""
    if account.has_lost_code:
        raise PageError(403, CODE_PASSED_ON)
    return _only(account.unit_code, given)


def own_province(connection: psycopg.Connection, account: Account, given: str | None) -> str | None:
    return _only(account.province_code, given)


def any_of_province(connection: psycopg.Connection, account: Account, given: str | None) -> str | None:
    """A unit whose code no unit of another province ever had; the province itself where none is given."""
    return within_province(connection, account, given) or account.province_code


def within_province(connection: psycopg.Connection, account: Account, given: str | None) -> str | None:
    """As any_of_province, but it may be left out. A code that nobody ever had is the page's to answer."""
    if given is None or given == account.province_code:
        return given
    values = {"unit": given, "province": account.province_code}
    if connection.execute(BEARERS_ELSEWHERE, values).fetchone() is not None:
        raise PageError(403, CLOSED)
    return given


def own_programme(connection: psycopg.Connection, account: Account, given: str | None) -> str | None:
    """A programme of the account's province; its newest where none is given."""
    rows = connection.execute(PROGRAMMES, {"province": account.province_code}).fetchall()
    own = [code for (code,) in rows]
    if not own:
        raise PageError(404, NO_PROGRAMME)
    if given is not None and given not in own:
        raise PageError(403, CLOSED)
    return given or own[0]


REPORTER: Mapping[str, Mapping[str, Check]] = {
    "/don-vi": {"unit": own_unit},
    "/duong-den-2030": {"unit": own_province, "programme": own_programme},
    "/nguon-so-lieu": {"unit": own_unit, "programme": own_programme},
    "/thay-doi": {"unit": own_unit, "programme": own_programme},
}
READING: Mapping[Role, Mapping[str, Mapping[str, Check]]] = {
    "reports": REPORTER,
    "approves": REPORTER,
    "province": {
        "/sang-nay": {"unit": own_province},
        "/viec-cho": {"unit": own_province},
        "/quyet-dinh": {"unit": own_province},
        "/dau-moi": {"unit": own_province},
        "/duong-den-2030": {"unit": any_of_province, "programme": own_programme},
        "/don-vi": {"unit": within_province},
        "/chi-tieu": {"unit": within_province, "programme": own_programme},
        "/khai-niem": {"unit": any_of_province},
        "/bang-tong-hop": {"unit": any_of_province, "programme": own_programme},
        "/thay-doi": {"unit": any_of_province, "programme": own_programme},
        "/lich-bao-cao": {"unit": any_of_province, "programme": own_programme},
        "/cham-diem": {"unit": within_province, "programme": own_programme},
        "/chat-luong": {"unit": any_of_province, "programme": own_programme},
        "/nguon-so-lieu": {"unit": any_of_province, "programme": own_programme},
    },
    "operates": {
        path: {}
        for path in (
            *("/sang-nay", "/duong-den-2030", "/don-vi", "/chi-tieu", "/khai-niem"),
            *("/bang-tong-hop", "/thay-doi"),
            *("/lich-bao-cao", "/cham-diem", "/chat-luong", "/nguon-so-lieu"),
            *ONLY_SIGNED_IN,
        )
    },
}
"""Reading pages by role. A page that lists other units (their contacts, files, errors) is not the reporters'."""

FRONT: Mapping[Role, str] = {
    "reports": "/bao-cao-cua-toi",
    "approves": "/don-vi",
    "province": "/sang-nay",
    "operates": "/sang-nay",
}


@dataclass(frozen=True)
class Redirect:
    """Where the same page is, with the parameters that the account's role needs."""

    address: str


def is_open(path: str) -> bool:
    return OPEN.fullmatch(path) is not None


def may_open(role: Role, path: str) -> bool:
    """Whether the role has the address at all, whatever its parameters."""
    return path in READING[role] or any(
        re.fullmatch(pattern, path) and role in roles for pattern, roles in ADDRESSES.items()
    )


def check(connection: psycopg.Connection, account: Account, path: str, query: Mapping[str, str]) -> Redirect | None:
    """None where the account may open the address as it is. Raises PageError where it may not."""
    if not may_open(account.role, path):
        raise PageError(403, CLOSED)
    checks = READING[account.role].get(path, {})
    wanted = {name: rule(connection, account, query.get(name) or None) for name, rule in checks.items()}
    if all(value == (query.get(name) or None) for name, value in wanted.items()):
        return None
    return Redirect(f"{path}?{urlencode({**query, **{name: value for name, value in wanted.items() if value}})}")


def require_upload(connection: psycopg.Connection, account: Account, upload_id: UUID) -> None:
    """Raises PageError unless somebody of the account's unit and agency uploaded it."""
    if connection.execute(OWN_UPLOAD, [upload_id, account.unit_id, account.agency_code]).fetchone() is None:
        raise PageError(404, Text("Không có biên nhận này.", "There is no such receipt."))


def _only(own: str, given: str | None) -> str:
    if given not in (None, own):
        raise PageError(403, CLOSED)
    return own
