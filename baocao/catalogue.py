"""`baocao catalogue`: the plans as rows of CSV files, those that are shipped and the office's own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from baocao import catalogue_plan
from baocao.output import Json, write_document
from warehouse.errors import BaocaoError, WrongCall

if TYPE_CHECKING:
    from pipeline.catalogue_drafting import Drafted
    from pipeline.catalogue_import import Plan
    from warehouse.seeds.checks import Project
    from warehouse.seeds.office import Change
    from warehouse.seeds.own_rows import Edit

EDITS = {"added": "thêm", "changed": "sửa", "deleted": "bỏ"}

app = typer.Typer(name="catalogue", help="The plans as rows of CSV files.", no_args_is_help=True)


Workbook = Annotated[Path, typer.Argument(help="A workbook of the catalogue, as `baocao catalogue export` wrote it.")]


@app.command()
def check(
    workbook: Annotated[Path | None, typer.Argument(help="A changed workbook; without it, the CSV files.")] = None,
    json: Json = False,
) -> None:
    """Check the rows of the catalogue, without a database and in a second.

    Each problem is named with file, row, column, value and what is allowed; the exit code is then 1. A programme whose
    rows are wrong stays as it was last loaded, and the others are built. A problem of a whole file, or of a row that
    belongs to no programme, stops every build. The rows of the office's own catalogue (BAOCAO_CATALOGUE) are checked
    together with those that are shipped.

    With a workbook: what its import would change, and its problems in Vietnamese by sheet and cell. Nothing is written.

    \b
    baocao catalogue check
    baocao catalogue check ke-hoach.xlsx
    """
    if workbook:
        _check_workbook(workbook, json)
        return
    from warehouse.seeds import checks

    project = _read()
    found = checks.problems(project)
    rows = sum(len(table.rows) for table in project.tables.values())
    if json:
        write_document([problem.document() for problem in found])
    elif found:
        typer.echo("\n".join(map(str, found)))
    else:
        own = f", {_counted(project.changes)} by BAOCAO_CATALOGUE" if project.changes else ""
        typer.echo(f"{len(project.tables)} files with {rows} rows{own}: nothing is wrong.")
    if found:
        raise BaocaoError(f"{len(found)} problems in the catalogue.")


@app.command()
def export(
    workbook: Annotated[Path, typer.Argument(help="Where to write the workbook, such as ke-hoach.xlsx.")],
    programme: Annotated[str | None, typer.Option(help="Only the rows of this programme.")] = None,
) -> None:
    """Write the catalogue as a workbook that a person changes and `baocao catalogue import` reads.

    A sheet a table, with Vietnamese headings, help and lists of what may be chosen. Every cell is text: codes keep
    their zeros and dates their order in any spreadsheet program. It has the rows that are shipped and the office's own.

    \b
    baocao catalogue export ke-hoach.xlsx --programme bacninh-2026-2030
    """
    from publish.catalogue.workbook import render
    from publish.files import write_atomically

    project = _read()
    if programme is not None and programme not in project.programmes:
        raise WrongCall(f"There is no programme {programme}; there are {', '.join(sorted(project.programmes))}.")
    write_atomically(workbook, render(project, programme))
    typer.echo(f"{workbook}: {len(project.tables)} bảng." if programme is None else f"{workbook}: {programme}.")


@app.command()
def draft(
    document: Annotated[Path, typer.Argument(help="The plan: .docx, .xlsx, .pdf or .txt.")],
    programme: Annotated[
        str | None, typer.Option(help="The programme's code; without it, one is made of issuer and years.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The workbook; without it, beside the document.")] = None,
    json: Json = False,
) -> None:
    """Propose rows of the catalogue from a plan's document, for a person to accept one by one.

    Reads sentences and tables, and writes a workbook of indicators, units, targets, baselines, deadlines, agencies and
    of places where the plan contradicts itself, each with its line. Nothing is decided: `baocao catalogue import` takes
    only rows whose first cell says «có», and `baocao catalogue check` names what they lack. The code of a programme
    that the catalogue has makes it a unit's plan under that programme.

    \b
    baocao catalogue draft ke-hoach.docx --programme bacninh-2026-2030
    baocao catalogue check ke-hoach-du-thao.xlsx
    baocao catalogue import ke-hoach-du-thao.xlsx
    """
    from pipeline import building, catalogue_drafting

    workbook = out or document.with_name(f"{document.stem}-du-thao.xlsx")
    if workbook.exists():
        raise WrongCall(f"Đã có {workbook}, có thể đang có dòng được chấp nhận: hãy đổi tên nó, hoặc ghi --out khác.")
    found = catalogue_drafting.draft(building.DBT_PROJECT, document, programme)
    catalogue_drafting.write(found, workbook)
    if json:
        write_document(_draft_document(found, workbook))
        return
    whose = "chương trình mới" if found.is_new else "chương trình đã có"
    typer.echo(f"{document.name} → {found.programme} ({whose})")
    counted = Counter(row.seed for row in found.drafts)
    typer.echo("\n".join(f"  {number:>4} {_label(seed)}" for seed, number in counted.items()))
    for each in found.plan.findings:
        of = f"chỉ tiêu {each.code}: " if each.code else ""
        readings = " ↔ ".join(filter(None, (each.reading_a, each.reading_b)))
        typer.echo(f"  {found.plan.document.place(each.line)}  {each.label_vi}: {of}{readings}")
    typer.echo(f"Đã ghi {workbook}. Chưa có gì được nhập: ghi «có» ở cột Chấp nhận của từng dòng đúng.")


def _label(seed: str) -> str:
    from warehouse.seeds import labels

    found = labels.table(seed)
    return found.text if found else seed


def _draft_document(found: "Drafted", workbook: Path) -> dict[str, object]:
    return {
        "programme": found.programme,
        "is_new": found.is_new,
        "file": str(workbook),
        "rows": [
            {"table": row.seed, "place": row.place, "quotation": row.quotation, "cells": dict(row.cells)}
            for row in found.drafts
        ],
    }


@app.command("import")
def import_workbook(workbook: Workbook, json: Json = False) -> None:
    """Put what a person changed in an exported workbook into the office's own catalogue (BAOCAO_CATALOGUE).

    Only rows that were changed, added or deleted since the export are written, whatever became of the catalogue since;
    the files that are shipped are never touched. Where anything is wrong nothing is written, each problem is named by
    sheet and cell, and the exit code is 1. `baocao build` loads what was imported.

    \b
    baocao catalogue export ke-hoach.xlsx --programme bacninh-2026-2030
    baocao catalogue check ke-hoach.xlsx
    baocao catalogue import ke-hoach.xlsx
    """
    from pipeline import building, catalogue_import

    found = catalogue_import.plan(building.DBT_PROJECT, workbook)
    written = catalogue_import.write(building.DBT_PROJECT, found) if found.edits and not found.problems else []
    _report(found, json, written)


def _check_workbook(workbook: Path, json: bool) -> None:
    from pipeline import building, catalogue_import

    _report(catalogue_import.plan(building.DBT_PROJECT, workbook), json, [])


def _report(found: "Plan", json: bool, written: list[Path]) -> None:
    problems = [(found.address(each.file, each.row, each.column), each) for each in found.problems]
    if json:
        write_document(
            {
                "changes": [_edit_document(found, edit) for edit in found.edits],
                "problems": [problem.document() | {"address": address} for address, problem in problems],
                "files": [str(path) for path in written],
            }
        )
    else:
        for edit in found.edits:
            typer.echo("\n".join(_edit_lines(found, edit)))
        typer.echo("Không có gì thay đổi." if not found.edits else f"{len(found.edits)} dòng thay đổi.")
        for address, problem in problems:
            typer.echo(f"  {address}  {problem.vi}")
        for path in written:
            typer.echo(f"Đã ghi {path}")
    if problems:
        raise BaocaoError(f"{len(problems)} lỗi trong sổ danh mục; không ghi gì.")


def _edit_lines(found: "Plan", edit: "Edit") -> list[str]:
    key = ", ".join(value for value in edit.key if value)
    place = found.address(edit.row.file, edit.row.number, None) if edit.kind != "deleted" else edit.seed.name
    before, after = edit.before or {}, edit.after or {}
    cells = [] if edit.kind != "changed" else edit.columns
    changed = [
        f"    {found.address(edit.row.file, edit.row.number, name)}  {_own(before, name)} → {_own(after, name)}"
        for name in cells
    ]
    return [f"{EDITS[edit.kind]:<6} {place}: {key}", *changed]


def _edit_document(found: "Plan", edit: "Edit") -> dict[str, object]:
    return {
        "change": edit.kind,
        "table": edit.seed.name,
        "address": found.address(edit.row.file, edit.row.number, None) if edit.kind != "deleted" else None,
        "key": dict(zip(edit.seed.key, edit.key, strict=True)),
        "before": edit.before,
        "after": edit.after,
    }


def _own(cells: "Mapping[str, str | None]", name: str) -> str:
    return f"«{cells.get(name) or ''}»"


@app.command()
def diff(json: Json = False) -> None:
    """Show what the office's own catalogue (BAOCAO_CATALOGUE) adds to, overrides and removes of what is shipped.

    Each row is named with its key; of a row that is overridden the cells that differ are shown, shipped → own. After an
    upgrade it also says which rows override or remove something that is not shipped any more. Nothing is changed.

    \b
    BAOCAO_CATALOGUE=/srv/baocao/danh-muc baocao catalogue diff
    """
    changes = _read().changes
    if json:
        write_document([_document(change) for change in changes])
        return
    if not changes:
        typer.echo("There are no rows of the office's own: the plans are as shipped.")
        return
    for change in changes:
        typer.echo("\n".join(_lines(change)))
    typer.echo(f"{_counted(changes)}.")


app.command()(catalogue_plan.plan)


def _read() -> "Project":
    from pipeline import building, catalogue_loading

    return catalogue_loading.read(building.DBT_PROJECT)


def _counted(changes: "Sequence[Change]") -> str:
    """3 rows added, 10 overridden, 1 removed."""
    kinds = Counter(change.kind for change in changes)
    return f"{kinds['added']} rows added, {kinds['overridden']} overridden, {kinds['removed']} removed"


def _lines(change: "Change") -> list[str]:
    named = ", ".join(f"{column} {value}" for column, value in change.key.items() if value is not None)
    lines = [f"{change.kind:<10} {change.seed}: {named}  ({change.row.file}, row {change.row.number})"]
    before, after = change.shipped or {}, change.merged or {}
    lines += [f"    {name}: {_shown(before[name])} → {_shown(after[name])}" for name in change.columns]
    return [*lines, *([f"    {change.note}"] if change.note else [])]


def _shown(cell: str | None) -> str:
    return "(empty)" if cell is None else f"“{cell}”"


def _document(change: "Change") -> dict[str, object]:
    return {
        "change": change.kind,
        "table": change.seed,
        "key": change.key,
        "shipped": change.shipped,
        "own": change.merged,
        "file": change.row.file,
        "row": change.row.number,
        "note": change.note or None,
    }
