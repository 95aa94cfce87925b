"""What a page consists of, in the order in which it is read; one template renders all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pages.language import Shown, Text
from pages.tables import Table


@dataclass(frozen=True)
class Fact:
    """A number at the top, and the section that it leads to."""

    label: Text
    value: Shown
    href: str = ""


@dataclass(frozen=True)
class Field:
    """A choice of the form at the top. options: value and label; none for a field in which one writes."""

    name: str
    label: Text
    value: str
    options: Sequence[tuple[str, Shown]] = ()
    hint: Text | None = None


@dataclass(frozen=True)
class Section:
    """terms: names and their text, one below the other."""

    anchor: str
    heading: Text
    texts: Sequence[Shown] = ()
    table: Table | None = None
    terms: Sequence[tuple[Text, Shown]] = ()
    links: Sequence[tuple[str, Shown]] = ()


@dataclass(frozen=True)
class Page:
    """notices: shown before everything, such as made-up data. has_basis: the two maps are a switch on it.

    hidden: what the form keeps beside its fields.
    """

    title: Text
    lead: Shown = ""
    facts: Sequence[Fact] = ()
    fields: Sequence[Field] = ()
    sections: Sequence[Section] = ()
    notices: Sequence[Shown] = ()
    has_basis: bool = False
    hidden: Mapping[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tables.update({section.table.name: section.table for section in self.sections if section.table})
