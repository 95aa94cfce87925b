"""What an address says of every page: language, as-of date, map; and links that keep them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from pages import errors
from pages.language import LANGUAGES, Language
from pages.visitor import Visitor
from warehouse.errors import WrongCall

WRITTEN_DAY = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")
BASES = ("as_reported", "current")
ALL = "all"
KEPT = {"lang": "vi", "as_of": "", "boundary_basis": "as_reported"}
"""What every link carries on, with the value that an address leaves out."""


@dataclass(frozen=True)
class View:
    """path, query: of the address. as_of: None for now. visitor: None where sign-in is off. is_live: made with each
    request. root: what stands before every path where another server shows the pages as a part of its own.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    language: Language = "vi"
    as_of: datetime | None = None
    basis: str = "as_reported"
    visitor: Visitor | None = None
    root: str = ""
    is_live = True

    @property
    def style(self) -> str:
        """The address of the style sheet."""
        return f"{self.root}/baocao.css"

    @property
    def here(self) -> str:
        """The address of this page without its parameters."""
        return self.root + self.path

    def link(self, path: str, **values: str | None) -> str:
        """The address of another page, with this one's language, date and map."""
        return _address(self.root + path, {name: self.query.get(name, "") for name in KEPT} | values)

    def same(self, **values: str | None) -> str:
        """The address of this page with other values; None leaves one out."""
        return _address(self.here, {**self.query, **values})

    def get(self, name: str) -> str | None:
        """A value of the address; an empty one counts as none."""
        return self.query.get(name) or None

    @property
    def page(self) -> int:
        """Of a long table, from 1; 0 for all rows on one."""
        given = self.query.get("page", "")
        if given == ALL:
            return 0
        return max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1


def read(path: str, query: Mapping[str, str], root: str = "") -> View:
    """Raises PageError for a date or a map that there is not."""
    language: Language = "en" if query.get("lang") == LANGUAGES[1] else "vi"
    basis, as_of = query.get("boundary_basis") or BASES[0], query.get("as_of", "").strip()
    if basis not in BASES:
        raise errors.PageError(400, errors.NO_BASIS.fill(given=basis))
    return View(path, dict(query), language, timestamp(as_of) if as_of else None, basis, root=root)


def timestamp(text: str) -> datetime:
    """What somebody wrote as a day or a time: 30/11/2026 as the pages show days, or ISO 8601. Raises PageError."""
    from warehouse.as_of import parse_timestamp

    written = WRITTEN_DAY.fullmatch(text.strip())
    iso = "{year}-{month:0>2}-{day:0>2}".format(**written.groupdict()) if written else text.strip()
    try:
        return parse_timestamp(iso)
    except WrongCall:
        raise errors.PageError(400, errors.NO_TIMESTAMP.fill(given=text)) from None


def _address(path: str, values: Mapping[str, str | None]) -> str:
    kept = {name: value for name, value in values.items() if value and value != KEPT.get(name)}
    return f"{path}?{urlencode(kept)}" if kept else path
