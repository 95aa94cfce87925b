"""What Airflow loads (entry point `airflow.plugins` in pyproject.toml): the morning page in its menu, and beside each
DAG the page of what it made.

Each process of Airflow loads plugins, and the API server alone answers requests: nothing of ours is imported before the
first one.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

PREFIX = "baocao"
"""Where Airflow mounts the pages, below its own address."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LazyApplication:
    """The application, imported with its first request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.concurrency import run_in_threadpool

        application = await run_in_threadpool(_application)
        await application(scope, receive, send)


@cache
def _application() -> Application:
    from pages.in_airflow import application

    return application.create()


class BaocaoPlugin(AirflowPlugin):
    """Addresses without a slash at their head: Airflow may have a path of its own before them."""

    name = "baocao"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [
        {"name": "baocao", "app": LazyApplication(), "url_prefix": f"/{PREFIX}"}
    ]
    external_views: ClassVar[list[dict[str, Any]]] = [
        {
            "name": "Sáng nay",
            "href": f"{PREFIX}/sang-nay",
            "destination": "nav",
            "url_route": "sang-nay",
            "nav_top_level": True,
        },
        {
            "name": "Kết quả",
            "href": f"{PREFIX}/dag/{{DAG_ID}}",
            "destination": "dag",
            "url_route": "ket-qua",
        },
    ]
