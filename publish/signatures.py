"""Who signs a report and to whom it goes, from rows of the programme: read, and drawn below a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import psycopg

from publish.drawing import ROW_HEIGHT, Drawing

BLANK = "…………………"
DATE = "{place}, ngày …… tháng …… năm ………"
FILED = "- Lưu: VT."
ROOM = 4
"""Rows that a signature has."""
NARROWEST = 28
"""Characters that a title needs."""

SIGNERS = """
select title_vi, instruction_vi from catalogue_as_of.report_signatures
where programme_code = %(programme)s order by signature_no
"""

RECIPIENTS = """
select distinct on (recipient_vi) recipient_no, recipient_vi, via_vi from catalogue_as_of.report_recipients
where programme_code = %(programme)s and unit_level = %(level)s and agency_code = 'UBND' and role = 'addressee'
    and left(%(period)s, 4) between left(period_from, 4) and left(period_to, 4)
order by recipient_vi, recipient_no
"""

PLACE = """
select unit_name, unit_type from marts.dim_org_unit where unit_id = %(unit_id)s and is_latest_version
"""


@dataclass(frozen=True)
class Signatures:
    """The block below a table. place: where it is signed. signers: title and instruction of each, left to right."""

    place: str
    signers: tuple[tuple[str, str], ...] = ()
    recipients: tuple[str, ...] = ()


def load(cursor: psycopg.Cursor[dict[str, Any]], keys: Mapping[str, Any]) -> Signatures:
    """The signatures of a report. keys: programme, period, level and unit_id of the unit that reports."""
    signers = tuple((row["title_vi"], row["instruction_vi"] or "") for row in cursor.execute(SIGNERS, keys))
    found = sorted(cursor.execute(RECIPIENTS, keys).fetchall(), key=lambda row: row["recipient_no"])
    recipients = tuple(row["recipient_vi"] + (f" (qua {row['via_vi']})" if row["via_vi"] else "") for row in found)
    unit = cursor.execute(PLACE, keys).fetchone()
    return Signatures(place_of(unit["unit_name"], unit["unit_type"]) if unit else BLANK, signers, recipients)


def place_of(name: str, kind: str | None) -> str:
    """ "Phường Đa Mai" is signed in Đa Mai; a name that is its type and a number ("Phường 1") keeps both."""
    rest = name[len(kind) :].strip() if kind and name.casefold().startswith(kind.casefold()) else name
    return name if not rest or rest[0].isdigit() else rest


def draw(drawing: Drawing, signatures: Signatures) -> None:
    """Draw the block from the current row on, over the whole width."""
    if not signatures.signers:
        return
    recipients, signers = _layout(drawing, signatures)
    drawing.row += 1
    date = DATE.format(place=signatures.place)
    drawing.area(drawing.row, (signers[0][0], drawing.last), date, italic=True, align="right", indent=1)
    drawing.row += 1
    for area, (title, instruction) in zip(signers, signatures.signers, strict=True):
        drawing.area(drawing.row, area, title.upper(), bold=True, align="center")
        drawing.area(drawing.row + 1, area, instruction, italic=True, align="center", font_size=10)
    if _is_below(recipients, signers):
        drawing.row += 1 + ROOM
    drawing.area(drawing.row, recipients, "Nơi nhận:", bold=True, italic=True)
    lines = _recipient_lines(signatures)
    for at, text in enumerate(lines, 1):
        drawing.area(drawing.row + at, recipients, text, font_size=10)
        drawing.set_height(drawing.row + at, drawing.height_of(text, recipients))
    drawing.row += 1 + max(len(lines), 0 if _is_below(recipients, signers) else ROOM)


def height(drawing: Drawing, signatures: Signatures) -> float:
    """The points that the block takes, to keep it on one page."""
    if not signatures.signers:
        return 0
    recipients, signers = _layout(drawing, signatures)
    lines = [drawing.height_of(text, recipients) for text in _recipient_lines(signatures)]
    room = 1 + ROOM if _is_below(recipients, signers) else max(ROOM - len(lines), 0)
    return (3 + room) * ROW_HEIGHT + sum(lines)


def _layout(drawing: Drawing, signatures: Signatures) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """The columns of the recipients and of each signer: side by side, in a narrow table the recipients below."""
    count = len(signatures.signers)
    areas = _areas(drawing.widths, 1 + count)
    if len(areas) == 1 + count and min(sum(drawing.widths[first : last + 1]) for first, last in areas) >= NARROWEST:
        return areas[0], areas[1:]
    return (0, drawing.last), _areas(drawing.widths, count)


def _is_below(recipients: tuple[int, int], signers: list[tuple[int, int]]) -> bool:
    return recipients[1] >= signers[0][0]


def _recipient_lines(signatures: Signatures) -> list[str]:
    return [*(f"- {name};" for name in signatures.recipients or (BLANK,)), FILED]


def _areas(widths: Sequence[float], count: int) -> list[tuple[int, int]]:
    """First and last column of neighbouring areas of about the same width: `count`, or one a column if that is less."""
    count = min(count, len(widths))
    so_far, edges = [0.0, *accumulate(widths)], [0]
    for number in range(1, count):
        free = range(edges[-1] + 1, len(widths) - (count - number) + 1)
        ideal = so_far[-1] * number / count
        edges.append(min(free, key=lambda column: abs(so_far[column] - ideal)))
    return [(first, last - 1) for first, last in zip(edges, [*edges[1:], len(widths)], strict=True)]
