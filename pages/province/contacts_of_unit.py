"""The contacts of one unit as a form: a row per contact."""

import csv
import io
import re
from collections.abc import Sequence

from fastapi import FastAPI, Response

from alerts import contacts as book
from alerts.contacts import Contact, Refusal
from pages import errors
from pages.language import Text
from pages.province import contacts, forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import contact_changes
from pipeline.deciding import Superseded
from warehouse import pool
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import BaocaoError

ROW = re.compile(r"(?:email|role|agency|webhook|keep)-(\d{1,2})")
BLANK_ROWS = 2
MOST_FIELDS = 400


def add(app: FastAPI) -> None:
    handling.add(app, contacts.UNIT, get=show_unit, post=change_unit, most_fields=MOST_FIELDS)


def show_unit(visit: Visit, error: BaocaoError | None = None, refused: Sequence[Refusal] = ()) -> Response:
    unit = _own_unit(visit)
    return forms.show(visit, _unit_form(visit, unit, error, refused))


def change_unit(visit: Visit) -> Response:
    """As a file with this unit alone; without rows it has no contact any more."""
    unit = _own_unit(visit)
    if visit.field("step") == "sua":
        return show_unit(visit)
    try:
        content = _as_file(visit, unit)
        if forms.is_confirmed(visit):
            contact_changes.replace(visit.account, unit, content, visit.field("seen"), unit)
            return visit.go(contacts.ADDRESS, xong="1")
        planned = contact_changes.plan(visit.account, unit, content, unit)
    except BaocaoError as error:
        return show_unit(visit, error)
    if planned.refused:
        return show_unit(visit, refused=planned.refused)
    form = _unit_form(visit, unit)
    if not planned.after:
        return forms.show(visit, Form(**{**vars(form), "problems": [contacts.NOTHING]}))
    before, after = planned.before[unit], planned.after[unit]
    stated = [Text("Bỏ: {}", "Removed: {}"), Text("Thêm: {}", "Added: {}")]
    changes = [
        Text(text.vi.format(_shown(each)), text.en.format(_shown(each)))
        for text, found in zip(stated, (set(before) - set(after), set(after) - set(before)), strict=True)
        for each in sorted(found, key=repr)
    ]
    none = Text("Đơn vị không còn đầu mối nào: không ai được nhắc.", "No contact is left: nobody will be reminded.")
    return forms.show(visit, form.to_confirm([*changes, *([] if after else [none])], seen=planned.seen))


def _own_unit(visit: Visit) -> str:
    """Raises PageError for a unit that is not of the account's province."""
    unit = visit.field("unit") or visit.view.get("unit") or ""
    with pool.connection() as connection:
        if unit not in contact_changes.units_of(connection, visit.account.province_code):
            raise errors.PageError(403, Text("Đơn vị này không thuộc tỉnh.", "This unit is not of the province."))
    return unit


def _unit_form(visit: Visit, unit: str, error: BaocaoError | None = None, refused: Sequence[Refusal] = ()) -> Form:
    """A row per contact that the unit has, and some empty ones; a row without any address is left out."""
    with pool.connection() as connection:
        known = book.of_units(connection, [unit])
    by_line = {each.line: Text(each.reason, each.reason) for each in refused}
    is_typed, groups, line = bool(visit.fields), [], 1
    for number in range(max(len(known) + BLANK_ROWS, len(_typed_rows(visit)))):
        contact = known[number] if number < len(known) else None
        entries = _row(visit, number, contact, is_typed)
        line += any(entry.value for entry in entries if entry.name.startswith(("email", "keep", "webhook")))
        if line in by_line and any(entry.value for entry in entries if not entry.name.startswith("role")):
            first, *rest = entries
            entries = [Entry(**{**vars(first), "error": by_line.pop(line)}), *rest]
        heading = Text("Đầu mối {n}", "Contact {n}") if contact else Text("Đầu mối mới {n}", "New contact {n}")
        groups.append((heading.fill(n=number + 1), entries))
    lead = Text("Xoá hết địa chỉ của một dòng để bỏ dòng ấy.", "Empty the addresses of a row to remove it.")
    title = Text("Đầu mối của {unit}", "Contacts of {unit}").fill(unit=unit)
    form = Form(
        contacts.UNIT,
        title,
        lead,
        Text("Xem thay đổi", "See what will change"),
        groups,
        hidden={"unit": unit} | _services(visit, known, is_typed),
        back=contacts.BACK,
    )
    left = [*by_line.values(), *([Text(str(error), str(error))] if error else [])]
    return Form(**{**vars(form), "problems": left})


def _typed_rows(visit: Visit) -> range:
    """However many rows the form had when it was opened."""
    numbers = [int(found[1]) for name in visit.fields if (found := ROW.fullmatch(name))]
    return range(max(numbers, default=-1) + 1)


def _services(visit: Visit, known: Sequence[Contact], is_typed: bool) -> dict[str, str]:
    """By row the fingerprint of the message service that it had when the form was opened."""
    if is_typed:
        return {name: value for name, value in visit.fields.items() if name.startswith("was-")}
    return {
        f"was-{number}": contact_changes.fingerprint(contact.webhook)
        for number, contact in enumerate(known)
        if contact.webhook
    }


def _row(visit: Visit, number: int, contact: Contact | None, is_typed: bool) -> list[Entry]:
    def value(name: str, known: str | None) -> str:
        return visit.field(f"{name}-{number}") if is_typed else known or ""

    entries = [
        Entry(
            f"email-{number}",
            Text("Thư điện tử", "E-mail"),
            value("email", contact.email if contact else None),
            is_required=False,
        ),
        Entry(
            f"role-{number}",
            Text("Vai trò", "Role"),
            value("role", contact.role if contact else "reporter"),
            options=list(contacts.ROLES.items()),
        ),
        Entry(
            f"agency-{number}",
            Text("Cơ quan", "Agency"),
            value("agency", contact.agency_code if contact else DEFAULT_AGENCY),
            is_required=False,
        ),
        Entry(
            f"webhook-{number}",
            Text("Kênh nhắn tin mới", "New message service"),
            value("webhook", None),
            is_required=False,
        ),
    ]
    if contact and contact.webhook:
        shown = contact_changes.fingerprint(contact.webhook)
        label = Text(f"Giữ kênh nhắn tin {shown}", f"Keep the message service {shown}")
        entries.append(Entry(f"keep-{number}", label, value("keep", "1"), "checkbox"))
    return entries


def _as_file(visit: Visit, unit: str) -> bytes:
    """What is typed as the CSV that an import reads: one reader, one set of rules.

    A message service that is kept is known by its fingerprint: somebody else may have removed a contact above it since.
    Raises Superseded where it is gone.
    """
    with pool.connection() as connection:
        known = {
            contact_changes.fingerprint(contact.webhook): contact.webhook
            for contact in book.of_units(connection, [unit])
            if contact.webhook
        }
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(book.COLUMNS)
    for number in _typed_rows(visit):
        typed = {name: visit.field(f"{name}-{number}").strip() for name in ("agency", "role", "email", "webhook")}
        if not typed["webhook"] and visit.field(f"keep-{number}"):
            kept = known.get(visit.field(f"was-{number}"))
            if kept is None:
                raise Superseded(contact_changes.CHANGED)
            typed["webhook"] = kept
        if typed["email"] or typed["webhook"]:
            writer.writerow([unit, *(typed[name] for name in ("agency", "role", "email", "webhook"))])
    return target.getvalue().encode()


def _shown(contact: Contact) -> str:
    agency = "" if contact.agency_code == DEFAULT_AGENCY else f", {contact.agency_code}"
    webhook = contact.webhook and contact_changes.fingerprint(contact.webhook)
    return f"{contact.role}{agency}: " + ", ".join(filter(None, (contact.email, webhook)))
