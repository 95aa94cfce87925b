"""A programme with many periods: a year side by side in the reporting calendar and in the figures of a unit."""

from datetime import date

import pytest

from pages.calendar.page import _calendar
from pages.choices import Chosen
from pages.progress import tables
from pages.progress.data import Progress
from pages.view import View
from warehouse.catalogue import Period, Programme

MONTHS = [f"{2026 + month // 12}-{month % 12 + 1:02}" for month in range(30)]
PERIODS = tuple(
    Period("thang", month, "owed", date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{month}-28"))
    for month in MONTHS
)
PROGRAMME = Programme("thang", "Giả định", "", "24", date(2026, 1, 1), date(2028, 12, 31), "month", "", "")
REPORT = {"unit_id": "1", "unit_code": "07228", "unit_name": "Phường giả định", "agency_code": "UBND"}
OWED = [
    REPORT | {"period": month, "status": "on_time", "last_on_time_on": None, "days_late": 0, "agency_name": None}
    for month in MONTHS
]


@pytest.fixture(autouse=True)
def in_march_2028(monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "2028-03-10T08:00:00+07:00")


def shown(chosen: str, **address: str) -> list[str]:
    period = PERIODS[MONTHS.index(chosen)]
    view = View("/lich-bao-cao", address)
    table = _calendar(OWED, Chosen(PROGRAMME, period, PERIODS, (PROGRAMME,)), view).table
    assert table is not None and all(len(row) == len(table.columns) for row in table.rows)
    return [column.name for column in table.columns[2:]]


def test_the_year_before_the_chosen_period_and_the_one_after_it():
    assert shown("2028-03") == MONTHS[MONTHS.index("2027-05") : MONTHS.index("2028-04") + 1]
    assert shown("2026-12") == MONTHS[1:13]
    assert shown("2026-01") == MONTHS[:2]


def test_a_period_that_has_not_begun_shows_no_more_than_the_next():
    assert shown("2028-06")[-1] == "2028-04"


def test_a_download_has_every_begun_period_and_the_next():
    assert shown("2026-12", format="csv") == MONTHS[: MONTHS.index("2028-04") + 1]


def test_that_there_are_others_is_said_and_nothing_where_there_are_none():
    many = _calendar(OWED, Chosen(PROGRAMME, PERIODS[0], PERIODS, (PROGRAMME,)), View("/x"))
    few = _calendar(OWED[:3], Chosen(PROGRAMME, PERIODS[2], PERIODS[:3], (PROGRAMME,)), View("/x"))
    assert (len(many.texts), len(few.texts)) == (1, 0)


def test_the_figures_of_a_unit_are_those_of_the_year_until_the_chosen_period():
    until = tuple(MONTHS[:20])
    chosen = Chosen(PROGRAMME, PERIODS[19], PERIODS, (PROGRAMME,))
    for address, months in (({}, until[-12:]), ({"format": "xlsx"}, until)):
        section = tables.each_period(Progress([], {}, until), chosen, View("/don-vi", address))
        assert section.table is not None and [column.name for column in section.table.columns[2:]] == list(months)
        assert len(section.texts) == 1
