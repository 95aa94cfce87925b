"""A workbook of the catalogue goes into the office's own folder: what a person changed in it, and nothing else."""

from dataclasses import dataclass, replace
from pathlib import Path

from ingest import catalogue_workbook
from warehouse.errors import WrongCall
from warehouse.seeds import checks, own_rows
from warehouse.seeds.files import Problem
from warehouse.seeds.own_rows import Edit
from warehouse.settings import get_settings


@dataclass(frozen=True)
class Plan:
    """What would be imported. columns: of each sheet in its order, for the address of a cell."""

    edits: list[Edit]
    problems: list[Problem]
    columns: dict[str, tuple[str, ...]]

    def address(self, sheet: str, row: int | None, column: str | None) -> str:
        """Mức kế hoạch!H3; of a row as a whole its first cell, of a sheet its name."""
        from openpyxl.utils import get_column_letter

        if row is None:
            return sheet
        columns = self.columns.get(sheet, ())
        letter = get_column_letter(columns.index(column) + 1) if column in columns else "A"
        return f"{sheet}!{letter}{row}"


def plan(project: Path, workbook: Path) -> Plan:
    """What a person changed in the workbook, and what would be wrong with the catalogue then. Writes nothing.

    Raises WrongCall for a file that is no workbook of the catalogue.
    """
    merged = checks.read(project, get_settings().catalogue)
    book = catalogue_workbook.read(workbook, [table.seed for table in merged.tables.values()])
    tables, edits = dict(merged.tables), []
    for sheet in book.sheets:
        exported = book.exported.get(sheet.seed.name, {})
        tables[sheet.seed.name], found = own_rows.edits(tables[sheet.seed.name], sheet.rows, sheet.columns, exported)
        edits += found
    known = frozenset(filter(None, (row.programme for row in tables["programmes"].rows)))
    changed = replace(merged, tables=tables, programmes=known, changes=(), _keys={})
    problems = [*book.problems, *checks.problems(changed)]
    return Plan(edits, problems, {sheet.label: sheet.columns for sheet in book.sheets})


def write(project: Path, found: Plan) -> list[Path]:
    """Write the changes of a plan without problems into the folder of BAOCAO_CATALOGUE; the files that changed.

    Raises WrongCall where the setting names no folder: the rows that are shipped are never changed.
    """
    folder = get_settings().catalogue
    if folder is None:
        raise WrongCall(
            "Chưa đặt BAOCAO_CATALOGUE: thư mục cho danh mục riêng của cơ quan. Ví dụ: "
            "baocao config set BAOCAO_CATALOGUE /srv/baocao/danh-muc"
        )
    return own_rows.write(folder, checks.read(project), checks.read(project, get_settings().catalogue), found.edits)
