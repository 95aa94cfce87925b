"""A tile for every unit of the lowest level, in the order of the codes; above it a map, if boundaries are supplied."""

from collections.abc import Collection, Sequence

from pages.indicators import choropleth
from pages.indicators.boundaries import Boundaries
from pages.indicators.data import Row
from pages.language import Shown, Text
from pages.layout import Section, Tile
from pages.progress import cells
from pages.view import View

MOST = 400
"""More tiles than these, of a whole nation, are no picture any more; the table below has them."""

HOW_TO_READ = Text(
    "Mỗi ô là một đơn vị, xếp theo mã. Đây không phải bản đồ: phần mềm không kèm ranh giới. Dấu là đánh giá, như trong "
    "bảng bên dưới.",
    "A tile is a unit, by the order of codes. It is no map, since no boundaries are shipped. The sign is the verdict, "
    "as in the table below.",
)
NO_FIGURE = Text("chưa có số liệu", "no figure")
MAP = Text(
    "Bản đồ các đơn vị theo đánh giá; lưới bên dưới có từng đơn vị", "Map of units by verdict; the grid has each"
)
HEADING = Text("Bản đồ", "Map")
SUPPLIED = Text(
    "Ranh giới do người vận hành cung cấp ({source}), phần mềm không kèm ranh giới. Hoa văn là đánh giá.",
    "The operator supplied the boundaries ({source}); none are shipped. The pattern is the verdict.",
)
MADE_UP = Text("RANH GIỚI GIẢ ĐỊNH – không phải ranh giới thật.", "MADE-UP BOUNDARIES – not real ones.")
NOT_DRAWN = Text("Không có trong tệp ranh giới: {names}.", "Not in the file of boundaries: {names}.")
NONE_OF_THEM = Text(
    "Tệp ranh giới không có đơn vị nào của trang này.", "The file of boundaries has no unit of this page."
)
TOO_DETAILED = Text(
    "Ranh giới được cung cấp quá chi tiết cho một trang, nên không vẽ bản đồ: người vận hành cần đơn giản hóa tệp.",
    "The supplied boundaries have too much detail for a page, so there is no map: the operator has to simplify them.",
)
WITHOUT_ISLANDS = Text(
    "Tệp ranh giới được cung cấp thiếu quần đảo {names}, nên không vẽ bản đồ.",
    "The supplied file of boundaries lacks {names}, so no map is drawn.",
)


def sections(
    units: Sequence[Row],
    missing: Sequence[Row],
    view: View,
    keys: dict[str, str],
    boundaries: Boundaries | None = None,
    today: Collection[str] = (),
) -> list[Section]:
    """units: rows with a figure, missing: reports that lack it. None where there are too few or too many units.

    today: the unit_ids of units that there still are, whose codes the boundaries mean.
    """
    level = next((each for each in ("commune", "district") if _of(units, each) or _of(missing, each)), "")
    rows = {row["unit_id"]: row for row in (*_of(missing, level), *_of(units, level))}
    tiles = {unit: _empty(row, view, keys) for unit, row in _rows(missing, level)}
    tiles |= {unit: _tile(row, view, keys) for unit, row in _rows(units, level)}
    if not 1 < len(tiles) <= MOST:
        return []
    grid = Section(
        "luoi", Text("Lưới đơn vị", "Grid of units"), [HOW_TO_READ], tiles=[tile for _, tile in sorted(tiles.items())]
    )
    if boundaries is None:
        return [grid]
    by_code = {rows[unit]["unit_code"]: tile for unit, tile in sorted(tiles.items()) if unit in today}
    return [_map_section(by_code, boundaries), grid] if by_code else [grid]


def _map_section(tiles: dict[str, Tile], boundaries: Boundaries) -> Section:
    if boundaries.missing_islands:
        return Section("ban-do", HEADING, [WITHOUT_ISLANDS.fill(names=", ".join(boundaries.missing_islands))])
    drawn = choropleth.draw(tiles, boundaries, MAP)
    if drawn is None:
        is_there = any(code in boundaries.shapes for code in tiles)
        return Section("ban-do", HEADING, [TOO_DETAILED if is_there else NONE_OF_THEM])
    lacking = [str(tile.name) for code, tile in tiles.items() if code not in boundaries.shapes]
    texts: list[Shown] = [MADE_UP] if boundaries.is_made_up else []
    texts.append(SUPPLIED.fill(source=boundaries.source))
    if lacking:
        texts.append(NOT_DRAWN.fill(names=", ".join(lacking)))
    return Section("ban-do", HEADING, texts, map=drawn)


def _rows(rows: Sequence[Row], level: str) -> list[tuple[str, Row]]:
    return [(row["unit_id"], row) for row in _of(rows, level)]


def _of(rows: Sequence[Row], level: str) -> list[Row]:
    return [row for row in rows if row["unit_level"] == level]


def _tile(row: Row, view: View, keys: dict[str, str]) -> Tile:
    verdict, value = cells.verdict(row), cells.value(row)
    return Tile(_short(row), value.text, verdict.shape or "none", verdict.text, _link(row, view, keys))


def _empty(row: Row, view: View, keys: dict[str, str]) -> Tile:
    return Tile(_short(row), "–", "none", NO_FIGURE, _link(row, view, keys))


def _short(row: Row) -> str:
    """The name without the kind of unit: Đa Mai of Phường Đa Mai."""
    name = str(row["unit_name"] or row["unit_code"])
    kinds = ("Phường ", "Xã ", "Thị trấn ", "Đặc khu ", "Huyện ", "Quận ", "Thị xã ", "Thành phố ")
    return next((name.removeprefix(kind) for kind in kinds if name.startswith(kind)), name)


def _link(row: Row, view: View, keys: dict[str, str]) -> str:
    return view.link("/don-vi", unit=row["unit_code"], **keys)
