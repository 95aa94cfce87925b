"""The application: an address for each page, downloads of every table, headers, and errors in the reader's language."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from pages import downloads, errors, ordering, rendering
from pages import view as views
from pages.calendar import page as calendar_page
from pages.changes import page as changes_page
from pages.indicators import page as indicator_page
from pages.language import Text
from pages.layout import Page
from pages.loopback import is_loopback
from pages.matrix import page as matrix_page
from pages.morning import page as morning_page
from pages.progress import page as progress_page
from pages.quality import page as quality_page
from pages.scores import page as scores_page
from pages.tracing import page as tracing_page
from pages.units import page as unit_page
from pages.view import View
from warehouse import clock, database
from warehouse.as_of import set_session_as_of
from warehouse.errors import BaocaoError, WrongCall
from warehouse.logging import get_logger

log = get_logger(__name__)

Maker = Callable[[psycopg.Connection, View], Page]

PAGES: dict[str, Maker] = {
    "/sang-nay": morning_page.make,
    "/duong-den-2030": progress_page.make,
    "/don-vi": unit_page.make,
    "/chi-tieu": indicator_page.make,
    "/bang-tong-hop": matrix_page.make,
    "/thay-doi": changes_page.make,
    "/lich-bao-cao": calendar_page.make,
    "/cham-diem": scores_page.make,
    "/chat-luong": quality_page.make,
    "/nguon-so-lieu": tracing_page.make,
}
READS_FUTURE = frozenset({"/sang-nay"})
"""A page that says what will be overdue if nothing more arrives."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MISSING_RELATIONS = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)
UNEXPECTED = Text(
    "Có lỗi ngoài dự kiến. Xin báo người vận hành: chi tiết nằm trong nhật ký của máy chủ.",
    "Something unexpected went wrong. Please inform the operator: the server's log has the details.",
)
OTHER_HOST = Text(
    "Trang này chỉ xem được trên chính máy đang chạy nó.", "These pages are shown on the machine that runs them only."
)
UNKNOWN_PAGE = Text("Không có trang này.", "There is no such page.")
NOT_NOW = Text("Chưa đọc được số liệu: {reason}", "The figures cannot be read now: {reason}")


def create() -> FastAPI:
    """The application; it connects to the warehouse with each request and writes nothing."""
    app = FastAPI(title="baocao", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_guard)
    app.add_exception_handler(HTTPException, _unknown_page)
    app.get("/")(_front)
    app.get("/baocao.css")(_style)
    app.get("/favicon.ico")(_no_icon)
    for path, maker in PAGES.items():
        app.get(path)(_handler(path, maker))
    return app


def _handler(path: str, maker: Maker) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        view = View(path)
        try:
            view = views.read(path, request.query_params)
            page = ordering.ordered(_read(maker, view), view)
            return _download(page, view) if view.get("table") else HTMLResponse(rendering.html(page, view))
        except errors.PageError as error:
            return HTMLResponse(rendering.error(error.status, error.text, view), error.status)
        except MISSING_RELATIONS:
            return HTMLResponse(rendering.error(503, errors.NOTHING_BUILT, view), 503)
        except WrongCall as error:
            return HTMLResponse(rendering.error(400, Text(str(error), str(error)), view), 400)
        except BaocaoError as error:
            return HTMLResponse(rendering.error(503, NOT_NOW.fill(reason=error), view), 503)
        except Exception:
            log.exception("The page %s failed", path)
            return HTMLResponse(rendering.error(500, UNEXPECTED, view), 500)

    return show


def _read(maker: Maker, view: View) -> Page:
    """The page as of the date of the address, read in one transaction that can write nothing."""
    if view.as_of is not None and view.path not in READS_FUTURE:
        _refuse_future(view.as_of)
    with database.connect("loader") as connection:
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
    if name not in page.tables or kind not in downloads.TYPES:
        raise errors.not_found(Text("Trang này không có bảng như vậy.", "This page has no such table."))
    content = downloads.make(page, page.tables[name], kind, view.language)
    file = f"{view.path.strip('/')}-{name}.{kind}"
    return Response(
        content, headers={"Content-Disposition": f'attachment; filename="{file}"'}, media_type=downloads.TYPES[kind]
    )


def _front() -> Response:
    return RedirectResponse("/sang-nay")


def _style() -> Response:
    return FileResponse(rendering.STYLE, media_type="text/css")


def _no_icon() -> Response:
    return Response(status_code=204)


async def _guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse a request under another name than this machine's own, and add the headers to every response.

    A page of another server whose name was made to mean this machine could read the figures otherwise.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if is_loopback(host):
        response = await call(request)
    else:
        response = HTMLResponse(rendering.error(421, OTHER_HOST, View("/")), 421)
    response.headers.update(HEADERS)
    return response


def _unknown_page(request: Request, error: Any) -> Response:
    text = UNKNOWN_PAGE if error.status_code == 404 else Text(error.detail, error.detail)
    view = View("/", {"lang": request.query_params.get("lang", "")})
    return HTMLResponse(rendering.error(error.status_code, text, view), error.status_code)
