"""The words that the readers of a plan know: rows of vocabulary.csv, so that a new word is a row and no code."""

import csv
import re
from functools import cache
from pathlib import Path
from unicodedata import combining, normalize


@cache
def terms(kind: str) -> dict[str, str]:
    """The words of a kind with their meaning, the longest first."""
    found = {row["term"]: row["meaning"] for row in _rows() if row["kind"] == kind}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@cache
def either(kind: str) -> str:
    """A regular expression of all words of a kind, the longest first; blanks of any width."""
    return "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in terms(kind))


@cache
def whole(kind: str) -> re.Pattern[str]:
    """Finds any word of a kind that is no part of another word."""
    return re.compile(rf"(?<!\w)(?:{either(kind)})(?!\w)", re.IGNORECASE)


def meaning(kind: str, text: str) -> str | None:
    """Of the word of a kind that the text has first; None without one.

    Accents do not count: a misprint is still that word (SỐ SÁNH is a comparison), and is listed for itself.
    """
    folded = unaccented(text)
    found = [
        (place, -len(term), meant)
        for term, meant in terms(kind).items()
        if (place := _place(unaccented(term), folded)) is not None
    ]
    return min(found)[2] if found else None


def has(kind: str, text: str) -> bool:
    return whole(kind).search(plain(text)) is not None


def plain(text: str) -> str:
    """NFC, one blank for each gap, lower case."""
    return " ".join(normalize("NFC", text).split()).casefold()


def unaccented(text: str) -> str:
    """The same without accents, đ as d: how a word looks to a machine that lost its marks."""
    letters = normalize("NFD", plain(text).replace("đ", "d"))
    return "".join(letter for letter in letters if not combining(letter))


def _place(term: str, text: str) -> int | None:
    found = re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text)
    return found.start() if found else None


@cache
def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("vocabulary.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
