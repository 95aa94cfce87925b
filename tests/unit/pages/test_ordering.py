"""The order of a table: numbers by size, Vietnamese names as a Vietnamese list has them, nothing known at the end."""

from datetime import date
from decimal import Decimal

import pytest

from pages import errors, ordering
from pages.language import Text
from pages.layout import Page, Section
from pages.tables import EMPTY, Cell, Column, Table
from pages.view import View


def page(cells: list[Cell], groups: list[str] | None = None) -> Page:
    columns = (Column("unit", Text("Đơn vị", "Unit")),)
    table = Table("t", Text("Bảng", "Table"), columns, [(cell,) for cell in cells], Text("", ""), groups=groups or [])
    return Page(Text("", ""), sections=[Section("s", Text("", ""), table=table)])


def shown(cells: list[Cell], sort: str, groups: list[str] | None = None) -> list[str]:
    found = ordering.ordered(page(cells, groups), View("/x", {"sort": sort})).tables["t"]
    return [str(cell.text) for (cell,) in found.rows]


def names(*given: str) -> list[Cell]:
    return [Cell(name) for name in given]


def test_names_are_in_the_order_of_the_vietnamese_alphabet():
    right = [
        "An Lạc",
        "Ân Hòa",
        "Ba Đình",
        "Bá Hiến",
        "Cầu Giấy",
        "Dương Đức",
        "Đá Bạc",
        "Đa Mai",
        "Ea Kar",
        "Yên Định",
    ]
    assert shown(names(*reversed(right)), "t.unit") == right
    assert shown(names(*right), "-t.unit") == right[::-1]


def test_a_tone_decides_only_where_the_letters_are_equal():
    right = ["Hoa An", "Hòa An", "Hỏa An", "Hoa Bình", "Hòa Bình"]
    assert shown(names(*reversed(right)), "t.unit") == right


def test_numbers_in_names_count_by_their_size():
    assert shown(names("Phường 10", "Phường 9", "Phường 2"), "t.unit") == ["Phường 2", "Phường 9", "Phường 10"]


def test_numbers_and_days_go_by_what_they_are_and_what_is_not_known_stays_at_the_end():
    numbers = [Cell("9", value=Decimal(9)), EMPTY, Cell("1.000", value=1000), Cell("12,5", value=Decimal("12.5"))]
    assert shown(numbers, "t.unit") == ["9", "12,5", "1.000", "–"]
    assert shown(numbers, "-t.unit") == ["1.000", "12,5", "9", "–"]
    days = [Cell(f"{each:%d/%m/%Y}", value=each) for each in (date(2026, 12, 1), date(2027, 1, 5), date(2026, 2, 28))]
    assert shown(days, "t.unit") == ["28/02/2026", "01/12/2026", "05/01/2027"]


def test_rows_stay_in_their_group_and_groups_in_the_order_of_the_plan():
    assert shown(names("c", "a", "b", "d"), "t.unit", ["2", "2", "1", "1"]) == ["a", "c", "b", "d"]


@pytest.mark.parametrize("sort", ["t.nothing", "other.unit", "unit", "-"])
def test_what_is_no_column_is_not_found(sort):
    with pytest.raises(errors.PageError) as refused:
        ordering.ordered(page(names("a")), View("/x", {"sort": sort}))
    assert refused.value.status == 404


def test_a_heading_goes_up_then_down_then_back_to_the_plan():
    first = ordering.next_order(None, "t", "unit")
    second = ordering.next_order(first, "t", "unit")
    assert (first, second, ordering.next_order(second, "t", "unit")) == ("t.unit", "-t.unit", None)
    assert [ordering.direction(each, "t", "unit") for each in (None, first, second)] == [
        None,
        "ascending",
        "descending",
    ]
