"""Characters that are invisible or look alike, and those that PostgreSQL and JSON cannot hold."""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u3164\uffa0\ufe00-\ufe0f]")
"""Fillers and variation selectors; all of Unicode's format characters (zero width, bidi, soft hyphen) go with them."""

LOOKS_ALIKE = ("<wide>", "<narrow>", "<font>")
"""Compatibility characters that are the plain one in another width or typeface; superscripts are none."""

DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def visible(text: str) -> str:
    """NFC without invisible characters, wide and styled letters and digits as plain ones.

    Blanks are left, and control characters: a text that holds any is damaged.
    """
    if text.isascii():
        return text
    plain = "".join([_plain(character) for character in text])
    return unicodedata.normalize("NFC", INVISIBLE.sub("", plain))


def storable(text: str) -> str:
    """The text as PostgreSQL and JSON can hold it: NUL as its symbol ␀, each lone surrogate as U+FFFD."""
    plain = text.replace("\x00", "\u2400")
    if plain.isascii():
        return plain
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shortened(text: str, at_most: int) -> str:
    return text if len(text) <= at_most else f"{text[:at_most]}…"


def readable_name(path: str) -> str:
    """A file's name or path as text: bytes that are no UTF-8, and what would change a line of text, as `\\xb8`."""
    plain = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join([_escaped(character) for character in plain])


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"):
        return character
    return repr(character)[1:-1]


@lru_cache(maxsize=10_000)
def _plain(character: str) -> str:
    if unicodedata.category(character) in ("Cf", "Cs"):
        return ""
    if unicodedata.decomposition(character).startswith(LOOKS_ALIKE):
        return unicodedata.normalize("NFKC", character)
    return character
