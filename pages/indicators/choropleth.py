"""A map of units as geometry for an inline SVG: an area has its verdict's pattern, so that colour never says it alone.

Points lie on a grid of whole numbers, coarser where the map would be too large for a page: what falls together is one
point, for neighbours alike, so that no gap opens between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from pages.indicators.boundaries import ISLANDS, Boundaries, Point, Rings
from pages.language import LANGUAGES, Shown, Text, render
from pages.layout import Area, Inset, Map, MapKey, Tile

RESOLUTIONS = (1000, 700, 500, 350, 250, 170, 120)
MOST_BYTES = 45_000
"""Of all outlines of a map: a page with its tables stays below 150 kB."""
SHAPES = ("met", "part", "unmet", "none")


@dataclass(frozen=True)
class Frame:
    """What a part of the map shows, onto a square grid: equirectangular, true to scale in its middle."""

    left: float
    top: float
    stretch: float
    scale: float

    @classmethod
    def around(cls, shapes: Iterable[Rings], resolution: int) -> "Frame":
        points = [point for rings in shapes for ring in rings for point in ring]
        lefts, tops = [x for x, _ in points], [y for _, y in points]
        stretch = cos(radians((min(tops) + max(tops)) / 2))
        extent = max((max(lefts) - min(lefts)) * stretch, max(tops) - min(tops)) or 1
        return cls(min(lefts), max(tops), stretch, resolution / extent)

    def at(self, point: Point) -> tuple[int, int]:
        return round((point[0] - self.left) * self.stretch * self.scale), round((self.top - point[1]) * self.scale)


def draw(tiles: Mapping[str, Tile], boundaries: Boundaries, label: Text) -> Map | None:
    """tiles: by the code of a unit of today. None where the file has none of them, lacks an archipelago, or has
    outlines that are too large on the coarsest grid.
    """
    inland = {code: boundaries.shapes[code] for code in tiles if code in boundaries.shapes and code not in ISLANDS}
    if not inland or boundaries.missing_islands:
        return None
    for resolution in RESOLUTIONS:
        drawn = _draw(tiles, inland, boundaries, label, resolution)
        if sum(len(area.path) for area in (*drawn.areas, *(inset.area for inset in drawn.insets))) <= MOST_BYTES:
            return drawn
    return None


def _draw(
    tiles: Mapping[str, Tile], inland: Mapping[str, Rings], boundaries: Boundaries, label: Text, resolution: int
) -> Map:
    frame = Frame.around(inland.values(), resolution)
    insets = []
    for code, name in ISLANDS.items():
        shape = boundaries.shapes[code]
        outline = path(shape, Frame.around([shape], resolution // 4))
        insets.append(Inset(name, _area(tiles[code], outline) if code in tiles else Area("", "", outline)))
    return Map(
        label=label,
        resolution=resolution,
        areas=[_area(tiles[code], path(shape, frame)) for code, shape in inland.items()],
        insets=insets,
        keys=_keys([tiles[code] for code in tiles if code in boundaries.shapes]),
    )


def _area(tile: Tile, outline: str) -> Area:
    title = Text(
        *(f"{render(tile.name, to)}: {render(tile.value, to)}, {render(tile.meaning, to)}" for to in LANGUAGES)
    )
    return Area(tile.shape if tile.shape in SHAPES else "none", title, outline)


def _keys(tiles: Sequence[Tile]) -> list[MapKey]:
    """Each pattern with its meanings, and how many areas have it."""
    keys = []
    for shape in SHAPES:
        own = [tile for tile in tiles if (tile.shape if tile.shape in SHAPES else "none") == shape]
        if own:
            meanings: list[Shown] = list(dict.fromkeys(tile.meaning for tile in own))
            meaning = Text(*(" / ".join(render(each, to) for each in meanings) for to in LANGUAGES))
            keys.append(MapKey(shape, meaning, len(own)))
    return keys


def path(rings: Rings, frame: Frame) -> str:
    """The outline as SVG draws it; a shape that is smaller than the grid is one square of it."""
    outlines = list(filter(None, (_corners([frame.at(point) for point in ring]) for ring in rings)))
    if not outlines:
        x, y = frame.at(rings[0][0])
        return f"M{x} {y}h1v1h-1z"
    return "".join(_outline(ring) for ring in outlines)


def _corners(ring: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without points that say nothing: equal to the one before, or on a straight line. Empty for no area."""
    points: list[tuple[int, int]] = []
    for point in [*ring, *ring[:1]]:
        if points and point == points[-1]:
            continue
        while len(points) > 1 and _is_between(points[-2], points[-1], point):
            points.pop()
        points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points if len(points) > 2 else []


def _is_between(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    (ax, ay), (bx, by) = (middle[0] - first[0], middle[1] - first[1]), (last[0] - middle[0], last[1] - middle[1])
    return ax * by == ay * bx and ax * bx + ay * by >= 0


def _outline(points: Sequence[tuple[int, int]]) -> str:
    steps = [(x - px, y - py) for (px, py), (x, y) in pairwise(points)]
    moves = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{moves}z"
