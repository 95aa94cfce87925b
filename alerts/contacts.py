"""Who is written to: a CSV of `unit_code,agency,role,email,webhook` becomes the units' contacts."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import class_row

from alerts.channels import addresses
from warehouse import database, wording
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

COLUMNS = {
    "unit_code": ("unit code", "mã đơn vị"),
    "agency": ("agency", "agency code", "cơ quan", "cơ quan báo cáo"),
    "role": ("role", "vai trò"),
    "email": ("email", "e-mail", "thư điện tử"),
    "webhook": ("webhook",),
}
"""What each column may be called; accents, case, blanks and underscores are ignored."""

OF_UNITS = """
select unit_code, agency_code, role, email, webhook from ops.contact where unit_code = any(%s)
order by unit_code, role, agency_code, email, webhook
"""
ROLES = ("reporter", "supervisor", "owner")
UNIT = re.compile(r"\d{2}|\d{3}|\d{5}")
BEYOND_THE_MAP = re.compile(r"[A-ZĐ][A-ZĐ0-9-]{1,19}")
"""A ministry above the provinces, by the code that the programme gives it."""
MEANINGS = {wording.folded(name): column for column, names in COLUMNS.items() for name in names}


@dataclass(frozen=True)
class Contact:
    unit_code: str
    agency_code: str
    role: str
    email: str | None
    webhook: str | None


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken. line: in the file, from 1; unit_code: whose contacts therefore stay as they were."""

    line: int
    reason: str
    unit_code: str


@dataclass(frozen=True)
class Imported:
    """What an import did: contacts stored, units whose contacts they replaced, rows refused."""

    contacts: int
    units: int
    refused: tuple[Refusal, ...]


def import_file(path: Path) -> Imported:
    """Replace the contacts of the units in the file.

    A malformed row, or one whose unit or agency the catalogue does not know, is refused with its line and a reason, and
    the contacts of its unit stay as they were: half of them would be worse than the old ones.
    Raises WrongCall for a file that is not such a CSV.
    """
    with database.connect("loader") as connection:
        return store(connection, take(connection, *read(path)))


@dataclass(frozen=True)
class Taken:
    """What of a file would be stored. units: whose contacts it replaces."""

    contacts: tuple[Contact, ...]
    units: tuple[str, ...]
    refused: tuple[Refusal, ...]


def take(
    connection: psycopg.Connection,
    contacts: Mapping[Contact, int],
    refused: Sequence[Refusal],
    within: Collection[str] | None = None,
) -> Taken:
    """What can be stored, without the units of which a row is refused. within: the only units that may be written."""
    all_refused = sorted([*refused, *_unknown(connection, contacts, within)], key=lambda refusal: refusal.line)
    spoiled = {refusal.unit_code for refusal in all_refused}
    taken = tuple(contact for contact in contacts if contact.unit_code not in spoiled)
    return Taken(taken, tuple(sorted({contact.unit_code for contact in taken})), tuple(all_refused))


def store(connection: psycopg.Connection, taken: Taken) -> Imported:
    """Replace the contacts of the units by those that were taken."""
    connection.execute("delete from ops.contact where unit_code = any(%s)", [list(taken.units)])
    rows = [(c.unit_code, c.agency_code, c.role, c.email, c.webhook) for c in taken.contacts]
    connection.cursor().executemany(
        "insert into ops.contact (unit_code, agency_code, role, email, webhook) values (%s, %s, %s, %s, %s)", rows
    )
    return Imported(len(taken.contacts), len(taken.units), taken.refused)


def of_units(connection: psycopg.Connection, units: Sequence[str]) -> list[Contact]:
    """The contacts that units have, by unit, role and agency."""
    cursor = connection.cursor(row_factory=class_row(Contact))
    return cursor.execute(OF_UNITS, [list(units)]).fetchall()


def read(path: Path) -> tuple[dict[Contact, int], list[Refusal]]:
    """The contacts of a file, each with its line, and the rows that are none. UTF-8 with or without BOM, `,` or `;`.

    Raises WrongCall for a file that cannot be read, is no CSV or lacks a column.
    """
    try:
        return read_content(str(path), path.read_bytes())
    except OSError as error:
        raise WrongCall(f"{path}: {error.strerror}") from None


def read_content(name: str, content: bytes) -> tuple[dict[Contact, int], list[Refusal]]:
    """The same of a file that was handed in. name: as the sender calls it."""
    try:
        return _rows(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WrongCall(f"{name}: không phải là UTF-8; xin lưu lại dưới dạng «CSV UTF-8».") from None
    except csv.Error as error:
        raise WrongCall(f"{name}: không phải là CSV ({error}); xin kiểm tra dấu ngoặc kép.") from None


def _rows(name: str, text: str) -> tuple[dict[Contact, int], list[Refusal]]:
    if "\0" in text:
        raise WrongCall(f"{name}: không phải là tệp văn bản.")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [MEANINGS.get(wording.folded(cell), "") for cell in next(rows, [])]
    if missing := [column for column in COLUMNS if column not in header]:
        raise WrongCall(f"{name}: thiếu cột {', '.join(missing)}; cần {','.join(COLUMNS)}.")
    if twice := [column for column in COLUMNS if header.count(column) > 1]:
        raise WrongCall(f"{name}: cột {', '.join(twice)} có hai lần.")
    contacts: dict[Contact, int] = {}
    refused: list[Refusal] = []
    for cells in rows:
        if any(cell.strip() for cell in cells):
            _take(cells, header, rows.line_num, contacts, refused)
    return contacts, refused


def _take(cells: list[str], header: list[str], line: int, contacts: dict[Contact, int], refused: list[Refusal]) -> None:
    row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    unit = row.get("unit_code", "")
    reason = f"có {len(cells)} ô, cần {len(header)}" if len(cells) != len(header) else _wrong(row)
    contact = Contact(
        unit,
        row.get("agency") or DEFAULT_AGENCY,
        row.get("role", ""),
        row.get("email", "").lower() or None,
        row.get("webhook") or None,
    )
    if not reason and contact in contacts:
        reason = f"lặp lại dòng {contacts[contact]}"
    if reason:
        refused.append(Refusal(line, reason, unit))
    else:
        contacts[contact] = line


def _unknown(
    connection: psycopg.Connection, contacts: Mapping[Contact, int], within: Collection[str] | None
) -> Iterator[Refusal]:
    """The rows whose unit has never been on the map and is nobody's programme's, or whose agency no programme has."""
    query = "select unit_code from app.org_unit union select root_unit_code from catalogue.programmes"
    units = {code for (code,) in connection.execute(query).fetchall()}
    agencies = {code for (code,) in connection.execute("select agency_code from catalogue.agencies").fetchall()}
    for contact, line in contacts.items():
        if contact.unit_code not in units:
            yield Refusal(line, f"không có đơn vị nào mang mã «{contact.unit_code}»", contact.unit_code)
        elif within is not None and contact.unit_code not in within:
            yield Refusal(line, f"đơn vị «{contact.unit_code}» không thuộc tỉnh", contact.unit_code)
        elif contact.agency_code not in agencies | {DEFAULT_AGENCY}:
            yield Refusal(line, f"danh mục không có cơ quan «{contact.agency_code}»", contact.unit_code)


def _wrong(row: dict[str, str]) -> str:
    """Why the row is no contact, in Vietnamese; empty when it is one."""
    is_above = row["role"] in ("supervisor", "owner") and BEYOND_THE_MAP.fullmatch(row["unit_code"])
    if not is_above and not UNIT.fullmatch(row["unit_code"]):
        return f"mã đơn vị «{row['unit_code']}» không phải là 2, 3 hoặc 5 chữ số"
    if row["role"] not in ROLES:
        return f"vai trò «{row['role']}» không thuộc {', '.join(ROLES)}"
    if row["role"] != "reporter" and row["agency"] not in ("", DEFAULT_AGENCY):
        return f"vai trò «{row['role']}» nhận tin về mọi cơ quan: xin để trống cột agency"
    if not row["email"] and not row["webhook"]:
        return "cần email hoặc webhook"
    if row["email"] and not addresses.is_email(row["email"]):
        return f"email «{row['email']}» không hợp lệ"
    return addresses.wrong_webhook(row["webhook"]) if row["webhook"] else ""
