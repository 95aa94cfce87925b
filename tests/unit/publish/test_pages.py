"""Where pages begin: with a section, and never inside a group of rows."""

import pytest
from hypothesis import given, strategies

from publish import pages

WIDTHS = [60, 60]
PAGE = (pages.A4[2] - pages.TOP - pages.BOTTOM) * pages.POINTS * pages.SAFETY / pages.scale(WIDTHS) * 100
HEIGHTS = strategies.lists(strategies.lists(strategies.floats(10, 80), min_size=1, max_size=25), min_size=1, max_size=6)


def test_a_sheet_is_printed_as_large_as_its_columns_allow_and_never_enlarged():
    assert pages.scale([10]) == 100
    assert pages.scale([100, 100]) < pages.scale([60, 60]) <= 100
    assert pages.scale([100, 100], pages.A3) > pages.scale([100, 100])


@pytest.mark.parametrize(
    ("sections", "begins"),
    [
        ([[100], [100]], []),
        ([[PAGE - 150], [100]], [(1, 0)]),
        ([[50], [PAGE * 0.6, PAGE * 0.6]], [(1, 1)]),
        ([[PAGE * 0.4], [PAGE * 0.4, PAGE * 0.4]], [(1, 0)]),
    ],
)
def test_a_section_that_does_not_fit_any_more_begins_a_page_and_a_longer_one_is_divided(sections, begins):
    assert pages.starts(sections, WIDTHS, title=100, head=0, closing=0) == begins


def test_signatures_stay_with_the_last_rows():
    assert pages.starts([[PAGE - 150], [20, 30]], WIDTHS, title=50, head=0, closing=80) == [(1, 0)]


@given(HEIGHTS)
def test_no_page_is_fuller_than_paper_and_sections_that_fit_a_page_are_whole(sections):
    begins = pages.starts(sections, WIDTHS, title=100, head=40, closing=90)
    used, fullest = 100.0, 0.0
    for number, groups in enumerate(sections):
        for at, height in enumerate(groups):
            used = height if (number, at) in begins else used + height
            fullest = max(fullest, used)
        fits = sum(groups) + (90 if number == len(sections) - 1 else 0) <= PAGE - 40
        assert not fits or number == 0 or all(at == 0 for section, at in begins if section == number)
    assert fullest <= PAGE - 40
