"""`baocao catalogue plan`: what a change of the catalogue will do, for people and programs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from baocao.output import Json, stderr, write_document

if TYPE_CHECKING:
    from pipeline.catalogue_effects import Effects

NAMED = 10
"""Changes of each kind that are named; the others are counted."""
KINDS = {"figures": "số liệu", "verdicts": "kết luận", "obligations": "nghĩa vụ báo cáo", "letters": "thư nhắc"}


def plan(
    workbook: Annotated[Path | None, typer.Argument(help="A changed workbook; without it, the CSV files.")] = None,
    json: Json = False,
) -> None:
    """Show what a change of the catalogue will do before it is done: figures, verdicts, obligations and letters.

    The database is copied into a server of its own, the copy is built with the rows of today's files (with a workbook:
    as if it were imported), and compared; it takes as long as a build, and the copy is removed. Nothing of the home is
    changed. Letters are the reminders that are still to come.

    \b
    baocao catalogue plan
    baocao catalogue plan ke-hoach.xlsx --json
    """
    from pipeline import catalogue_effects

    with stderr().status("Plan …") as shown:
        found = catalogue_effects.effects(workbook, lambda text: shown.update(f"Plan: {text} …"))
    if json:
        write_document(asdict(found))
    else:
        typer.echo("\n".join(_lines(found)))


def _lines(found: "Effects") -> Iterator[str]:
    for row in found.rows:
        yield f"{row['seed']} {row['programme_code']}: {row['begin']} dòng mới, {row['ended']} dòng thôi áp dụng"
    if found.unbuilt:
        yield "Có báo cáo đã nhận mà chưa tính: các thay đổi dưới đây gồm cả phần của chúng."
    for kind, changes in found.changes.items():
        yield f"{KINDS[kind]}: {len(changes)} thay đổi{_by_programme(changes)}"
        yield from map(_line, changes[:NAMED])
        if len(changes) > NAMED:
            yield f"    và {len(changes) - NAMED} thay đổi khác: --json liệt kê tất cả"


def _by_programme(changes: list[dict[str, Any]]) -> str:
    counted = Counter(change["programme_code"] for change in changes)
    return f" ({', '.join(f'{code} {count}' for code, count in sorted(counted.items()))})" if counted else ""


def _line(change: Mapping[str, Any]) -> str:
    before, after = change["before"] or {}, change["after"] or {}
    key = " · ".join(
        str(value) for name, value in change.items() if name not in ("before", "after") and value is not None
    )
    if not change["before"] or not change["after"]:
        cells = after or before
        shown = ", ".join(f"{name} {value}" for name, value in cells.items() if value is not None)
        return f"    {key}: {'thêm' if after else 'bỏ'} ({shown})"
    differing = [name for name in after if after[name] != before[name]]
    return f"    {key}: " + ", ".join(f"{name} {_cell(before[name])} → {_cell(after[name])}" for name in differing)


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
