"""What is imported into Superset: the files below docker/superset/assets, and the query of each chart.

The files are in Superset's own format for imports, one object each, with UUIDs that never change.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.errors import BaocaoError
from warehouse.superset.datasets import ASSETS

KINDS = ("database", "dataset", "chart", "dashboard")
ROOT = "baocao"
"""Superset drops the first folder of the paths in a bundle."""


@cache
def documents(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """The objects of a kind (one of KINDS) by the name of their file.

    Raises BaocaoError where the program is installed without docker/superset.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted((ASSETS / f"{kind}s").rglob("*.yaml"))
    if not files:
        raise BaocaoError(f"{ASSETS} is not here: Superset's dashboards come with a checkout of the project.")
    return {file.stem: yaml.load(file.read_bytes(), Loader=loader) for file in files}


def dataset_of(chart: Mapping[str, Any]) -> Mapping[str, Any]:
    (found,) = (each for each in documents("dataset").values() if each["uuid"] == chart["dataset_uuid"])
    return found


def bundle() -> bytes:
    """The ZIP that Superset imports. A chart also carries its query: only then can Superset's API run it."""
    import yaml

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files():
            text = file.read_text(encoding="utf-8")
            if file.parent.name == "charts":
                chart = documents("chart")[file.stem]
                text = yaml.safe_dump({**chart, "query_context": json.dumps(query_context(chart))}, allow_unicode=True)
            archive.writestr(f"{ROOT}/{file.relative_to(ASSETS)}", text)
    return content.getvalue()


def fingerprint() -> str:
    """A hash of everything in the bundle."""
    content = b"".join(str(file.relative_to(ASSETS)).encode() + file.read_bytes() for file in _files())
    return hashlib.sha256(content + Path(__file__).read_bytes()).hexdigest()


def query_context(chart: Mapping[str, Any]) -> dict[str, Any]:
    """What Superset keeps beside a chart for its API. The id of the datasource is put in at the import."""
    params = chart["params"]
    requested = {"columns": columns(params), "metrics": metrics(params)}
    return {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "form_data": params,
        "result_format": "json",
        "result_type": "full",
        "queries": [
            {
                **{name: names for name, names in requested.items() if names},  # empty metrics would group the rows
                "filters": [_filter(each) for each in params["adhoc_filters"]],
                "orderby": [json.loads(each) for each in params.get("order_by_cols", [])],
                "row_limit": params.get("row_limit"),
                "extras": {},
            }
        ],
    }


def columns(params: Mapping[str, Any]) -> list[str]:
    """The columns that a chart shows or groups by, in order."""
    if params.get("query_mode") == "raw":
        return list(params["all_columns"])
    axis = [params["x_axis"]] if "x_axis" in params else []
    return [*axis, *params.get("groupby", [])]


def metrics(params: Mapping[str, Any]) -> list[str]:
    """The metrics of a chart, by their names in its dataset; none for a table of rows."""
    if params.get("query_mode") == "raw":
        return []
    return [params["metric"]] if "metric" in params else list(params["metrics"])


def _filter(adhoc: Mapping[str, Any]) -> dict[str, Any]:
    found = {"col": adhoc["subject"], "op": adhoc["operator"]}
    return found | {"val": adhoc["comparator"]} if "comparator" in adhoc else found


def _files() -> list[Path]:
    return sorted(ASSETS.rglob("*.yaml"))
