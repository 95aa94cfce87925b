"""Made-up boundaries: a chequerboard in the Atlantic with ragged edges. No coordinate in it is one of Vietnam's."""

import json
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

ISLANDS = ("20333", "22736")


def write(path: Path, codes: Sequence[str], islands: Sequence[str] = ISLANDS, detail: int = 40) -> Path:
    """A square for each code, side by side; detail: points of an edge, which two neighbours share."""
    width = max(1, round(len(codes) ** 0.5))
    features = [_feature(code, _square(at % width, at // width, detail)) for at, code in enumerate(codes)]
    features += [_feature(code, _square(60 + 20 * at, -30, detail)) for at, code in enumerate(islands)]
    document = {"type": "FeatureCollection", "source": "made up for a test", "is_made_up": True, "features": features}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _feature(code: str, ring: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"unit_code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _square(column: int, row: int, detail: int) -> list[list[float]]:
    corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
    ring = [
        point for at in range(4) for point in _edge(corners[at], corners[(at + 1) % 4], detail)[:-1]
    ]  # as far as the next corner
    return [*ring, ring[0]]


def _edge(start: tuple[int, int], end: tuple[int, int], detail: int) -> list[list[float]]:
    """The same points from either side: halves whose middle is moved, half as far each time."""
    first, last = sorted((start, end))
    chance = random.Random(f"{first}{last}")
    points, reach = [(float(first[0]), float(first[1])), (float(last[0]), float(last[1]))], 0.12
    while len(points) <= detail:
        middles = [
            ((ax + bx) / 2 + chance.uniform(-reach, reach), (ay + by) / 2 + chance.uniform(-reach, reach))
            for (ax, ay), (bx, by) in pairwise(points)
        ]
        points = [point for pair in zip(points, [*middles, points[-1]], strict=True) for point in pair][:-1]
        reach /= 2
    points_at = [[-30 + x / 10, 5 + y / 10] for x, y in points]
    return points_at if first == start else points_at[::-1]
