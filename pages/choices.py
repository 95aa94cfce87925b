"""What can be chosen on a page: programmes, periods, provinces, and the unit that a code means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pages import errors
from pages.language import Text
from pages.layout import Field
from pages.view import View
from warehouse import catalogue, clock
from warehouse.catalogue import Period, Programme

Row = dict[str, Any]

PROVINCES = """
select unit_code, unit_name from marts.dim_org_unit
where unit_level = 'province' and is_latest_version and valid_to > %(since)s order by unit_code, valid_from
"""

UNITS_WITH_CODE = """
select unit_id, unit_code, unit_name, unit_type, unit_level, valid_from, valid_to, parent_id, province_id,
    current_unit_id, has_single_successor, is_current
from marts.dim_org_unit
where unit_code = %(code)s and is_latest_version order by valid_from desc
"""

NAMES = """
select distinct on (unit_code) unit_code, unit_name from marts.dim_org_unit
where unit_code = any(%(codes)s) and is_latest_version order by unit_code, valid_from desc
"""

NAMES_OF_UNITS = """
select unit_id, unit_name from marts.dim_org_unit where unit_id = any(%(units)s) and is_latest_version
"""

MADE_UP_REPORT = """
select exists (
    select from marts.dim_submission as submission
    where is_made_up and {programme} and {unit})
"""
OF_UNIT = """exists (
    select from marts.bridge_org_unit_ancestor as above
    where above.unit_id = submission.unit_id and above.ancestor_code = %(unit)s)"""

ALL_PROGRAMMES = Text("Mọi chương trình", "All programmes")
NO_PROGRAMME = Text("Không có chương trình «{code}».", "There is no programme “{code}”.")
NO_UNIT = Text("Không có đơn vị mã «{code}».", "There is no unit with the code “{code}”.")
NO_PROVINCE = Text("Mã «{code}» không phải của một tỉnh.", "“{code}” is no code of a province.")
NO_INDICATOR = Text("Chương trình này không có chỉ tiêu «{code}».", "This programme has no indicator “{code}”.")
PROGRAMME = Text("Chương trình", "Programme")
PERIOD = Text("Kỳ báo cáo", "Period")
UNIT = Text("Mã hoặc tên đơn vị", "Code or name of a unit")
UNIT_HINT = Text("ví dụ: 07228 hoặc Đa Mai", "such as 07228 or Đa Mai")


MOST_PERIODS = 12
"""Periods side by side: a year of months. More is wider than a screen or a sheet of paper."""
OTHER_PERIODS = Text(
    "Bảng có nhiều nhất {most} kỳ, đến {until}. Chọn kỳ khác để xem các kỳ còn lại; tệp tải về có đủ.",
    "At most {most} periods, up to {until}. Choose another for the rest; a download has all.",
)
UNTIL = {
    0: Text("kỳ đã chọn", "the chosen one"),
    1: Text("kỳ liền sau kỳ đã chọn", "the one after the chosen one"),
}


def unit_field(code: str) -> Field:
    """A unit, written as its code or its name."""
    return Field("unit", UNIT, code, hint=UNIT_HINT)


@dataclass(frozen=True)
class Chosen:
    """A programme with one of its periods, and all of them."""

    programme: Programme
    period: Period
    periods: tuple[Period, ...]
    programmes: tuple[Programme, ...]

    def fields(self) -> list[Field]:
        """The two choices of the form."""
        from pages import terms

        names = [(each.programme_code, each.name_vi) for each in self.programmes]
        periods = [(each.period, terms.period(each.period)) for each in self.periods]
        return [
            Field("programme", PROGRAMME, self.programme.programme_code, names),
            Field("period", PERIOD, self.period.period, periods),
        ]

    def begun(self, view: View, ahead: int = 0) -> list[str]:
        """The periods whose data window has begun, and so many after them."""
        today = (view.as_of or clock.now()).date()
        begun = sum(each.data_from <= today for each in self.periods)
        return [each.period for each in self.periods[: begun + ahead]]

    def side_by_side(self, periods: Sequence[str], view: View, ahead: int = 0) -> tuple[list[str], list[Text]]:
        """Of the periods the newest until the chosen one, and so many after it; and a note where there are more.

        A download has all.
        """
        notes = [OTHER_PERIODS.fill(most=MOST_PERIODS, until=UNTIL[ahead])] if len(periods) > MOST_PERIODS else []
        if view.get("format"):
            return list(periods), notes
        until = {each.period for each in self.periods[: self.periods.index(self.period) + 1 + ahead]}
        return [period for period in periods if period in until][-MOST_PERIODS:], notes

    @property
    def keys(self) -> dict[str, str]:
        return {"programme": self.programme.programme_code, "period": self.period.period}


def programme_and_period(connection: psycopg.Connection, view: View, preferred: Sequence[str] = ()) -> Chosen:
    """Those of the address; without a programme the first that runs, without one of its periods the newest begun.

    preferred: programmes that go before others where the address names none.

    Raises PageError for a programme that there is not.
    """
    programmes = tuple(catalogue.programmes(connection))
    programme = _programme(programmes, view.get("programme"), preferred)
    periods = tuple(catalogue.periods(connection, programme.programme_code))
    today = (view.as_of or clock.now()).date()
    begun = [each for each in periods if each.data_from <= today] or list(periods)
    found = next((each for each in periods if each.period == view.get("period")), begun[-1])
    return Chosen(programme, found, periods, programmes)


def _programme(programmes: tuple[Programme, ...], code: str | None, preferred: Sequence[str]) -> Programme:
    if code is None:
        today = clock.now().date()
        known = [each for each in programmes if each.programme_code in preferred] or programmes
        return next((each for each in known if each.starts_on <= today <= each.ends_on), known[0])
    for each in programmes:
        if each.programme_code == code:
            return each
    raise errors.not_found(NO_PROGRAMME.fill(code=code))


def made_up_notices(connection: psycopg.Connection, programme: str | None, unit: str | None) -> list[Text]:
    """What a page about reports says first, where one of the programme and below the unit is made up."""
    from pages import terms

    query = MADE_UP_REPORT.format(
        programme="submission.programme_code = %(programme)s" if programme else "true", unit=OF_UNIT if unit else "true"
    )
    row = connection.execute(query.encode(), {"programme": programme, "unit": unit}).fetchone()
    return [terms.MADE_UP_REPORTS] if row and row[0] else []


def provinces(connection: psycopg.Connection) -> list[Row]:
    """Code and name of the provinces of today."""
    today = clock.now().date()
    return connection.cursor(row_factory=dict_row).execute(PROVINCES, {"since": today}).fetchall()


def units_with_code(connection: psycopg.Connection, code: str) -> list[Row]:
    """The units that have or had a code, the newest first. Raises PageError for a code that none ever had."""
    rows = connection.cursor(row_factory=dict_row).execute(UNITS_WITH_CODE, {"code": code}).fetchall()
    if not rows:
        raise errors.not_found(NO_UNIT.fill(code=code))
    return rows


def require_province(connection: psycopg.Connection, code: str) -> None:
    """Raises PageError for a code that no province ever had."""
    if "province" not in {row["unit_level"] for row in units_with_code(connection, code)}:
        raise errors.not_found(NO_PROVINCE.fill(code=code))


def names(connection: psycopg.Connection, codes: Sequence[str]) -> dict[str, str]:
    """The name of the newest unit with each code."""
    rows = connection.execute(NAMES, {"codes": list(codes)}).fetchall()
    return dict(rows)


def names_of_units(connection: psycopg.Connection, unit_ids: Sequence[str]) -> dict[str, str]:
    """The newest name of each unit, by unit_id."""
    return dict(connection.execute(NAMES_OF_UNITS, {"units": list(unit_ids)}).fetchall())


def require_indicator(connection: psycopg.Connection, programme: str, code: str) -> None:
    """Raises PageError for an indicator that the programme does not have."""
    if code not in {each.indicator_code for each in catalogue.indicators(connection, programme)}:
        raise errors.not_found(NO_INDICATOR.fill(code=code))
