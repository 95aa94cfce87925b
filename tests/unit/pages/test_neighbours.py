"""The place of a unit among its neighbours: counted right, naming nobody, without small counts of others."""

from decimal import Decimal

from pages import charts
from pages.language import Text
from pages.units import neighbours

OWN = "07228@2025-07-01"


def rows(values: list[int], own: int, *, direction: str = "up", small: int = 0, is_sensitive: bool = False) -> list:
    """Other units, this one, and so many more whose count is small."""

    def row(unit: str, value: int, numerator: int) -> dict:
        return {
            "indicator_code": "5.1", "indicator_name": "Tỷ lệ tiêm chủng", "measure": "rate", "unit_id": unit,
            "value": Decimal(value), "numerator": Decimal(numerator), "base": Decimal(500),
            "is_sensitive": is_sensitive, "direction": direction,
        }  # fmt: skip

    others = [row(f"{at}@start", value, 50) for at, value in enumerate(values)]
    return [*others, *(row(f"s{at}@start", 1, 3) for at in range(small)), row(OWN, own, 50)]


def test_the_place_counts_from_the_better_end_and_the_table_has_what_the_dots_show():
    (line,) = neighbours.section(rows([90, 95, 80, 97, 85], 92), OWN).table.rows
    (down,) = neighbours.section(rows([90, 95, 80, 97, 85], 92, direction="down"), OWN).table.rows

    assert [cell.value for cell in line[1:6]] == [Decimal(92), 3, Decimal(80), Decimal(91), Decimal(97)]
    assert down[2].text.vi == "4/6"
    assert len(line[6].chart.others) == 5
    assert line[6].chart.label.vi == "5 đơn vị khác, từ 80 đến 97; đơn vị này 92"


def test_small_counts_of_others_are_neither_drawn_nor_counted_and_few_units_are_not_compared():
    hidden = neighbours.section(rows([90, 95, 80, 97, 85], 92, small=3, is_sensitive=True), OWN).table
    assert [cell.value for cell in hidden.rows[0][2:4]] == [None, Decimal(80)]
    assert hidden.rows[0][2].note == neighbours.LEFT_OUT.fill(count=3)
    assert len(hidden.rows[0][6].chart.others) == 5
    assert neighbours.section(rows([90, 95, 80, 97], 92), OWN).table.rows == []
    assert neighbours.section(rows([90, 95, 80, 97], 92, small=3, is_sensitive=True), OWN).table.rows == []


def test_equal_values_are_above_each_other_within_the_picture():
    drawn = charts.draw_dots([Decimal(5)] * 4 + [Decimal(9)], Decimal(1), Text("", ""))

    assert len(drawn.others) == 5
    assert len({x for x, _ in drawn.others}) == 2
    assert all(0 < float(y) < charts.HEIGHT and 0 < float(x) < charts.WIDTH for x, y in drawn.others)
    crowd = charts.draw_dots([Decimal(5)] * 400, Decimal(5), Text("", ""))
    assert len(crowd.others) < 10
