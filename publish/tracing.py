"""From a published figure down to the files, sheets and cells that it is made of."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish.progress import require_unit
from warehouse import catalogue
from warehouse.errors import WrongCall

PARTS = """
with reached as (
    select unit_id from intermediate.int_org_units__identified where unit_code = %(unit)s
    union
    select unit_id from intermediate.int_org_units__placed where place_code = %(unit)s
)
select told.unit_code, told.agency_code, told.measure, told.known_from,
       told.n_low, told.n_high, told.d_low, told.d_high, told.value_status, told.has_parts as is_added_up,
       line.numerator_raw, line.denominator_raw, line.value_raw,
       file.file_name, submission.sheet, line.row_no, submission.part_columns, file.sha256, file.archive_uri,
       submission.submission_id, submission.submission_type, submission.is_made_up, verdict.rules_version
from intermediate.int_values__versioned as told
join raw.line as line using (line_id)
join raw.submission as submission on submission.submission_id = told.submission_id
join raw.file as file on file.sha256 = submission.sha256
join ops.submission_verdict as verdict on verdict.submission_id = told.submission_id
where told.programme_code = %(programme)s and told.indicator_code = %(indicator)s and told.period = %(period)s
    and told.known_to = 'infinity' and told.is_primary
    and told.unit_id in (select unit_id from reached)
    and (told.is_owed and told.feeds_rollup or not exists (
        select 1 from intermediate.int_reports__expected as expected
        where expected.programme_code = told.programme_code and expected.period = told.period
            and expected.unit_code = %(unit)s))
order by told.unit_code, told.agency_code
"""


def parts(
    connection: psycopg.Connection, programme: str, indicator: str, unit: str, period: str
) -> list[dict[str, Any]]:
    """One row per line that a unit's figure is made of: the reports below it, or its own where none is owed there.

    Each with its text as received, the file's name and sha256, where it stands (see `place`), and whether it is
    added up: a bare percentage is not. Raises WrongCall for a programme, period, indicator or unit that is not there.
    """
    catalogue.period(connection, programme, period)
    if indicator not in {known.indicator_code for known in catalogue.indicators(connection, programme)}:
        raise WrongCall(f"{programme} has no indicator {indicator}.")
    require_unit(connection, unit)
    values = {"programme": programme, "indicator": indicator, "unit": unit, "period": period}
    rows = connection.cursor(row_factory=dict_row).execute(PARTS, values).fetchall()
    return [row | {"place": place(row)} for row in rows]


def place(row: dict[str, Any]) -> str:
    """ "Báo cáo!D14:F14" in a workbook, "dòng 14" in a CSV file."""
    if not row["sheet"]:
        return f"dòng {row['row_no']}"
    columns = sorted(row["part_columns"].values())
    cells = [f"{column}{row['row_no']}" for column in dict.fromkeys((columns[0], columns[-1]))] if columns else []
    return f"{row['sheet']}!{':'.join(cells)}"
