"""What a page consists of, in the order in which it is read; one template renders all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
class Tile:
    """A unit in a grid: its name and figure, and a sign with what it means."""

    name: Shown
    value: Shown
    shape: str
    meaning: Shown
    href: str


@dataclass(frozen=True)
class Area:
    """shape: of the sign whose pattern it has, empty for none. path: its outline in SVG."""

    shape: str
    title: Shown
    path: str


@dataclass(frozen=True)
class Inset:
    """What is far away from the rest of a map, in a frame of its own."""

    name: str
    area: Area


@dataclass(frozen=True)
class MapKey:
    """A pattern, what it means, and how many areas have it."""

    shape: str
    meaning: Text
    count: int


@dataclass(frozen=True)
class Map:
    """resolution: of the grid that outlines lie on."""

    label: Text
    resolution: int
    areas: Sequence[Area]
    insets: Sequence[Inset]
    keys: Sequence[MapKey]


@dataclass(frozen=True)
class Section:
    """terms: names and their text, one below the other."""

    anchor: str
    heading: Text
    texts: Sequence[Shown] = ()
    table: Table | None = None
    terms: Sequence[tuple[Text, Shown]] = ()
    links: Sequence[tuple[str, Shown]] = ()
    tiles: Sequence[Tile] = ()
    map: Map | None = None


@dataclass(frozen=True)
class Page:
    """notices: shown before everything, such as made-up data. has_basis: the two maps are a switch on it.

    has_date: it can be seen as of a day. hidden: what the form keeps beside its fields.
    """

    title: Text
    lead: Shown = ""
    facts: Sequence[Fact] = ()
    fields: Sequence[Field] = ()
    sections: Sequence[Section] = ()
    notices: Sequence[Shown] = ()
    has_basis: bool = False
    has_date: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tables.update({section.table.name: section.table for section in self.sections if section.table})

    def alone(self, name: str) -> "Page":
        """The page with the section of one table, to print it. It has no section where there is no such table."""
        return replace(self, sections=[each for each in self.sections if each.table and each.table.name == name])
