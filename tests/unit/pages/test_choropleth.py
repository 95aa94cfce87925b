"""The map: outlines that neighbours share stay together, small enough for a page, and nothing without the islands."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from pages.indicators import boundaries, choropleth
from pages.indicators.boundaries import Boundaries
from pages.language import Text
from pages.layout import Tile
from tests.integration import made_up_boundaries

LABEL = Text("Bản đồ", "Map")
CODES = [f"{code:05}" for code in range(1000, 1099)]


def tiles(codes: list[str]) -> dict[str, Tile]:
    signs = {0: ("met", "Đạt"), 1: ("unmet", "chưa đạt"), 2: ("none", "chưa có số liệu")}
    return {code: Tile(f"Ví dụ {code}", "97", *signs[at % 3], "/don-vi") for at, code in enumerate(codes)}


def supplied(path: Path, monkeypatch: pytest.MonkeyPatch) -> Boundaries | None:
    monkeypatch.setenv("BAOCAO_BOUNDARIES", str(path))
    return boundaries.supplied()


def points(outline: str) -> set[tuple[int, int]]:
    """The corners of an outline."""
    found, at = set(), (0, 0)
    for start, steps in re.findall(r"M(\S+ \S+?)l([^z]*)z", outline):
        at = tuple(map(int, start.split()))
        found.add(at)
        numbers = list(map(int, re.findall(r"-?\d+", steps)))
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            at = (at[0] + dx, at[1] + dy)
            found.add(at)
    return found


def feature(geometry: dict[str, Any] | None) -> str:
    return json.dumps({"features": [{"properties": {"unit_code": "1"}, "geometry": geometry}]})


def test_a_square_is_drawn_true_to_scale_with_its_pattern_and_says_what_it_is(tmp_path, monkeypatch):
    found = supplied(made_up_boundaries.write(tmp_path / "b.json", ["00001", "00002"], detail=1), monkeypatch)
    drawn = choropleth.draw(tiles(["00001", "00002"]), found, LABEL)

    assert [(area.shape, area.title.vi) for area in drawn.areas] == [
        ("met", "Ví dụ 00001: 97, Đạt"),
        ("unmet", "Ví dụ 00002: 97, chưa đạt"),
    ]
    upper, lower = (points(area.path) for area in drawn.areas[::-1])  # 0.1° each, north above
    assert upper == {(0, 0), (498, 0), (498, 500), (0, 500)}
    assert lower == {(0, 500), (498, 500), (498, 1000), (0, 1000)}
    assert [(key.shape, key.count) for key in drawn.keys] == [("met", 1), ("unmet", 1)]
    assert [inset.name for inset in drawn.insets] == ["Hoàng Sa", "Trường Sa"]


def test_however_detailed_a_file_is_the_map_stays_small_and_neighbours_share_their_edges(tmp_path, monkeypatch):
    path = made_up_boundaries.write(tmp_path / "b.json", CODES, detail=400)
    drawn = choropleth.draw(tiles(CODES), supplied(path, monkeypatch), LABEL)

    assert path.stat().st_size > 3_000_000
    assert sum(len(area.path) for area in drawn.areas) <= choropleth.MOST_BYTES
    assert len(drawn.areas) == 99 and drawn.resolution < 1000
    shared = [
        len(points(one.path) & points(other.path)) for one, other in zip(drawn.areas, drawn.areas[1:], strict=False)
    ]
    assert sum(count >= 2 for count in shared) > 80


@pytest.mark.parametrize("islands", [(), ("20333",), ("22736",)])
def test_without_both_archipelagos_there_is_no_map(tmp_path, monkeypatch, islands):
    found = supplied(made_up_boundaries.write(tmp_path / "b.json", CODES, islands), monkeypatch)

    assert len(found.missing_islands) == 2 - len(islands)
    assert choropleth.draw(tiles(CODES), found, LABEL) is None


def test_an_archipelago_that_is_a_unit_of_the_page_has_its_verdict_in_its_own_frame(tmp_path, monkeypatch):
    found = supplied(made_up_boundaries.write(tmp_path / "b.json", CODES[:3]), monkeypatch)
    drawn = choropleth.draw(tiles([*CODES[:2], "20333"]), found, LABEL)

    assert len(drawn.areas) == 2
    assert [inset.area.shape for inset in drawn.insets] == ["none", ""]
    assert drawn.insets[0].area.title.vi == "Ví dụ 20333: 97, chưa có số liệu"
    assert sum(key.count for key in drawn.keys) == 3


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        "{}",
        feature({"type": "Point", "coordinates": [1, 2]}),
        feature(None),
        feature({"type": "Polygon", "coordinates": [[[500000, 2000000], [500001, 2000000]]]}),
    ],
    ids=["text", "list", "nothing in it", "a point", "no geometry", "metres"],
)
def test_a_file_that_is_none_of_boundaries_is_not_used_and_the_log_says_why(tmp_path, monkeypatch, caplog, content):
    (tmp_path / "b.json").write_text(content)
    with caplog.at_level(logging.WARNING):
        assert supplied(tmp_path / "b.json", monkeypatch) is None
        assert supplied(tmp_path / "not-there.json", monkeypatch) is None
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["BAOCAO_BOUNDARIES is not used"] * 2


def test_a_file_that_was_replaced_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "b.json"
    assert "00009" not in supplied(made_up_boundaries.write(path, CODES[:2]), monkeypatch).shapes
    assert "00009" in supplied(made_up_boundaries.write(path, [*CODES[:2], "00009"]), monkeypatch).shapes
