"""The signs of personal data in one text, whatever holds it. Rules: identity_patterns.csv."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from ingest.characters import visible
from warehouse import catalogue
from warehouse.catalogue import IdentityPattern
from warehouse.errors import WrongCall

Scope = Literal["file", "cell", "line"]
"""Where a text is: what counts in a file counts in a cell, and what counts in a cell in a line of a table."""

SCOPES: tuple[Scope, ...] = ("file", "cell", "line")
PART = re.compile(r"<<(\w+)>>")
LONGEST_HEADING = 60
SHORTEST, LONGEST, OVERLAP = 8, 20_000, 200
"""Characters of a text that can hold a sign; a longer one is looked at in pieces, which overlap by a sign's length."""
BLANKS = re.compile(r"[^\S\n]+")
"""A no-break space, a tab and two blanks are one, as a reader sees them; a new line in a cell stays."""
REMEMBERED = 20_000
DEEPEST = 3
"""Parts in parts in a pattern."""


class Sign(NamedTuple):
    """A pattern that a text matches. unless: what in a heading above it makes it something else."""

    rule: str
    scope: Scope
    unless: re.Pattern[str] | None


class Seen(NamedTuple):
    """signs: one of each rule and scope. heading: which one of a list of persons, as the code of its row."""

    signs: tuple[Sign, ...]
    heading: str | None


class Patterns:
    """The rows of identity_patterns, ready for many texts.

    Answers are remembered: nearly every text of a report is in the others too, its headings and names of indicators.
    """

    def __init__(self, rows: Iterable[IdentityPattern]) -> None:
        rows = list(rows)
        parts = {row.pattern_code: row.pattern for row in rows if row.scope == "part"}
        self._signs = [(_pattern(row, parts), _sign(row, parts)) for row in rows if row.scope in SCOPES]
        self._headings = {row.pattern_code: _pattern(row, parts) for row in rows if row.scope == "heading"}
        self._seen: dict[str, Seen | None] = {}

    def seen(self, text: str) -> Seen | None:
        """What a text is a sign of; None for nearly every text."""
        try:
            return self._seen[text]
        except KeyError:
            pass
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        found = Seen(self._found(BLANKS.sub(" ", visible(text))), self._heading(text))
        self._seen[text] = kept = found if any(found) else None
        return kept

    def rules(self, text: str, scope: Scope) -> list[str]:
        """The rules that a text breaks where it is."""
        found = self.seen(text)
        return of_signs(found.signs, scope) if found else []

    def heading(self, text: str) -> str | None:
        """As `seen`: which heading of a list of persons it is."""
        found = self.seen(text)
        return found.heading if found else None

    def _heading(self, text: str) -> str | None:
        if len(text) > LONGEST_HEADING:
            return None
        plain = _squashed(text)
        return next((code for code, pattern in self._headings.items() if pattern.fullmatch(plain)), None)

    def _found(self, text: str) -> tuple[Sign, ...]:
        if len(text) < SHORTEST:
            return ()
        found = [
            sign
            for piece in _pieces(text)
            for pattern, sign in self._signs
            if pattern.search(piece) and not (sign.unless and sign.unless.search(piece))
        ]
        return tuple(dict.fromkeys(found))


def current() -> Patterns:
    """The patterns that are shipped, with the office's own. Raises WrongCall for one that is none."""
    return _of(catalogue.identity_patterns())


def of_signs(found: Iterable[Sign], scope: Scope, heading: str = "") -> list[str]:
    """The rules of signs that count in a scope, each once. heading: of the text's column."""
    counting = SCOPES[: SCOPES.index(scope) + 1]
    broken = [
        sign.rule for sign in found if sign.scope in counting and not (sign.unless and sign.unless.search(heading))
    ]
    return list(dict.fromkeys(broken))


@cache
def _of(rows: tuple[IdentityPattern, ...]) -> Patterns:
    return Patterns(rows)


def _sign(row: IdentityPattern, parts: Mapping[str, str]) -> Sign:
    scope: Scope = "file" if row.scope == "file" else "cell" if row.scope == "cell" else "line"
    return Sign(row.rule_code or "", scope, _compiled(row, row.unless_pattern, parts) if row.unless_pattern else None)


def _pattern(row: IdentityPattern, parts: Mapping[str, str]) -> re.Pattern[str]:
    return _compiled(row, row.pattern, parts)


def _compiled(row: IdentityPattern, pattern: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern of a row, with the parts that it names in it."""
    try:
        for _ in range(DEEPEST):
            pattern = PART.sub(lambda found: parts[found[1]], pattern)
        return re.compile(pattern)
    except (re.error, KeyError) as error:
        raise WrongCall(f"identity_patterns, row {row.pattern_code}: {pattern!r} is no pattern ({error}).") from None


def _pieces(text: str) -> Iterator[str]:
    for begin in range(0, max(len(text) - OVERLAP, 1), LONGEST - OVERLAP):
        yield text[begin : begin + LONGEST]


def _squashed(text: str) -> str:
    letters = unicodedata.normalize("NFD", visible(text).casefold()).replace("đ", "d")
    return "".join(re.findall(r"[a-z0-9]", letters))
