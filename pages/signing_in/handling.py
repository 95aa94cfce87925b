"""Pages that are not read from the marts alone: what a handler gets, and that no form is taken without its token."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from accounts import sessions
from accounts.registry import Account
from pages import failures, rendering
from pages.errors import PageError
from pages.language import Text
from pages.layout import Page
from pages.signing_in import cookies
from pages.view import View
from pages.visitor import Visitor
from warehouse import pool

MOST_FILES, MOST_FIELDS = 20, 40
STALE_FORM = Text(
    "Trang đã mở quá lâu hoặc phiên đăng nhập đã đổi. Xin mở lại trang và làm lại.",
    "The page was open for too long, or the session has changed. Open the page again and repeat it.",
)

TOO_MANY = Text(
    "Không đọc được các tệp đã nộp. Mỗi lần nộp nhiều nhất 20 tệp.",
    "What was handed in cannot be read. Hand in 20 files at most at once.",
)


@dataclass(frozen=True)
class Visit:
    """A request as a handler sees it. values: of the path. fields, files: of a form that carries its token.

    jar: its cookies.
    """

    view: View
    visitor: Visitor
    address: str
    values: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Sequence[tuple[str, bytes]] = field(default=(), repr=False)
    jar: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def account(self) -> Account:
        """Of whoever is signed in; the guard lets nobody else come here."""
        assert self.visitor.account is not None
        return self.visitor.account

    def field(self, name: str) -> str:
        return self.fields.get(name, "")

    def page(self, template: str, title: Text, *, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(rendering.document(template, Page(title), self.view, **values), status)

    def go(self, path: str, **values: str) -> Response:
        """To a page of ours, after something was done."""
        return RedirectResponse(self.view.link(path, **values), 303)

    def at(self, path: str) -> "Visit":
        """The visit as one of another page: what answers a form shows that page, and its links lead there."""
        return replace(self, view=replace(self.view, path=path))


Handler = Callable[[Visit], Response]


def add(
    app: FastAPI,
    path: str,
    *,
    get: Handler | None = None,
    post: Handler | None = None,
    at_once: int | None = None,
    most_fields: int = MOST_FIELDS,
) -> None:
    """An address with what shows it and what takes its form.

    at_once: so many forms are worked on at a time; the others wait without a thread or a connection of their own.
    """
    if get is not None:
        app.add_api_route(path, _getting(get), methods=["GET"], include_in_schema=False)
    if post is not None:
        app.add_api_route(path, _posting(post, at_once, most_fields), methods=["POST"], include_in_schema=False)


def _getting(handler: Handler) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        return _respond(handler, _visit(request))

    return show


def _posting(handler: Handler, at_once: int | None, most_fields: int) -> Callable[[Request], Awaitable[Response]]:
    turn = asyncio.Semaphore(at_once) if at_once else nullcontext()

    async def take(request: Request) -> Response:
        visit = _visit(request)
        try:
            async with request.form(max_files=MOST_FILES, max_fields=most_fields) as form:
                fields = {name: _storable(value) for name, value in form.multi_items() if isinstance(value, str)}
                if not cookies.is_own_form(visit.visitor, fields.get("form_token", "")):
                    return failures.response(PageError(403, STALE_FORM), visit.view)
                uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
                files = [(str(each.filename), await each.read()) for each in uploads]
        except HTTPException:
            return failures.response(PageError(400, TOO_MANY), visit.view)
        except PageError as error:
            return failures.response(error, visit.view)
        given = replace(visit, fields=fields, files=files)
        async with turn:
            return await run_in_threadpool(_respond, lambda visit: _take(handler, visit), given)

    return take


def _take(handler: Handler, visit: Visit) -> Response:
    """What the form does, if whoever sends it still may: it was on its way and waited for its turn since the guard."""
    given = visit.visitor.account
    if given is not None and visit.visitor.session is not None:
        with pool.connection() as connection:
            account = sessions.find(connection, visit.visitor.session)
        if account is None:
            return visit.go("/dang-nhap")
        if account.remit != given.remit:
            raise PageError(403, STALE_FORM)
    return handler(visit)


def _storable(value: str) -> str:
    """PostgreSQL keeps no zero character: where one is typed it is no address, no name and no number."""
    return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _respond(handler: Handler, visit: Visit) -> Response:
    try:
        return handler(visit)
    except Exception as error:
        return failures.response(error, visit.view)


def _visit(request: Request) -> Visit:
    visitor: Visitor = request.state.visitor
    query = dict(request.query_params)
    view = View(request.url.path, query, "en" if query.get("lang") == "en" else "vi", visitor=visitor)
    address = request.client.host if request.client else ""
    return Visit(view, visitor, address, dict(request.path_params), jar=request.cookies)
