"""Addresses between files of a folder: they work from any place that the folder is copied to, a file system too."""

from dataclasses import dataclass
from urllib.parse import quote

from pages.language import Language
from pages.view import View

FRONT = "index"
STYLE = "baocao.css"


@dataclass(frozen=True)
class StaticView(View):
    """path: of the file below the site's folder, without language and ending: `bacninh-2026-2030/don-vi/24`."""

    is_live = False

    def link(self, path: str, **values: str | None) -> str:
        """The same language's file of another page."""
        return self._to(_file(path, self.language))

    def same(self, **values: str | None) -> str:
        """This page in another language, or one of its tables."""
        if values.get("table"):
            return self._to(self.table_file(values["table"] or "", values["format"] or "csv"))
        return self._to(_file(self.path, "en" if values.get("lang") == "en" else "vi"))

    def file(self) -> str:
        """The file of this page in this language."""
        return _file(self.path, self.language)

    def table_file(self, table: str, kind: str) -> str:
        """The file of a table of this page in this language."""
        return f"{self.path}.{table}{_ending(self.language)}.{kind}"

    def raw(self, file: str) -> str:
        """The address of a file of the site that is no page."""
        return self._to(file)

    @property
    def style(self) -> str:
        return self._to(STYLE)

    @property
    def page(self) -> int:
        """All rows of a table on one page."""
        return 0

    def _to(self, file: str) -> str:
        return "../" * self.path.count("/") + quote(file)


def _file(path: str, language: Language) -> str:
    return f"{path}{_ending(language)}.html"


def _ending(language: Language) -> str:
    return ".en" if language == "en" else ""
