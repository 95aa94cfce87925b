"""Where the pages of a printed table begin, so that no section breaks across two of them.

A spreadsheet program ignores page breaks on a sheet that it fits to the page, so the scale is computed here too.
"""

from collections.abc import Sequence
from typing import Any

A4, A3 = (9, 11.69, 8.27), (8, 16.54, 11.69)
"""A paper's number in a workbook, width and height in inches, landscape."""
LEFT, RIGHT, TOP, BOTTOM = 0.5, 0.4, 0.6, 0.6
POINTS, PIXELS = 72, 96
SAFETY = 0.93
"""Programs differ by some pixels a column: LibreOffice's are 4 % wider than Excel's in the same font."""


def scale(widths: Sequence[float], paper: tuple[int, float, float] = A4) -> int:
    """The per cent at which columns of so many characters fill a page's width, at most 100."""
    inches = sum(int(width * 7 + 5) for width in widths) / PIXELS
    return min(100, int(100 * SAFETY * (paper[1] - LEFT - RIGHT) / inches))


def starts(
    sections: Sequence[Sequence[float]], widths: Sequence[float], title: float, head: float, closing: float
) -> list[tuple[int, int]]:
    """Section and group with which each page after the first begins.

    sections: the heights in points of the groups of each section; a group is never divided, a section only where it
    is longer than a page. title, head: what is above the first group, and the headings that each page repeats.
    closing: what follows the last group and stays with it.
    """
    page = (A4[2] - TOP - BOTTOM) * POINTS * SAFETY / scale(widths) * 100 - head
    found: list[tuple[int, int]] = []
    used = title
    for number, groups in enumerate(sections):
        last = [*groups[:-1], groups[-1] + (closing if number == len(sections) - 1 else 0)]
        if used + sum(last) > page and sum(last) <= page and number > 0:
            found.append((number, 0))
            used = 0
        for at, height in enumerate(last):
            if used + height > page and used > 0 and (number, at) != (0, 0):
                found.append((number, at))
                used = 0
            used += height
    return found


def set_up(
    sheet: Any, widths: Sequence[float], breaks: Sequence[int] = (), paper: tuple[int, float, float] = A4
) -> None:
    """Print settings of a sheet: landscape, filled in width. breaks: rows with which pages begin."""
    sheet.set_landscape()
    sheet.set_paper(paper[0])
    sheet.set_margins(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
    sheet.center_horizontally()
    sheet.set_print_scale(scale(widths, paper))
    sheet.set_h_pagebreaks(list(breaks))
