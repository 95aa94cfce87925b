"""The templates of letters, and what each becomes: a subject, plain text and HTML."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import wording

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Text:
    subject: str
    plain: str
    html: str


def render(name: str, subject: str, values: dict[str, object]) -> Text:
    """The templates `name.txt.j2` and `name.html.j2` with these values; the subject on one line, as a header is."""
    return Text(
        " ".join(subject.split()),  # a name may hold a line break, a header may not
        _environment().get_template(f"{name}.txt.j2").render(values),
        _environment().get_template(f"{name}.html.j2").render(values),
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"period": wording.period, "timestamp": wording.timestamp, "day": wording.day}
    return environment
