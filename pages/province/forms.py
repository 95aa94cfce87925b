"""The form of a decision: fields with what is wrong beside each, and a step that says in words what will change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import Response

from accounts.registry import Account
from pages import access
from pages.language import Shown, Text
from pages.signing_in.handling import Visit
from pages.tables import Column
from pipeline.deciding import Decision, Refused
from warehouse import pool
from warehouse.errors import BaocaoError

CONFIRM = "xac-nhan"
"""What the field `step` says where the officer has read what will change."""
ACTION = Column("action", Text("Việc", "Action"), is_sortable=False)
"""Of a table whose rows are decided about: the link to the form."""


@dataclass(frozen=True)
class Entry:
    """A field. options: value and label of a choice. error: what is wrong with what was typed."""

    name: str
    label: Text
    value: str = ""
    kind: str = "text"
    options: Sequence[tuple[str, Shown]] = ()
    hint: Text | None = None
    error: Text | None = None
    is_required: bool = True
    complete: str = "off"


@dataclass(frozen=True)
class Form:
    """groups: fields under a heading, or none. changes: what will change, where they are to be confirmed."""

    address: str
    title: Text
    lead: Shown
    button: Text
    groups: Sequence[tuple[Text | None, Sequence[Entry]]] = ()
    terms: Sequence[tuple[Text, Shown]] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    changes: Sequence[Shown] = ()
    problems: Sequence[Shown] = ()
    back: tuple[str, Text] = ("/quyet-dinh", Text("Về Quyết định", "Back to Decisions"))

    def with_error(self, error: BaocaoError) -> "Form":
        """The form with what is wrong beside its field, or above it where it is no field's."""
        if not isinstance(error, Refused):
            return replace(self, problems=[*self.problems, Text(str(error), str(error))])
        stated = Text(error.message.vi, error.message.en)
        known = {entry.name for _, entries in self.groups for entry in entries}
        if error.field not in known:
            return replace(self, problems=[*self.problems, stated])
        groups = [
            (heading, [replace(each, error=stated) if each.name == error.field else each for each in entries])
            for heading, entries in self.groups
        ]
        return replace(self, groups=groups)

    def to_confirm(self, changes: Sequence[Shown], **hidden: str) -> "Form":
        """The step after it: what was typed is kept, and only confirmed or gone back from."""
        typed = {entry.name: entry.value for _, entries in self.groups for entry in entries if entry.kind != "file"}
        return replace(self, changes=changes, hidden={**self.hidden, **typed, **hidden})

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems) or any(entry.error for _, entries in self.groups for entry in entries)


def show(visit: Visit, form: Form) -> Response:
    return visit.at(form.address).page("decision.html.j2", form.title, status=400 if form.is_wrong else 200, form=form)


def is_confirmed(visit: Visit) -> bool:
    return visit.field("step") == CONFIRM


def act_entries(visit: Visit) -> list[Entry]:
    """Number, date and office of the document that says so."""
    return [
        Entry(
            "act",
            Text("Số, ký hiệu văn bản", "Number of the document"),
            visit.field("act"),
            hint=Text("ví dụ: Công văn số 1234/UBND-VX", "such as Công văn số 1234/UBND-VX"),
        ),
        Entry("act_on", Text("Ngày của văn bản", "Date of the document"), visit.field("act_on"), "date"),
        Entry(
            "decided_by",
            Text("Cơ quan quyết định", "Office that decided"),
            visit.field("decided_by"),
            hint=Text("Chỉ ghi cơ quan, không ghi tên người.", "The office, no person."),
        ),
    ]


def own_programme(visit: Visit, given: str) -> str:
    """The programme of a form. Raises PageError for one that is not the account's province's."""
    with pool.connection() as connection:
        return access.own_programme(connection, visit.account, given) or ""


def recorded_by(decision: Decision, account: Account) -> Shown:
    """Who recorded it: the person for colleagues and operators, the office for everybody else."""
    if decision.email is None:
        return Text("dòng lệnh", "command line")
    office = (decision.account_unit_id, decision.account_agency_code)
    if account.role == "operates" or office == (account.unit_id, account.agency_code):
        return decision.email
    return " ".join(filter(None, (decision.account_unit_code, decision.account_agency_code)))
