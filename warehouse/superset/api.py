"""Superset's REST API, as its administrator: import, objects, and the rows of a chart."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from warehouse.errors import BaocaoError

EVERYTHING = {"q": "(page:0,page_size:1000)"}


class SupersetApi:
    """One session. Raises BaocaoError with Superset's own message where it refuses."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.client = httpx.Client(base_url=f"{address}/api/v1", timeout=180, trust_env=False)
        account = {"username": user, "password": password, "provider": "db", "refresh": False}
        token = self._json(self.client.post("/security/login", json=account))["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.client.headers["Referer"] = address
        self.client.headers["X-CSRFToken"] = self._json(self.client.get("/security/csrf_token/"))["result"]

    def import_assets(self, bundle: bytes) -> None:
        """Objects with the same UUIDs are replaced, others left alone."""
        files = {"bundle": ("baocao.zip", bundle, "application/zip")}
        self._json(self.client.post("/assets/import/", files=files))

    def objects(self, kind: str) -> dict[str, int]:
        """UUID → id of all objects of a kind (`chart`, `dashboard`, `dataset`, `database`)."""
        found = self._json(self.client.get(f"/{kind}/", params=EVERYTHING))["result"]
        return {each["uuid"]: each["id"] for each in found}

    def rows(self, chart: int) -> list[Mapping[str, Any]]:
        """What a chart's own query answers, column or metric → value."""
        (answer,) = self._json(self.client.get(f"/chart/{chart}/data/", params={"force": "true"}))["result"]
        if answer.get("rejected_filters"):
            raise BaocaoError(f"Superset left out filters of chart {chart}: {answer['rejected_filters']}")
        return list(answer["data"])

    def _json(self, response: httpx.Response) -> Any:
        if response.is_success:
            return response.json()
        where = f"{response.request.method} {response.request.url.path}"
        raise BaocaoError(f"Superset refused {where} ({response.status_code}): {_message(response)}")


def _message(response: httpx.Response) -> str:
    try:
        found = response.json()
    except json.JSONDecodeError:
        return response.text[:500]
    return str(found.get("message") or found.get("errors") or found)[:2000]
