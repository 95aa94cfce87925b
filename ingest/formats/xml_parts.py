"""XML of a workbook's parts, read as it streams. Nothing is looked up and no entity is declared."""

from collections.abc import Callable, Mapping
from xml.parsers import expat

from ingest.reports import Refused

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], object]


def parse(content: bytes, start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
    """Call back for each element by its name without prefix: Transitional and Strict parts are the same.

    Raises Refused (`file_damaged`) for what is no XML, or declares a document type: no spreadsheet program does.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, UnicodeDecodeError, ValueError) as error:
        raise Refused("file_damaged") from error


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute by its name without prefix."""
    for key, value in attributes.items():
        if key.rpartition(":")[2] == name:
            return value
    return None


def _refuse(*_: object) -> None:
    raise Refused("file_damaged")
