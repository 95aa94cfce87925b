"""Which days offices work: the library's holidays, the week, and the overrides of the catalogue."""

import pytest

from warehouse import database

pytestmark = pytest.mark.usefixtures("catalogue")


def works(*days: str) -> dict[str, bool]:
    query = "select day::text, is_working from intermediate.int_calendar_days__numbered where day = any(%s::date[])"
    with database.connect() as connection:
        return dict(connection.execute(query, [list(days)]).fetchall())


def working_day_after(day: str, number: int) -> str:
    query = (
        "select min(later.day)::text from intermediate.int_calendar_days__numbered as counted "
        "join intermediate.int_calendar_days__numbered as later on later.working_day_no = counted.working_day_no + %s "
        "where counted.day = %s"
    )
    with database.connect() as connection:
        return connection.execute(query, [number, day]).fetchone()[0]


def off_from(first: str, last: str) -> list[str]:
    query = (
        "select day::text from intermediate.int_calendar_days__numbered "
        "where day between %s and %s and not is_working order by day"
    )
    with database.connect() as connection:
        return [day for (day,) in connection.execute(query, [first, last])]


def test_the_last_day_before_30_november_2026_is_a_sunday():
    assert works("2026-11-28", "2026-11-29", "2026-11-30") == {
        "2026-11-28": False,
        "2026-11-29": False,
        "2026-11-30": True,
    }


def test_tet_2027_is_off_from_thursday_4_to_wednesday_10_february():
    assert off_from("2027-02-03", "2027-02-11") == [f"2027-02-{day:02}" for day in range(4, 11)]
    assert working_day_after("2027-02-03", 1) == "2027-02-11"


def test_tet_2028_is_off_from_saturday_22_to_sunday_30_january():
    """The holidays are 24 to 29 January; weekends lie on both sides."""
    assert off_from("2028-01-21", "2028-01-31") == [f"2028-01-{day:02}" for day in range(22, 31)]
    assert working_day_after("2028-01-21", 1) == "2028-01-31"


def test_a_swapped_day_is_off_and_its_saturday_is_worked():
    """2 January 2026 was swapped for Saturday 10 January, 31 August for Saturday 22 August."""
    assert works("2026-01-02", "2026-01-10", "2026-08-31", "2026-08-22") == {
        "2026-01-02": False,
        "2026-01-10": True,
        "2026-08-31": False,
        "2026-08-22": True,
    }
    assert working_day_after("2026-01-01", 1) == "2026-01-05"
    assert working_day_after("2026-01-09", 1) == "2026-01-10"


def test_working_days_after_a_deadline_leave_out_weekends_and_holidays():
    """Three and seven working days after Friday 27 November 2026; the new day of culture, 24 November, is before it."""
    assert working_day_after("2026-11-27", 3) == "2026-12-02"
    assert working_day_after("2026-11-27", 7) == "2026-12-08"
    assert works("2026-11-24") == {"2026-11-24": False}
