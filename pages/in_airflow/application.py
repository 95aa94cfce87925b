"""The pages for whoever is signed in to Airflow and may see the DAG `figures`; nobody else gets a figure.

Airflow protects only its own addresses, not those of a plugin, so every request is decided about here.
"""

from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from pages import app
from pages.errors import PageError, not_found
from pages.in_airflow import published
from pages.language import Text
from pages.signing_in.guard import Admission

MAKES_FIGURES = "figures"
"""Who may see this DAG may see what it makes."""
MADE_BY_DAG = {
    "submissions": "/sang-nay#tra-lai",
    "figures": "/duong-den-2030",
    "deadlines": "/sang-nay",
    "publication": published.ADDRESS,
    "closing": "/lich-bao-cao",
}
"""The page that shows what a DAG made."""
CLOSED = Text(
    "Tài khoản Airflow này không xem được số liệu: cần quyền xem DAG figures.",
    "This account of Airflow may not see figures: it needs the right to see the DAG figures.",
)
NO_FILE = Text("Không có tệp này.", "There is no such file.")
NO_DAG = Text("DAG này không có trang kết quả.", "This DAG has no page of what it made.")


def create() -> FastAPI:
    """The reading pages, the published files, and the way from a DAG to its page. Airflow's user interface frames them.

    Needs Airflow's API server around it.
    """
    pages = app.reading(_admit, frame_ancestors="'self'")
    app.add_page(pages, published.ADDRESS, published.make)
    pages.get(published.ADDRESS + "/{folder}/{path:path}")(_file)
    pages.get("/dag/{dag_id}")(_made_by)
    return pages


async def _admit(request: Request) -> Admission:
    """By Airflow's session or token. Whoever has none is sent to Airflow's sign-in and back."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
    from airflow.api_fastapi.core_api.security import bearer_scheme, get_user

    try:
        user = await get_user(request, None, await bearer_scheme(request))
    except HTTPException:
        return Admission(None, _sign_in(request))
    may_see = get_auth_manager().is_authorized_dag
    if not await run_in_threadpool(may_see, method="GET", user=user, details=DagDetails(id=MAKES_FIGURES)):
        raise PageError(403, CLOSED)
    return Admission(None)


def _sign_in(request: Request) -> RedirectResponse:
    own = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    airflow = request.scope.get("app_root_path", "")
    return RedirectResponse(f"{airflow}/api/v2/auth/login?{urlencode({'next': own})}", 303)


def _made_by(request: Request, dag_id: str) -> RedirectResponse:
    if dag_id not in MADE_BY_DAG:
        raise not_found(NO_DAG)
    return RedirectResponse(request.scope["root_path"] + MADE_BY_DAG[dag_id], 303)


def _file(folder: str, path: str) -> FileResponse:
    found = published.file(folder, path)
    if found is None:
        raise not_found(NO_FILE)
    return FileResponse(found, filename=published.file_name(path))
