"""A page as HTML: one template for all pages, every value escaped."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from pages import access, ordering, terms
from pages.language import Language, Text, render
from pages.layout import Page
from pages.view import View
from warehouse import clock

HERE = Path(__file__).parent
STYLE = HERE / "static" / "baocao.css"
NAVIGATION = (
    ("/sang-nay", Text("Sáng nay", "This morning")),
    ("/duong-den-2030", Text("Đường đến 2030", "The way to 2030")),
    ("/don-vi", Text("Đơn vị", "Unit")),
    ("/chi-tieu", Text("Chỉ tiêu", "Indicator")),
    ("/khai-niem", Text("Khái niệm chung", "Concepts")),
    ("/bang-tong-hop", Text("Bảng tổng hợp", "Matrix")),
    ("/thay-doi", Text("Thay đổi", "What changed")),
    ("/lich-bao-cao", Text("Lịch báo cáo", "Reporting calendar")),
    ("/cham-diem", Text("Chấm điểm", "Scores")),
    ("/chat-luong", Text("Chất lượng", "Quality")),
)
STATIC_NAVIGATION = (("index", Text("Các chương trình", "Programmes")),)
"""Of the static site of releases."""

APPROVALS = "/phe-duyet"
"""In the menu only where some report needs an approval."""

OWN = (
    ("/bao-cao-cua-toi", Text("Báo cáo của tôi", "My reports")),
    ("/viec-cho", Text("Việc chờ", "What waits")),
    ("/quyet-dinh", Text("Quyết định", "Decisions")),
    ("/dau-moi", Text("Đầu mối", "Contacts")),
    (APPROVALS, Text("Duyệt báo cáo", "Approve reports")),
    ("/tai-khoan-don-vi", Text("Tài khoản đơn vị", "Accounts of units")),
)
"""Only with sign-in."""


def html(page: Page, view: View) -> str:
    """The whole document."""
    return _render("page.html.j2", page=page, view=view)


def document(template: str, page: Page, view: View, **values: Any) -> str:
    """A document of a template of its own."""
    return _render(template, page=page, view=view, **values)


def navigation(view: View) -> list[tuple[str, Text]]:
    """The pages that the visitor may open, the own ones first."""
    if not view.is_live:
        return list(STATIC_NAVIGATION)
    if view.visitor is None:
        return list(NAVIGATION)
    account = view.visitor.account
    if account is None:
        return []
    hidden = set() if view.visitor.has_approvals else {APPROVALS}
    return [each for each in (*OWN, *NAVIGATION) if each[0] not in hidden and access.may_open(account.role, each[0])]


def error(status: int, text: Text, view: View) -> str:
    """A page that says what is wrong and leads back."""
    start_again = view.same() if status == 400 and view.path != "/" else None
    return _render("error.html.j2", page=Page(_titles(status)), text=text, view=view, start_again=start_again)


def _titles(status: int) -> Text:
    if status == 403:
        return Text("Không được phép", "Not allowed")
    if status == 404:
        return Text("Không tìm thấy", "Not found")
    if status < 500:
        return Text("Địa chỉ chưa đúng", "The address is not right")
    return Text("Chưa xem được", "Not available")


def _render(template: str, *, page: Page, view: View, **values: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            view=view,
            t=_translator(view.language),
            navigation=navigation(view),
            timestamp=terms.timestamp,
            period=terms.period,
            gate=terms.GATE,
            now=terms.timestamp(clock.now()),
            ordering=ordering,
            as_of=terms.timestamp(view.as_of) if view.as_of else None,
            **values,
        )
    )


def _translator(language: Language) -> Any:
    def translate(first: Any, second: str | None = None) -> str:
        """t(text) of a Text or a string; t("tiếng Việt", "English") in templates."""
        return render(first if second is None else Text(first, second), language)

    return translate


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
