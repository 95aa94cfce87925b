"""A workbook's figures proven from the lines in it: no database, no home, no network.

What it proves: each printed figure follows from the lines (or sums) that stand in the same file, no cell differs from
what was printed, and nothing in the file hides, covers or replaces a cell (`proof/display.py`). What it cannot: that
the lines are those that were received. Whoever can write the file can write both; against that there is the file's
SHA-256, which the publisher's `baocao verify` compares.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from publish import formatting
from publish.annex import printing
from publish.annex.types import Entry, Milestone, Target
from publish.proof import arithmetic, display, encoding, reading, sheet
from publish.proof.encoding import Unreadable
from publish.proof.reading import Sheet
from publish.proof.sheet import Carried
from publish.proof.types import Figure, Proven
from warehouse.errors import BaocaoError


class NotProvable(BaocaoError):
    """A workbook that carries nothing to prove it by."""


@dataclass(frozen=True)
class Finding:
    """A cell that does not hold. proven: what it has to be; empty where that cannot be known."""

    sheet: str
    cell: str
    printed: str
    proven: str

    def __str__(self) -> str:
        expected = f"proven {self.proven}" if self.proven else "it was changed"
        return f"{self.sheet}!{self.cell}: printed {self.printed or 'nothing'}, {expected}"


@dataclass
class Proof:
    """sha256: of the file. figures: how many were proven, by source; compared: other cells that are as printed."""

    sha256: str
    figures: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    findings: list[Finding] = field(default_factory=list)


def prove(content: bytes) -> Proof:
    """Prove a workbook. Raises NotProvable for one without a sheet of lines, WrongCall for what is no workbook."""
    proof = prove_sheets(reading.read(content), sha256(content).hexdigest())
    proof.findings += [Finding(each.sheet, each.cell, each.what, "") for each in display.oddities(content)]
    return proof


def prove_sheets(sheets: Mapping[str, Sheet], digest: str = "") -> Proof:
    """The same of a workbook that is read already. digest: of its file."""
    if sheet.SHEET not in sheets:
        raise NotProvable(
            f"The workbook has no sheet “{sheet.SHEET}”: it was made before workbooks carried their lines, or without "
            "them, or somebody removed it. `baocao verify` in the publisher's home compares the file as a whole."
        )
    try:
        carried = sheet.read({place: content for place, (content, _) in sheets[sheet.SHEET].cells.items()})
    except Unreadable as reason:
        raise NotProvable(f"The sheet “{sheet.SHEET}” is of another release, or was changed: {reason}.") from reason
    proof = Proof(digest)
    last = sheet.address(0, len(sheet.HEADINGS) - 1).rstrip("1")
    proof.findings += [Finding(sheet.SHEET, f"A{row}:{last}{row}", "a changed row", "") for row in carried.broken]
    proof.findings += _beside_the_lines(sheets[sheet.SHEET])
    places = _prove_figures(carried, sheets, proof) | _prove_sums(carried, sheets, proof)
    _compare(carried, sheets, places, proof)
    return proof


# --- figures ----------------------------------------------------------------------------------------------------------


def _prove_figures(carried: Carried, sheets: Mapping[str, Sheet], proof: Proof) -> set[tuple[str, str]]:
    """Each printed figure against what its lines give; the cells that it was about."""
    seen: set[tuple[str, str]] = set()
    for row in carried.figures:
        entry = _entry(row, _figure(row, carried))
        findings = []
        for content, (name, at) in row.cells.items():
            if content not in printing.COLUMNS:
                continue
            seen.add((name, at))
            printed, expected = _content(sheets, name, at), printing.COLUMNS[content](entry)
            if not _is_printed(printed, expected):
                findings.append(Finding(name, at, _shown(printed), _text(expected)))
        proof.findings += findings
        if not findings:
            proof.figures["suppressed" if row.is_suppressed else _strength(row)] += 1
    return seen


def _prove_sums(carried: Carried, sheets: Mapping[str, Sheet], proof: Proof) -> set[tuple[str, str]]:
    """Each printed sum against the cells that it adds up. A sum of nothing known is compared with its copy."""
    seen: set[tuple[str, str]] = set()
    for row in carried.sums:
        parts = [content for at in row.parts if _is_number(content := _content(sheets, row.sheet, at)[0])]
        if not parts:
            continue
        expected = arithmetic.capped_sum((Decimal(repr(part)) for part in parts), row.most)
        content, num_format = _content(sheets, row.sheet, row.target)
        copied = carried.copies[row.sheet].get(row.target, [""])
        seen.add((row.sheet, row.target))
        if _is_number(content) and arithmetic.is_near(Decimal(repr(content)), expected) and num_format == copied[-1]:
            proof.figures["added up"] += 1
        else:
            printed = _shown((content, num_format))
            proof.findings.append(Finding(row.sheet, row.target, printed, f"{expected:f} as {copied[-1]}"))
    return seen


def _figure(row: Proven, carried: Carried) -> Figure:
    if row.source == "stated" and row.stated is not None:
        return row.stated
    return arithmetic.figure(row.rule, carried.lines.get((row.indicator_code, row.rule.measure), []))


def _strength(row: Proven) -> str:
    """What a figure was proven from; a stated one at most from the numerator and denominator beside it."""
    if row.source != "stated" or row.stated is None:
        return row.source
    return "parts" if arithmetic.agrees(row.stated, row.rule) else "stated"


def _entry(row: Proven, figure: Figure) -> Entry:
    """As much of an annex's row as decides how its figure is printed."""
    measure = row.rule.measure
    return Entry(
        code=row.indicator_code,
        name="",
        unit="",
        objective="",
        heading_code="",
        heading="",
        measure=measure,
        numerator=figure.numerator,
        denominator=figure.denominator,
        ends=figure.ends,
        closed=figure.closed,
        limits=row.limits,
        status="not_applicable" if row.is_not_applicable else None,
        units_expected=figure.units_expected,
        units_reporting=figure.units_reporting,
        is_provisional=figure.is_provisional,
        is_estimated=figure.is_estimated,
        is_made_up=False,
        verdict="no_target",
        targets={("", 0): Target(0, "", measure, "", row.bounds)},
        milestone=Milestone(row.milestones[0], "", "", False) if row.milestones else None,
        answers=row.answers,
        is_suppressed=row.is_suppressed,
    )


# --- other cells ------------------------------------------------------------------------------------------------------


def _compare(carried: Carried, sheets: Mapping[str, Sheet], proven: set[tuple[str, str]], proof: Proof) -> None:
    """Every other cell against its copy; a sheet that was added, hidden or removed."""
    for name in carried.copies.keys() - sheets.keys():
        proof.findings.append(Finding(name, "A1", "no such sheet", "a sheet"))
    for name, found in sheets.items():
        if name != sheet.SHEET and name not in carried.copies:
            proof.findings.append(Finding(name, "A1", "a sheet", "no such sheet"))
            continue
        if not found.is_visible:
            proof.findings.append(Finding(name, "A1", "a hidden sheet", "a visible sheet"))
        if name != sheet.SHEET:
            proof.findings += _differences(name, found, carried.copies[name], proven, proof)


def _beside_the_lines(found: Sheet) -> Iterator[Finding]:
    """On the sheet of lines: cells that are no text, or lie where no line has one and no check reads them."""
    for place, (content, num_format) in sorted(found.cells.items()):
        if not isinstance(content, str) or num_format == reading.FORMULA or not sheet.is_cell(*place):
            yield Finding(sheet.SHEET, sheet.address(*place), _shown((content, num_format)), "")


def _differences(
    name: str, found: Sheet, copies: dict[str, list[str]], proven: set[tuple[str, str]], proof: Proof
) -> Iterator[Finding]:
    cells = {sheet.address(*place): cell for place, cell in found.cells.items()}
    for at in sorted(cells.keys() | copies.keys()):
        if (name, at) in proven:
            continue
        content, num_format = cells.get(at, (None, ""))
        copied = copies.get(at)
        if copied is not None and encoding.is_copy(_plain(content), num_format, copied):
            proof.compared += 1
        else:
            yield Finding(name, at, _shown((content, num_format)), _copied(copied))


def _plain(content: object) -> object:
    return content.replace("\r", "") if isinstance(content, str) else content


def _copied(copied: list[str] | None) -> str:
    if copied is None:
        return "nothing"
    return "" if copied[0] == "h" else copied[1]


# --- printed cells ----------------------------------------------------------------------------------------------------


def _content(sheets: Mapping[str, Sheet], name: str, at: str) -> tuple[object, str]:
    from openpyxl.utils.cell import coordinate_to_tuple

    row, column = coordinate_to_tuple(at)
    return sheets[name].cells.get((row - 1, column - 1), (None, "")) if name in sheets else (None, "")


def _is_printed(printed: tuple[object, str], expected: printing.Printed) -> bool:
    content, num_format = printed
    if isinstance(expected.content, str):
        return content == expected.content and num_format != reading.FORMULA
    if not _is_number(content):
        return False
    return arithmetic.is_near(Decimal(repr(content)), expected.content) and num_format == expected.num_format


def _is_number(content: object) -> bool:
    return isinstance(content, int | float) and not isinstance(content, bool)


def _shown(printed: tuple[object, str]) -> str:
    content, num_format = printed
    if isinstance(content, float | int) and num_format not in ("General", ""):
        return f"{content} as {num_format}"
    return "" if content is None else str(content)


def _text(expected: printing.Printed) -> str:
    if isinstance(expected.content, str):
        return expected.content
    return f"{formatting.number(expected.content, expected.places)} ({expected.content:.15g} as {expected.num_format})"
