"""Reads a workbook of the catalogue, as it was exported and a person changed it: rows of text by table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from re import fullmatch
from typing import Any
from unicodedata import normalize

from warehouse.errors import WrongCall
from warehouse.seeds import labels
from warehouse.seeds.files import Message, Problem, Row
from warehouse.seeds.schema import Seed
from warehouse.seeds.workbook import (
    ACCEPT,
    ACCEPTED,
    COLUMN_ROW,
    DRAFT_COLUMNS,
    EXPORTED,
    FIRST_ROW,
    GUIDE,
    LISTS,
    remembered,
)

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows of a table, each with the number that the spreadsheet shows. columns: in the order of the sheet."""

    seed: Seed
    label: str
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True)
class Workbook:
    """exported: what was written by table, the hash of each row by its key. programme: whose rows; None: all."""

    programme: str | None
    sheets: list[Sheet] = field(default_factory=list)
    exported: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, seeds: Sequence[Seed]) -> Workbook:
    """Raises WrongCall for a file that is no workbook of the catalogue."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise WrongCall(f"Không có tệp {path}.") from None
    except Exception:  # openpyxl raises whatever its zip and XML readers do
        raise WrongCall(f"{path.name} không phải sổ .xlsx: hãy lưu lại dưới dạng Excel (.xlsx).") from None
    try:
        if EXPORTED not in book.sheetnames:
            raise WrongCall(f"{path.name} không phải sổ danh mục: hãy xuất bằng `baocao catalogue export`.")
        marks = [[_text(cell) for cell in row] for row in book[EXPORTED].iter_rows(values_only=True)]
        by_label = {label.text: seed for seed in seeds if (label := labels.table(seed.name))}
        found = Workbook((marks[0][1] if len(marks[0]) > 1 else None) or None, exported=_exported(marks[1:]))
        for name in book.sheetnames:
            if name in by_label:
                _read_sheet(found, by_label[name], name, list(book[name].iter_rows(values_only=True)))
            elif name not in (GUIDE, LISTS, EXPORTED):
                known = ", ".join(by_label)
                reason = Message(f"{name} is no table", f"«{name}» không phải bảng của danh mục")
                found.problems.append(Problem(name, reason, Message(known, known)))
        return found
    finally:
        book.close()


def _exported(marks: Sequence[Sequence[str | None]]) -> dict[str, dict[Key, str]]:
    found: dict[str, dict[Key, str]] = {}
    for seed, text, *_ in marks:
        if seed and text:
            digest, key = remembered(text)
            found.setdefault(seed, {})[key] = digest
    return found


def _read_sheet(found: Workbook, seed: Seed, label: str, lines: Sequence[Sequence[Any]]) -> None:
    header = [_text(cell) for cell in lines[COLUMN_ROW]] if len(lines) > COLUMN_ROW else []
    while header and header[-1] is None:
        header.pop()
    columns = tuple(name or "" for name in header)
    known = (*seed.column_types, *DRAFT_COLUMNS)
    wrong = [name for name in columns if name not in known or columns.count(name) > 1]
    missing = [name for name in seed.key if name not in columns and name == "programme_code"]
    if wrong or missing or not columns:
        reason = Message(
            f"the row of column names was changed: {', '.join(wrong + missing) or 'it is empty'}",
            f"dòng tên cột đã bị sửa: {', '.join(wrong + missing) or 'trống'}",
        )
        expected = ", ".join(seed.column_types)
        found.problems.append(Problem(label, reason, Message(expected, expected), COLUMN_ROW + 1))
        return
    rows = list(_rows(seed, label, columns, lines[FIRST_ROW:]))
    if ACCEPT in columns:
        found.problems.extend(_unclear(row) for row in rows if not _is_decided(row))
        rows = [_accepted(row) for row in rows if row.cells[ACCEPT] is not None and _is_decided(row)]
    found.sheets.append(Sheet(seed, label, columns, rows))


def _rows(seed: Seed, label: str, columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> Iterator[Row]:
    for number, cells in enumerate(lines, FIRST_ROW + 1):
        values = {
            name: _cell(seed.column_types.get(name, "text"), cell) for name, cell in zip(columns, cells, strict=False)
        }
        if any(value is not None for value in values.values()):
            yield Row(number, {name: values.get(name) for name in columns}, label)


def _is_decided(row: Row) -> bool:
    return (row.cells[ACCEPT] or ACCEPTED).strip().casefold() == ACCEPTED


def _unclear(row: Row) -> Problem:
    value = row.cells[ACCEPT]
    reason = Message(f"“{value}” does not say whether the row is accepted", f"«{value}» không rõ là có chấp nhận không")
    allowed = Message(f"{ACCEPTED}, or nothing", f"{ACCEPTED}, hoặc để trống")
    return Problem(row.file, reason, allowed, row.number, ACCEPT, value)


def _accepted(row: Row) -> Row:
    """A row of a draft as a row of the table. What the draft leaves empty stays as the catalogue has it."""
    return Row(
        row.number, {name: cell for name, cell in row.cells.items() if cell and name not in DRAFT_COLUMNS}, row.file
    )


def _cell(kind: str, cell: Any) -> str | None:
    """A cell as the CSV file would hold it. A decimal comma becomes a point where it can be nothing else."""
    text = _text(cell)
    if text is None:
        return None
    if kind == "numeric" and fullmatch(r"[+-]?\d+,(\d{1,2}|\d{4,})", text.strip()):
        return text.strip().replace(",", ".")
    return text.strip().lower() if kind == "boolean" else text


def _text(cell: Any) -> str | None:
    """What a typed cell shows: a spreadsheet program may have made a number or a date of a text that was typed anew."""
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return f"{Decimal(repr(cell)):f}".removesuffix(".0")
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case _:
            text = normalize("NFC", str(cell))
            return text if text.strip() else None
