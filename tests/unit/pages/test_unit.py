"""The page of a unit that has reported for years: what is newest, and everything in a download."""

from pages.units.page import MOST_REPORTS, _newest
from pages.view import View

REPORTS = [{"period": number} for number in range(MOST_REPORTS + 1)]


def test_a_page_shows_the_newest_reports_and_that_there_are_others():
    shown, notes = _newest(REPORTS, View("/don-vi", {}))
    assert (shown, len(notes)) == (REPORTS[:-1], 1)


def test_what_is_not_too_much_is_shown_whole():
    assert _newest(REPORTS[1:], View("/don-vi", {})) == (REPORTS[1:], [])


def test_a_download_has_every_report():
    assert _newest(REPORTS, View("/don-vi", {"format": "csv"})) == (REPORTS, [])
