"""The grid of units: each unit once, by code, those without a figure too."""

from decimal import Decimal

from pages import view
from pages.indicators import tiles


def figure(code: str, level: str = "commune") -> dict:
    return {
        "unit_id": f"{code}@start", "unit_code": code, "unit_name": f"Phường Ví dụ {code}", "unit_level": level,
        "period": "2026", "measure": "rate", "value": Decimal("97.5"), "value_low": Decimal("97.5"),
        "value_high": Decimal("97.5"), "low_closed": True, "high_closed": True, "hard_min": 0, "hard_max": 100,
        "verdict": "met", "is_exceeded": False, "target_year": 2030, "comparator": "≥", "target_low": Decimal(95),
        "target_high": None, "milestone": None,
    }  # fmt: skip


def missing(code: str) -> dict:
    return {"unit_id": f"{code}@start", "unit_code": code, "unit_name": f"Xã Ví dụ {code}", "unit_level": "commune"}


def test_every_unit_of_the_lowest_level_is_a_tile_with_its_sign_and_none_is_twice():
    address = view.read("/chi-tieu", {})
    units = [figure("24", "province"), figure("213", "district"), figure("07300"), figure("07210")]
    (section,) = tiles.sections(units, [missing("07250"), missing("07210")], address, {"period": "2026"})

    assert [(tile.name, tile.shape) for tile in section.tiles] == [
        ("Ví dụ 07210", "met"), ("Ví dụ 07250", "none"), ("Ví dụ 07300", "met"),
    ]  # fmt: skip
    assert section.tiles[1].meaning == tiles.NO_FIGURE
    assert section.tiles[0].href == "/don-vi?unit=07210&period=2026"


def test_one_unit_and_a_whole_nation_are_no_picture():
    address = view.read("/chi-tieu", {})
    assert tiles.sections([figure("07210")], [], address, {}) == []
    assert tiles.sections([figure(f"{code:05}") for code in range(tiles.MOST + 1)], [], address, {}) == []
