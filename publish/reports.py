"""The report of a plan as one workbook: its annex table, and before it its score sheet where it scores.

No clock is in it: the same figures, as of the same timestamp with the same catalogue, give the same bytes.
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import psycopg
import xlsxwriter

from publish.annex import data as annex_data
from publish.annex import workbook as annex_workbook
from publish.files import write_atomically
from publish.scores import data as score_data
from publish.scores import workbook as score_workbook
from warehouse import database, wording
from warehouse.as_of import set_session_as_of
from warehouse.errors import WrongCall

CREATED = datetime(2026, 1, 1)


def report(
    programme: str,
    unit: str,
    period: str,
    out: Path,
    as_of: datetime | None = None,
    connection: psycopg.Connection | None = None,
) -> Path:
    """Write the report of a unit (or of the province) for a period to `out` and return it.

    as_of: the figures as of then; None is the newest. connection: one whose session has that as_of.
    Raises WrongCall where nothing is known of that unit in that programme and period, or the moment has not come.
    """
    if connection is not None:
        return write_atomically(out, render(connection, programme, unit, period, as_of))
    with database.connect() as own:
        set_session_as_of(own, as_of)
        return write_atomically(out, render(own, programme, unit, period, as_of))


def render(
    connection: psycopg.Connection, programme: str, unit: str, period: str, as_of: datetime | None = None
) -> bytes:
    """The workbook as bytes. connection: its session has that as_of.

    Raises WrongCall where there is nothing to report.
    """
    sheet = score_data.load(connection, programme, unit, period, as_of)
    table = annex_data.load(connection, programme, unit, period, as_of)
    content = sheet or table
    if content is None:
        raise WrongCall(f"Chưa có số liệu của đơn vị {unit} trong chương trình {programme}, kỳ {period}.")
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        title = f"{content.programme_name} – {content.unit_name}, {wording.period(period)}"
        book.set_properties({"title": title, "author": "baocao", "created": CREATED})
        if sheet:
            score_workbook.draw(book, sheet)
        if table:
            annex_workbook.draw(book, table)
    return buffer.getvalue()
