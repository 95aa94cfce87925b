"""The page of published files: each unit's workbook, and the files of releases to the public, to take away."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from pages import choices, terms
from pages.language import Text
from pages.layout import Page, Section
from pages.tables import Cell, Column, Table, text
from pages.view import View
from warehouse import catalogue
from warehouse.settings import ZONE, get_settings

ADDRESS = "/phat-hanh"
WORKBOOKS, RELEASES = "published", "public"
"""Folders of the home."""
HEADINGS = {
    WORKBOOKS: Text("Biểu của các đơn vị", "Workbooks of units"),
    RELEASES: Text("Số liệu đã công bố", "Released to the public"),
}
CAPTIONS = {
    WORKBOOKS: Text("Biểu và bảng điểm, mỗi đơn vị một tệp", "Annex tables and score sheets, a file for each unit"),
    RELEASES: Text("Tệp của các lần công bố: số nhỏ đã được ẩn", "Files of the releases: small counts are suppressed"),
}
EMPTY = {
    WORKBOOKS: Text("Chưa phát hành biểu nào.", "No workbook is published yet."),
    RELEASES: Text(
        "Chưa công bố lần nào (lệnh: baocao release).", "Nothing is released yet (the command: baocao release)."
    ),
}


class Published(NamedTuple):
    """A file. path: below its folder, `programme/period/unit.xlsx` or `programme/figures.csv`."""

    path: str
    written_at: datetime


def make(connection: psycopg.Connection, view: View) -> Page:
    programmes = {each.programme_code: each.name_vi for each in catalogue.programmes(connection)}
    found = {folder: _files(folder) for folder in (WORKBOOKS, RELEASES)}
    codes = {Path(each.path).stem for files in found.values() for each in files}
    names = choices.names(connection, sorted(codes))
    return Page(
        title=Text("Đã phát hành", "Published"),
        lead=Text(
            "Những gì DAG publication đã ghi và những gì đã công bố.",
            "What the DAG publication wrote, and what was released to the public.",
        ),
        sections=[
            Section(folder, HEADINGS[folder], table=_table(folder, files, programmes, names, view))
            for folder, files in found.items()
        ],
        has_date=False,
    )


def file(folder: str, path: str) -> Path | None:
    """A file that the page lists, and no other."""
    if folder not in (WORKBOOKS, RELEASES) or path not in {each.path for each in _files(folder)}:
        return None
    return get_settings().home / folder / path


def file_name(path: str) -> str:
    """With programme and period in it: on somebody's disk the folders are gone."""
    return path.replace("/", "-")


def _files(folder: str) -> list[Published]:
    """By programme, period and unit."""
    root = get_settings().home / folder
    paths = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    found = [
        Published(str(path.relative_to(root)), datetime.fromtimestamp(path.stat().st_mtime, ZONE)) for path in paths
    ]
    return sorted(found)


def _table(folder: str, files: list[Published], programmes: dict[str, str], names: dict[str, str], view: View) -> Table:
    rows = [
        (
            Cell(each.path.partition("/")[2], href=f"{view.root}{ADDRESS}/{folder}/{each.path}"),
            text(names.get(Path(each.path).stem)),
            Cell(terms.timestamp(each.written_at), value=each.written_at.isoformat()),
        )
        for each in files
    ]
    columns = (
        Column("file", Text("Tệp", "File"), is_heading=True),
        Column("unit", Text("Đơn vị", "Unit")),
        Column("written", Text("Ghi lúc", "Written at")),
    )
    groups = [programmes.get(code, code) for code in (each.path.partition("/")[0] for each in files)]
    heading = Text("Chương trình", "Programme")
    return Table(folder, CAPTIONS[folder], columns, rows, EMPTY[folder], heading, groups)
