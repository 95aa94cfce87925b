"""The report of a plan as a workbook: its annex table, and before it its score sheet where it scores.

No clock is in it: the same figures, as of the same timestamp with the same catalogue, give the same bytes.
"""

from collections.abc import Callable, Iterator, Set
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import xlsxwriter

from publish import notes
from publish.annex import data as annex_data
from publish.annex import notes as annex_notes
from publish.annex import overview as annex_overview
from publish.annex import workbook as annex_workbook
from publish.annex.types import Annex
from publish.drawing import FONT, Drawing
from publish.files import write_atomically
from publish.proof import loading as proof_loading
from publish.proof import sheet as proof_sheet
from publish.scores import data as score_data
from publish.scores import workbook as score_workbook
from publish.scores.data import ScoreSheet
from warehouse import catalogue, database, wording
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
    with_notes: bool = False,
    by_unit: bool = False,
    with_lines: bool = False,
) -> Path:
    """Write the report of a unit (or of the province) for a period to `out` and return it.

    as_of: the figures as of then; None is the newest. connection: one whose session has that as_of. with_notes: with
    a sheet of footnotes and of what the figures come from. by_unit: instead of the unit's own table those of the units
    below it, each on a sheet, after a table of all of them. with_lines: with a sheet of the lines that the figures are
    made of, by which `publish.proving` proves them; not by_unit.
    Raises WrongCall where nothing is known of that unit in that programme and period, or as_of has not come.
    """
    if connection is not None:
        content = render(connection, programme, unit, period, as_of, with_notes, by_unit, with_lines)
        return write_atomically(out, content)
    with database.connect() as own:
        set_session_as_of(own, as_of)
        return write_atomically(out, render(own, programme, unit, period, as_of, with_notes, by_unit, with_lines))


def render(
    connection: psycopg.Connection,
    programme: str,
    unit: str,
    period: str,
    as_of: datetime | None = None,
    with_notes: bool = False,
    by_unit: bool = False,
    with_lines: bool = False,
) -> bytes:
    """The workbook as bytes. connection: its session has that as_of. Other arguments and errors as `report`."""
    if by_unit:
        return _of_units_below(connection, programme, unit, period, as_of, with_notes)
    return _of_unit(connection, programme, unit, period, as_of, with_notes, with_lines)


def render_public(
    connection: psycopg.Connection, programme: str, unit: str, period: str, suppressed: Set[tuple[str, str]]
) -> bytes | None:
    """The annex table of a unit for the public. suppressed: indicators and measures whose figures are not published.

    Score sheets are not for the public: a line's points say on which side of a bound the figure behind it is. Nor is a
    sensitive indicator's milestone: the unit's figure of the baseline follows from it. None where the plan has no annex
    table, or nothing is known of the unit.
    """
    table = annex_data.load(connection, programme, unit, period)
    if table is None:
        return None
    public = table.for_public(suppressed, catalogue.sensitive_indicators(connection, programme))
    title = f"{public.programme_name} – {public.unit_name}, {wording.period(period)}"
    made = proof_loading.load(connection, public)

    def draw(book: Any) -> None:
        drawn = annex_workbook.draw(book, public)
        proof_sheet.draw(book, drawn, made, [drawn])

    return _workbook(title, draw)


def _of_unit(
    connection: psycopg.Connection,
    programme: str,
    unit: str,
    period: str,
    as_of: datetime | None,
    with_notes: bool,
    with_lines: bool,
) -> bytes:
    sheet = score_data.load(connection, programme, unit, period, as_of)
    table = annex_data.load(connection, programme, unit, period, as_of)
    content = sheet or table
    if content is None:
        raise _nothing(programme, unit, period)
    title = f"{content.programme_name} – {content.unit_name}, {wording.period(period)}"

    made = proof_loading.load(connection, table) if with_lines and table else {}

    def draw(book: Any) -> None:
        drawn: list[Drawing] = []
        annex = None
        if sheet:
            drawn.append(score_workbook.draw(book, sheet))
        if table:
            annex = annex_workbook.draw(book, table, marks=annex_notes.marks(table) if with_notes else None)
            drawn.append(annex)
        if with_notes:
            blocks = [*_notes(sheet, table), notes.version(content.catalogue_version)]
            drawn.append(notes.draw(book, title, blocks))
        if with_lines:
            proof_sheet.draw(book, annex, made, drawn)

    return _workbook(title, draw)


def _notes(sheet: ScoreSheet | None, table: Annex | None) -> Iterator[notes.Block]:
    if sheet:
        yield score_workbook.notes_of(sheet)
    if table:
        yield from annex_notes.blocks(table)


def _of_units_below(
    connection: psycopg.Connection,
    programme: str,
    unit: str,
    period: str,
    as_of: datetime | None,
    with_notes: bool,
) -> bytes:
    overview = annex_overview.load(connection, programme, unit, period, as_of)
    first = next((annex for _, annex in overview.units if annex), None)
    if first is None:
        raise _nothing(programme, unit, period)
    title = f"{first.programme_name} – {overview.unit_name}, {wording.period(period)}"

    def draw(book: Any) -> None:
        annex_overview.draw(book, overview)
        for (code, _), annex in overview.units:
            if annex:
                annex_workbook.draw(book, annex, code, annex_notes.marks(annex) if with_notes else None)
        if with_notes:
            notes.draw(book, title, [*annex_notes.blocks(first), notes.version(first.catalogue_version)])

    return _workbook(title, draw)


def _nothing(programme: str, unit: str, period: str) -> WrongCall:
    return WrongCall(f"Chưa có số liệu của đơn vị {unit} trong chương trình {programme}, kỳ {period}.")


def _workbook(title: str, draw: Callable[[Any], object]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_format_properties": dict(FONT)}) as book:
        book.set_properties({"title": title, "author": "baocao", "created": CREATED})
        draw(book)
    return buffer.getvalue()
