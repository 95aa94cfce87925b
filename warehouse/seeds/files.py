"""Reads the CSV file of a seed as dbt does, and says why one cannot be read."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.seeds.schema import Seed

EMPTY = frozenset({"", "null"})
"""What dbt loads as an empty cell."""


class Message(NamedTuple):
    """A text in English for engineers and in Vietnamese for officers."""

    en: str
    vi: str


AS_UTF8 = Message(
    "UTF-8; in Excel: Save as, CSV UTF-8 (Comma delimited)",
    "UTF-8; trong Excel: Lưu thành, CSV UTF-8 (Comma delimited)",
)
SEPARATED = Message(
    "commas between the cells; in Excel with a Vietnamese setting, set the list separator to a comma first",
    "dấu phẩy giữa các ô; Excel đặt tiếng Việt: đổi dấu ngăn cách danh sách thành dấu phẩy trước",
)


@dataclass(frozen=True)
class Problem:
    """What is wrong in a seed. programmes: whose rows it is in; none where it is not of one programme alone.

    row: as a spreadsheet counts, the header is row 1; None: the file as a whole.
    """

    file: str
    message: Message
    allowance: Message
    row: int | None = None
    column: str | None = None
    value: str | None = None
    programmes: frozenset[str] = frozenset()

    @property
    def reason(self) -> str:
        return self.message.en

    @property
    def allowed(self) -> str:
        return self.allowance.en

    def __str__(self) -> str:
        place = [self.file, f"row {self.row}" if self.row else None, self.column]
        return f"{', '.join(filter(None, place))}: {self.reason}. Allowed: {self.allowed}."

    @property
    def vi(self) -> str:
        """The reason and what is allowed, in Vietnamese, without the address."""
        return f"{self.message.vi}. Cho phép: {self.allowance.vi}."

    def document(self) -> dict[str, Any]:
        """As the command line prints it as JSON."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "allowed": self.allowed,
            "message_vi": self.vi,
            "programmes": sorted(self.programmes),
        }


@dataclass(frozen=True)
class Row:
    """A row with its number and file; an empty cell is None."""

    number: int
    cells: dict[str, str | None]
    file: str

    @property
    def programme(self) -> str | None:
        return self.cells.get("programme_code")


@dataclass
class Table:
    """The rows of a seed; is_readable: false where the file is broken."""

    seed: Seed
    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True


def read(seed: Seed) -> Table:
    """The rows of the seed's file, and what keeps the file or single rows from being read."""
    return _read(Table(seed, "/".join(seed.path.parts[-4:])), seed.path)


def read_partly(seed: Seed, path: Path, more: Collection[str]) -> Table:
    """The same of a file that may lack columns of the seed, and may have some more."""
    return _read(Table(seed, str(path)), path, frozenset(more))


def _read(table: Table, path: Path, more: frozenset[str] | None = None) -> Table:
    try:
        text = path.read_text(encoding="utf-8-sig")
        _read_rows(table, csv.reader(io.StringIO(text, newline=""), strict=True), more)
    except FileNotFoundError:
        columns = ", ".join(table.seed.column_types)
        allowed = Message(f"a file with the columns {columns}", f"tệp có các cột {columns}")
        _unreadable(table, Message("the file is missing", "không có tệp"), allowed)
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        where = error.start + 1
        reason = Message(f"the file is not UTF-8 (byte {where})", f"tệp không phải UTF-8 (byte {where})")
        _unreadable(table, reason, AS_UTF8, row)
    return table


def _read_rows(table: Table, lines: Iterator[list[str]], more: frozenset[str] | None) -> None:
    number = 0
    try:
        header = next(lines, [])
        number = 1
        if not _check_header(table, header, more):
            return
        for number, cells in enumerate(lines, 2):
            if cells:
                _read_row(table, header, number, cells)
    except csv.Error as error:
        quoted = Message(
            'a quotation mark within a quoted cell is written twice (""), and each quoted cell is closed',
            'dấu nháy trong ô có nháy viết hai lần (""), và ô mở nháy thì phải đóng nháy',
        )
        reason = Message(f"the quotation marks do not match ({error})", f"dấu nháy không khớp ({error})")
        _unreadable(table, reason, quoted, number + 1)


def _check_header(table: Table, header: list[str], more: frozenset[str] | None) -> bool:
    """more: columns that a file which may lack some may have; None: it has to have each of the seed's."""
    expected = [*table.seed.column_types, *sorted(more or ())]
    is_part = more is not None and bool(header) and set(header) <= set(expected)
    if len(set(header)) == len(header) and (is_part or sorted(header) == sorted(expected)):
        return True
    for mark, name, name_vi in ((";", "semicolons", "dấu chấm phẩy"), ("\t", "tabs", "dấu tab")):
        if len(header) == 1 and mark in header[0]:
            reason = Message(f"the cells are separated by {name}", f"các ô ngăn cách bằng {name_vi}")
            _unreadable(table, reason, SEPARATED, 1)
            return False
    missing = [column for column in expected if column not in header and more is None]
    unknown = [column or "(empty)" for column in header if column not in expected]
    twice = sorted({column for column in header if header.count(column) > 1})
    allowed = Message(f"each of {', '.join(expected)} once", f"mỗi cột một lần: {', '.join(expected)}")
    wrong = (
        ("the column {} is missing", "thiếu cột {}", missing),
        ("the column {} is unknown", "không có cột tên {}", unknown),
        ("the column {} is there twice", "cột {} có hai lần", twice),
    )
    for text, text_vi, columns in wrong:
        for column in columns:
            _unreadable(table, Message(text.format(column), text_vi.format(column)), allowed, 1)
    return False


def _read_row(table: Table, header: list[str], number: int, cells: list[str]) -> None:
    values = [None if cell.strip().lower() in EMPTY else cell for cell in cells]
    row = Row(number, dict(zip(header, [*values, *[None] * len(header)], strict=False)), table.file)
    table.rows.append(row)
    if len(cells) != len(header):
        allowed = Message(
            f"{len(header)} cells; a cell that contains a comma is put in quotation marks",
            f"{len(header)} ô; ô có dấu phẩy đặt trong dấu nháy",
        )
        of = frozenset(filter(None, [row.programme]))
        reason = Message(f"the row has {len(cells)} cells", f"dòng có {len(cells)} ô")
        table.problems.append(Problem(table.file, reason, allowed, number, programmes=of))


def _unreadable(table: Table, reason: Message, allowed: Message, row: int | None = None) -> None:
    table.is_readable = False
    table.problems.append(Problem(table.file, reason, allowed, row))
