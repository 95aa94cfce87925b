"""A plan's document becomes a workbook of proposed rows, for `baocao catalogue import` once a person accepted some."""

from dataclasses import dataclass
from pathlib import Path

from ingest.plans import drafting, readers, rows
from ingest.plans.drafting import Catalogue, Plan
from ingest.plans.places import Places
from publish.catalogue.workbook import render_draft
from publish.files import write_atomically
from warehouse.seeds import checks
from warehouse.seeds.checks import Project
from warehouse.seeds.workbook import Draft
from warehouse.settings import get_settings


@dataclass(frozen=True)
class Drafted:
    """programme: the code that the rows have. is_new: the catalogue has no such programme yet."""

    programme: str
    is_new: bool
    plan: Plan
    drafts: list[Draft]
    project: Project


def draft(project: Path, path: Path, programme: str | None = None) -> Drafted:
    """Rows that the document proposes. programme: their code; without one, made of issuer and years.

    Reads the catalogue for names of units and to compare with; changes nothing. Raises WrongCall for a file that
    cannot be read.
    """
    return propose(checks.read(project, get_settings().catalogue), path, programme)


def propose(merged: Project, path: Path, programme: str | None = None) -> Drafted:
    """The same with a catalogue that was read already."""
    tables = {name: [row.cells for row in table.rows] for name, table in merged.tables.items()}
    places = Places(tables.pop("org_units"))
    tables.pop("org_unit_lineage", None)
    plan = drafting.read(readers.read(path), Catalogue(places, tables, programme or ""))
    code = programme or rows.programme_code(plan)
    is_new = code not in merged.programmes
    numbers = [int(row.get("contradiction_no") or 0) for row in tables["contradictions"]]
    first_no = max(numbers, default=0) + 1
    return Drafted(code, is_new, plan, rows.drafts(plan, code, places, is_new=is_new, first_no=first_no), merged)


def write(drafted: Drafted, out: Path) -> None:
    """The workbook, whole or not at all."""
    write_atomically(out, render_draft(drafted.project, drafted.programme, drafted.drafts))
