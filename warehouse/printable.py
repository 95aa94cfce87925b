"""Somebody else's text, for a terminal or a log. Imports nothing of ours: whoever logs needs it."""

import re

UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""What moves a terminal's cursor, changes its colours or the order of its letters, or is not seen: all of it but line
breaks and tabs."""

LINE_BREAKS = re.compile(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+")


def printable(text: str) -> str:
    """What is in UNPRINTABLE as `\\x1b`; lines and tabs stay."""
    return UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)


def one_line(text: str) -> str:
    """As `printable`, and on one line: nobody writes a second line of a receipt."""
    return printable(LINE_BREAKS.sub(" ", text))
