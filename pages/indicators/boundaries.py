"""The boundaries that the operator supplies (BAOCAO_BOUNDARIES): GeoJSON, a feature for each unit of today. None is
shipped.

A feature names its unit by `unit_code` among its properties, and is a Polygon or a MultiPolygon in longitude and
latitude (RFC 7946). The file may say where it is from (`source`) and that it is made up (`is_made_up`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from warehouse.logging import get_logger
from warehouse.settings import get_settings

log = get_logger(__name__)

LARGEST = 64 * 1024 * 1024
"""Bytes: what is larger has more detail than any screen, and takes long to read."""
ISLANDS = {"20333": "Hoàng Sa", "22736": "Trường Sa"}
"""The special zones, archipelagos, that every map shows."""

Point = tuple[float, float]
Rings = tuple[tuple[Point, ...], ...]
"""Outer and inner ones alike: which is a hole follows from the even-odd rule."""


class UnusableFile(Exception):
    """The reason, for the log."""


@dataclass(frozen=True)
class Boundaries:
    """shapes: by unit_code."""

    shapes: Mapping[str, Rings]
    source: str
    is_made_up: bool

    @property
    def missing_islands(self) -> list[str]:
        return [name for code, name in ISLANDS.items() if code not in self.shapes]


def supplied() -> Boundaries | None:
    """What the setting names; None where it names nothing, or nothing that can be read, which is logged."""
    path = get_settings().boundaries
    if path is None:
        return None
    try:
        found = path.stat()
        if found.st_size > LARGEST:
            raise UnusableFile(f"larger than {LARGEST // 1024 // 1024} MB: simplify it first")
        return _read(path, found.st_mtime_ns, found.st_size)
    except (OSError, UnusableFile) as error:
        log.warning("BAOCAO_BOUNDARIES is not used: %s", error)
        return None


@lru_cache(maxsize=1)
def _read(path: Path, changed_at: int, size: int) -> Boundaries:
    """changed_at, size: so that a file that was replaced is read again."""
    try:
        document = json.loads(path.read_bytes())
        shapes = dict(_shapes(document["features"]))
        return Boundaries(shapes, str(document.get("source") or path.name), document.get("is_made_up") is True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnusableFile(f"{path} is no GeoJSON of units: {type(error).__name__} {error}") from error


def _shapes(features: list[Any]) -> Iterator[tuple[str, Rings]]:
    for feature in features:
        geometry = feature["geometry"]
        polygons = {"Polygon": lambda found: [found], "MultiPolygon": list}[geometry["type"]](geometry["coordinates"])
        rings = tuple(tuple((float(x), float(y)) for x, y, *_ in ring) for polygon in polygons for ring in polygon)
        if not rings or any(not (-180 <= x <= 180 and -90 <= y <= 90) for ring in rings for x, y in ring):
            raise ValueError(f"{feature['properties']['unit_code']} is not in longitude and latitude")
        yield str(feature["properties"]["unit_code"]), rings
