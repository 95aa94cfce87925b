"""The matrix of a whole province: its first page is small, and every figure is on one of its pages."""

import csv
import re
from decimal import Decimal

from pages import ordering, rendering, view
from pages.language import Text
from pages.layout import Field, Page, Section
from pages.matrix import page as matrix
from pages.view import View
from warehouse.catalogue import DBT_PROJECT, Indicator

PROGRAMME = "bacninh-2026-2030"
MOST_BYTES = 150_000


def indicators() -> list[Indicator]:
    with (DBT_PROJECT / "seeds" / "catalogue" / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["programme_code"] == PROGRAMME]
    known = Indicator.__dataclass_fields__
    return [Indicator(**{name: row.get(name) for name in known if name != "measures"}, measures={}) for row in rows]


def made_up_figures(codes: list[str]) -> list[matrix.Row]:
    """99 communes with a figure and a verdict for each indicator."""
    return [
        {
            "unit_id": f"{unit:05}@start", "unit_code": f"{unit:05}", "unit_level": "commune",
            "unit_name": f"Phường Ví dụ số {unit}", "period": "2026", "indicator_code": code, "measure": "rate",
            "value": Decimal(900 + unit) / 10, "value_low": Decimal(900 + unit) / 10,
            "value_high": Decimal(900 + unit) / 10, "low_closed": True, "high_closed": True, "is_made_up": True,
            "hard_min": 0, "hard_max": 100, "verdict": "met" if unit % 2 else "not_met", "is_exceeded": False,
            "target_year": 2030, "comparator": "≥", "target_low": Decimal(95), "target_high": None,
            "milestone": None,
        }
        for unit in range(7000, 7099)
        for code in codes
    ]  # fmt: skip


def of_province(address: View) -> Page:
    return matrix.page_of(
        Text("Tỉnh Ví dụ", "An example"), Text("", ""), made_up_figures([each.indicator_code for each in indicators()]),
        indicators(), [Field("unit", Text("", ""), "24")], address,
    )  # fmt: skip


def html(**query: str) -> str:
    address = view.read("/bang-tong-hop", {"unit": "24", "programme": PROGRAMME, "period": "2026", **query})
    return rendering.html(ordering.ordered(of_province(address), address), address)


def test_the_first_page_of_a_province_is_small_for_any_goal():
    sizes = {goal: len(html(goal=goal).encode()) for goal in ("", "1", "2", "3", "4", "all")}
    assert max(sizes.values()) <= MOST_BYTES


def test_the_goals_together_show_every_figure_and_a_download_has_all_of_them():
    pattern = re.compile(r"indicator=([\w.]+)&amp;unit=(\d+)")
    pages = [{"goal": goal, "page": page} for goal in ("1", "2", "3", "4") for page in ("1", "2", "3")]
    shown = [set(pattern.findall(html(**each))) for each in pages]
    everything = {(each.indicator_code, f"{unit:05}") for each in indicators() for unit in range(7000, 7099)}

    assert set().union(*shown) == everything
    assert sum(map(len, shown)) == len(everything)
    address = view.read("/bang-tong-hop", {"table": "commune", "format": "csv"})
    assert len(of_province(address).tables["commune"].columns) == 2 + 33


def test_a_column_that_the_address_sorts_by_is_on_the_page():
    assert 'aria-sort="descending"' in html(sort="-commune.i_22")
    assert "i_22" in html(sort="-commune.i_22") and "i_22" not in html()


def test_a_verdict_is_a_word_and_a_sign_that_the_page_has_once():
    text = html()
    assert text.count('id="s-met"') == text.count('id="s-unmet"') == 1
    assert text.count('href="#s-met"') + text.count('href="#s-unmet"') == 40 * 12
    assert text.count("chưa đạt") >= 20 * 12
    assert isinstance(of_province(view.read("/bang-tong-hop", {})).sections[0], Section)
