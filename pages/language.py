"""Vietnamese and English: every text of the pages is written once in both."""

from typing import Literal, NamedTuple

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

SWAPPED = str.maketrans(",.", ".,")


class Text(NamedTuple):
    """A text of ours in both languages."""

    vi: str
    en: str

    def fill(self, **values: object) -> "Text":
        """The text with its names in {braces} replaced; a value that is a Text in its own language."""
        in_vi = {name: render(value, "vi") if isinstance(value, Text) else value for name, value in values.items()}
        in_en = {name: render(value, "en") if isinstance(value, Text) else value for name, value in values.items()}
        return Text(self.vi.format(**in_vi), self.en.format(**in_en))


Shown = str | Text
"""A text of ours, or one of the plan, a unit or a sender, which has one language."""


def render(text: Shown, language: Language) -> str:
    """The text in a language; what has one language is shown as it is."""
    if isinstance(text, Text):
        return text.vi if language == "vi" else text.en
    return text


def figure(text: str) -> Text:
    """A number or an interval as publish.formatting writes it, in English with its marks: "1.234,5" as "1,234.5"."""
    return Text(text, text.translate(SWAPPED).replace(" và ", " and ").replace("từ ", "from "))
