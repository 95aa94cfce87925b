"""Who is written to: a CSV of `unit_code,agency,role,email,webhook` becomes the units' contacts."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

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
    contacts, refused = read(path)
    with database.connect("loader") as connection:
        refused = sorted([*refused, *_unknown(connection, contacts)], key=lambda refusal: refusal.line)
        spoiled = {refusal.unit_code for refusal in refused}
        taken = [contact for contact in contacts if contact.unit_code not in spoiled]
        units = sorted({contact.unit_code for contact in taken})
        connection.execute("delete from ops.contact where unit_code = any(%s)", [units])
        rows = [(c.unit_code, c.agency_code, c.role, c.email, c.webhook) for c in taken]
        connection.cursor().executemany(
            "insert into ops.contact (unit_code, agency_code, role, email, webhook) values (%s, %s, %s, %s, %s)", rows
        )
    return Imported(len(taken), len(units), tuple(refused))


def read(path: Path) -> tuple[dict[Contact, int], list[Refusal]]:
    """The contacts of a file, each with its line, and the rows that are none. UTF-8 with or without BOM, `,` or `;`.

    Raises WrongCall for a file that cannot be read, is no CSV or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WrongCall(f"{path}: không phải là UTF-8; xin lưu lại dưới dạng «CSV UTF-8».") from None
    except OSError as error:
        raise WrongCall(f"{path}: {error.strerror}") from None
    try:
        return _rows(path, text)
    except csv.Error as error:
        raise WrongCall(f"{path}: không phải là CSV ({error}); xin kiểm tra dấu ngoặc kép.") from None


def _rows(path: Path, text: str) -> tuple[dict[Contact, int], list[Refusal]]:
    if "\0" in text:
        raise WrongCall(f"{path}: không phải là tệp văn bản.")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [MEANINGS.get(wording.folded(name), "") for name in next(rows, [])]
    if missing := [name for name in COLUMNS if name not in header]:
        raise WrongCall(f"{path}: thiếu cột {', '.join(missing)}; cần {','.join(COLUMNS)}.")
    if twice := [name for name in COLUMNS if header.count(name) > 1]:
        raise WrongCall(f"{path}: cột {', '.join(twice)} có hai lần.")
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
        row.get("email") or None,
        row.get("webhook") or None,
    )
    if not reason and contact in contacts:
        reason = f"lặp lại dòng {contacts[contact]}"
    if reason:
        refused.append(Refusal(line, reason, unit))
    else:
        contacts[contact] = line


def _unknown(connection: psycopg.Connection, contacts: dict[Contact, int]) -> Iterator[Refusal]:
    """The rows whose unit has never been on the map and is nobody's programme's, or whose agency no programme has."""
    query = "select unit_code from app.org_unit union select root_unit_code from catalogue.programmes"
    units = {code for (code,) in connection.execute(query).fetchall()}
    agencies = {code for (code,) in connection.execute("select agency_code from catalogue.agencies").fetchall()}
    for contact, line in contacts.items():
        if contact.unit_code not in units:
            yield Refusal(line, f"không có đơn vị nào mang mã «{contact.unit_code}»", contact.unit_code)
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
