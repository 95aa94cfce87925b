"""The application: an address for each page, downloads of every table, headers, and errors in the reader's language."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from pages import access, downloads, errors, failures, ordering, rendering, terms
from pages import view as views
from pages.calendar import page as calendar_page
from pages.changes import page as changes_page
from pages.concepts import page as concept_page
from pages.desk import page as desk_pages
from pages.indicators import page as indicator_page
from pages.language import Text
from pages.layout import Page
from pages.matrix import page as matrix_page
from pages.morning import page as morning_page
from pages.progress import page as progress_page
from pages.province import page as province_pages
from pages.quality import page as quality_page
from pages.scores import page as scores_page
from pages.signing_in import account as account_pages
from pages.signing_in import cookies, guard
from pages.signing_in import office as office_pages
from pages.signing_in import page as signing_in_pages
from pages.tracing import page as tracing_page
from pages.units import naming
from pages.units import page as unit_page
from pages.view import View
from warehouse import clock, pool
from warehouse.as_of import set_session_as_of

Maker = Callable[[psycopg.Connection, View], Page]
Call = Callable[[Request], Awaitable[Response]]

PAGES: dict[str, Maker] = {
    "/sang-nay": morning_page.make,
    "/duong-den-2030": progress_page.make,
    "/don-vi": unit_page.make,
    "/chi-tieu": indicator_page.make,
    "/khai-niem": concept_page.make,
    "/bang-tong-hop": matrix_page.make,
    "/thay-doi": changes_page.make,
    "/lich-bao-cao": calendar_page.make,
    "/cham-diem": scores_page.make,
    "/chat-luong": quality_page.make,
    "/nguon-so-lieu": tracing_page.make,
}
READS_FUTURE = frozenset({"/sang-nay"})
"""A page that says what will be overdue if nothing more arrives."""

MAY_BE_WRONG = frozenset({"as_of", "since", "boundary_basis"})
"""Of an address, what an error page does not carry on."""

Admit = Callable[[Request], Awaitable[guard.Admission]]
"""Decides about a request; raises PageError where it is refused."""

# "no-referrer" would make browsers send a form with the origin "null", which cannot be told from another site's
WITH_TLS = {"Strict-Transport-Security": "max-age=31536000"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {ancestors}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create() -> FastAPI:
    """The application; it connects to the warehouse with each request. Reading pages write nothing."""
    app = reading(_admit)
    signing_in_pages.add(app)
    account_pages.add(app)
    office_pages.add(app)
    desk_pages.add(app)
    for path, maker in province_pages.PAGES.items():
        add_page(app, path, maker)
    province_pages.add_forms(app)
    return app


def reading(admit: Admit, frame_ancestors: str = "'none'") -> FastAPI:
    """The pages that only read. frame_ancestors: who may show them in a frame, as the Content-Security-Policy says it.

    admit: every request passes it, whatever its address.
    """
    app = FastAPI(title="baocao", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_guard(admit, frame_ancestors))
    app.add_exception_handler(HTTPException, _unknown_page)
    app.get("/")(_front)
    app.get("/baocao.css")(_style)
    app.get("/favicon.ico")(_no_icon)
    for path, maker in PAGES.items():
        add_page(app, path, maker)
    return app


def add_page(app: FastAPI, path: str, maker: Maker) -> None:
    """A page that is read, and the downloads of its tables."""

    def show(request: Request) -> Response:
        chosen = {name: value for name, value in request.query_params.items() if name not in MAY_BE_WRONG}
        view = replace(_view_of_errors(request), path=path, query=chosen)
        try:
            view = replace(views.read(path, request.query_params, view.root), visitor=view.visitor)
            return _respond(maker, view)
        except Exception as error:
            return failures.response(error, view)

    app.get(path)(show)


def _respond(maker: Maker, view: View) -> Response:
    """The page or a table of it. Where a unit is called by its name: the same with its code, or the units to choose."""
    if naming.is_name(view.get("unit")):
        with pool.connection() as connection:
            found = naming.candidates(connection, view.get("unit") or "")
        if len(found) == 1:
            return RedirectResponse(view.same(unit=found[0]["unit_code"]), 303)
        page = naming.page(found, view)
    else:
        page = _read(maker, view)
    page = ordering.ordered(page, view)
    if only := view.get("only"):
        _require_table(page, only)
        page = page.alone(only)
    return _download(page, view) if view.get("table") else HTMLResponse(rendering.html(page, view))


def _read(maker: Maker, view: View) -> Page:
    """The page as of the date of the address, read in one transaction that can write nothing."""
    if view.as_of is not None and view.path not in READS_FUTURE:
        _refuse_future(view.as_of)
    with pool.connection() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if view.path not in READS_FUTURE:
            set_session_as_of(connection, view.as_of)
        return maker(connection, view)


def _refuse_future(as_of: datetime) -> None:
    if as_of > clock.now():
        raise errors.PageError(400, errors.FUTURE)


def _download(page: Page, view: View) -> Response:
    name, kind = view.get("table") or "", view.get("format") or "csv"
    _require_table(page, name if kind in downloads.TYPES else "")
    read_at = terms.READ_AT.fill(at=terms.timestamp(view.as_of or clock.now()))
    content = downloads.make(page, page.tables[name], kind, view.language, read_at)
    file = f"{view.path.strip('/')}-{name}.{kind}"
    return Response(
        content, headers={"Content-Disposition": f'attachment; filename="{file}"'}, media_type=downloads.TYPES[kind]
    )


def _require_table(page: Page, name: str) -> None:
    if name not in page.tables:
        raise errors.not_found(Text("Trang này không có bảng như vậy.", "This page has no such table."))


def _front(request: Request) -> Response:
    visitor = request.state.visitor
    front = access.FRONT[visitor.account.role] if visitor else "/sang-nay"
    view = View("/", dict(request.query_params), root=_root(request))
    return RedirectResponse(view.link(front), 303 if visitor else 307)


def _style() -> Response:
    return FileResponse(rendering.STYLE, media_type="text/css")


def _no_icon() -> Response:
    return Response(status_code=204)


def _guard(admit: Admit, frame_ancestors: str) -> Callable[[Request, Call], Awaitable[Response]]:
    """What every request passes: who decides about it; headers on every response."""
    headers = {name: value.format(ancestors=frame_ancestors) for name, value in HEADERS.items()}

    async def respond(request: Request, call: Call) -> Response:
        request.state.visitor = None
        try:
            guard.require_text((request.scope["path"], *request.query_params, *request.query_params.values()))
            admission = await admit(request)
            request.state.visitor = admission.visitor
            response = admission.response or await call(request)
            if admission.new_cookie:
                cookies.put(response, cookies.FORM, admission.new_cookie)
        except Exception as error:
            response = failures.response(error, _view_of_errors(request), request.url.path)
        response.headers.update(headers | (WITH_TLS if cookies.is_secure() else {}))
        return response

    return respond


async def _admit(request: Request) -> guard.Admission:
    """Its host, its origin, its session and what that may open.

    The database is asked in a thread: requests that need none are not kept waiting.
    """
    guard.require_host(request)
    return await run_in_threadpool(guard.admit, request)


def _unknown_page(request: Request, error: Any) -> Response:
    text = guard.UNKNOWN if error.status_code == 404 else Text(error.detail, error.detail)
    return HTMLResponse(rendering.error(error.status_code, text, _view_of_errors(request)), error.status_code)


def _view_of_errors(request: Request) -> View:
    """Of a page about an error: in the language of the address."""
    lang = request.query_params.get("lang", "")
    visitor = getattr(request.state, "visitor", None)
    return View("/", {"lang": lang}, "en" if lang == "en" else "vi", visitor=visitor, root=_root(request))


def _root(request: Request) -> str:
    """Where the application is mounted."""
    return str(request.scope.get("root_path", ""))
