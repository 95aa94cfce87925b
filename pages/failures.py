"""What a reader sees where a page could not be made: a sentence in the reader's language, never a stack trace."""

import psycopg
from fastapi.responses import HTMLResponse

from pages import errors, rendering
from pages.language import Text
from pages.view import View
from warehouse.errors import BaocaoError, WrongCall
from warehouse.logging import get_logger

log = get_logger(__name__)

MISSING_RELATIONS = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)
REFUSED = 403
UNEXPECTED = Text(
    "Có lỗi ngoài dự kiến. Xin báo người vận hành: chi tiết nằm trong nhật ký của máy chủ.",
    "Something unexpected went wrong. Please inform the operator: the server's log has the details.",
)
NOT_NOW = Text("Chưa đọc được số liệu: {reason}", "The figures cannot be read now: {reason}")


def response(error: Exception, view: View, path: str | None = None) -> HTMLResponse:
    """The page about an error, with its status. What nobody foresaw is logged with its trace, and who was refused.

    path: of the request, where it is not the view's.
    """
    match error:
        case errors.PageError():
            if error.status == REFUSED:
                _note_refused(error, view, path or view.path)
            return _page(error.status, error.text, view)
        case _ if isinstance(error, MISSING_RELATIONS):
            return _page(503, errors.NOTHING_BUILT, view)
        case WrongCall():
            return _page(400, Text(str(error), str(error)), view)
        case BaocaoError():
            return _page(503, NOT_NOW.fill(reason=error), view)
    log.error("The page %s failed", view.path, exc_info=error)
    return _page(500, UNEXPECTED, view)


def _note_refused(error: errors.PageError, view: View, path: str) -> None:
    """Who, where and why, and nothing that was typed: of a path the first part, for tokens and numbers follow it."""
    account = view.visitor.account if view.visitor else None
    who = error.account_id or (account.account_id if account else "nobody")
    log.warning("Refused: /%s to account %s: %s", path.split("/")[1], who, error)


def _page(status: int, text: Text, view: View) -> HTMLResponse:
    return HTMLResponse(rendering.error(status, text, view), status)
