"""Made-up reports, marked as made up in the file's name, in a label that the loader reads and in print.

A report with figures is a workbook, one without is a small text that says what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from publish.files import write_atomically
from publish.formatting import MADE_UP
from publish.forms import prefill
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.forms.queries import Scheduled
from publish.forms.types import Form
from publish.simulation import made_up, trajectories
from publish.simulation.error_cases import DEFECTS, Cells
from warehouse import catalogue, database, wording
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

DOCUMENTS = "-ho-so"
"""Ends the name of the folder beside `out` where reports without figures go: they are received one by one, and whoever
ingests the folder of workbooks must not find them there."""

DOCUMENT = """{made_up}

Hồ sơ này do máy viết ra để thử hệ thống. Đây không phải là báo cáo thật và không thay cho báo cáo nào.

Chương trình: {programme} ({code})
Kỳ báo cáo: {period}
Đơn vị: {unit} ({unit_code})
Cơ quan báo cáo: {agency} ({agency_code})
Lần viết: {seed}
"""


@dataclass(frozen=True)
class Document:
    """A made-up report without figures: its file, and whose it is."""

    path: Path
    programme_code: str
    period: str
    unit_code: str
    agency_code: str


def simulate(
    programme: str,
    period: str,
    units: Sequence[str] | None = None,
    agencies: Sequence[str] | None = None,
    *,
    seed: int = 0,
    out: Path,
    defects: Mapping[str, str] | None = None,
    correction: int = 0,
    lines: Sequence[str] = (),
) -> list[Path]:
    """Write one workbook a report with figures into `out` and return their paths, by unit code and agency.

    units, agencies: codes; by default every report that is owed (of a baseline: those whose figures are added up).
    What is named is taken even if it is not owed. seed: the same gives the same bytes.
    defects: by unit code, the name of a defect to put into its reports (keys of simulation.error_cases.DEFECTS).
    correction: 0 for full reports; 1, 2 … for the first, second … correction of those reports that have `lines`,
    which carries only them, with counts drawn anew.
    Raises WrongCall for what the schedule or the programme does not know.
    """
    defects = defects or {}
    if unknown := set(defects.values()) - DEFECTS.keys():
        raise WrongCall(f"Không có lỗi mẫu tên {', '.join(sorted(unknown))}; có: {', '.join(DEFECTS)}.")
    if bool(correction) != bool(lines):
        raise WrongCall("Đính chính cần cả số thứ tự (từ 1) và các chỉ tiêu được đính chính.")
    with database.connect() as connection:
        reports = [
            each for each in _requested(connection, programme, period, units, agencies) if each.form == "figures"
        ]
        forms = prefill.beside(
            connection, form_queries.forms(connection, programme, period, reports), of_plan_only=True
        )
        drawn_around = trajectories.trajectories(connection, programme, period)
        below = _below(connection, programme, period, reports)
    if strangers := defects.keys() - {form.unit_code for form in forms}:
        raise WrongCall(f"Không có đơn vị {', '.join(sorted(strangers))} trong số được giả định.")
    if correction:
        forms = _correctable(forms, lines)
    draws = _Draws(drawn_around, seed, correction, below)
    return [_write(form, draws, out, defects.get(form.unit_code), lines) for form in forms]


def documents(
    programme: str,
    period: str,
    units: Sequence[str] | None = None,
    agencies: Sequence[str] | None = None,
    *,
    seed: int = 0,
    out: Path,
) -> list[Document]:
    """Write a small text for each report without figures, chosen as `simulate` does, into a folder of its own."""
    with database.connect() as connection:
        reports = [
            each for each in _requested(connection, programme, period, units, agencies) if each.form == "document"
        ]
        plan = catalogue.programme(connection, programme).name_vi
    found = []
    for report in reports:
        text = DOCUMENT.format(
            made_up=MADE_UP,
            programme=plan,
            code=programme,
            period=wording.period(period),
            unit=report.unit_name,
            unit_code=report.unit_code,
            agency=report.agency_name or f"UBND {report.unit_name}",
            agency_code=report.agency_code,
            seed=seed,
        )
        name = f"gia-dinh_{programme}_{period}_{report.unit_code}_{report.agency_code}.txt"
        path = write_atomically(out.with_name(out.name + DOCUMENTS) / name, text.encode())
        found.append(Document(path, programme, period, report.unit_code, report.agency_code))
    return found


def _requested(
    connection: psycopg.Connection,
    programme: str,
    period: str,
    units: Sequence[str] | None,
    agencies: Sequence[str] | None,
) -> list[Scheduled]:
    """The usual reports; and of an agency or a unit that is named and has no usual ones, what it may send.

    Figures and documents are told apart; a unit that owes none sends its own.
    """
    found = form_queries.scheduled(connection, programme, period, units, agencies)
    usual = [report for report in found if report.is_usual]
    if agencies is not None:
        kinds = {(report.agency_code, report.form) for report in usual}
        return [report for report in found if report.is_usual or (report.agency_code, report.form) not in kinds]
    if units is not None:
        own = {(report.unit_code, report.form) for report in usual}
        return [
            report
            for report in found
            if report.is_usual or (report.agency_code == DEFAULT_AGENCY and (report.unit_code, report.form) not in own)
        ]
    return usual


def _correctable(forms: Sequence[Form], lines: Sequence[str]) -> list[Form]:
    """The forms that have all these lines. Raises WrongCall, which names the lines, where there is none."""
    found = [form for form in forms if set(lines) <= {line.code for line in form.lines}]
    if not found:
        raise WrongCall(f"Không có báo cáo nào có đủ các chỉ tiêu {', '.join(lines)}.")
    return found


def _below(connection: psycopg.Connection, programme: str, period: str, reports: Sequence[Scheduled]) -> list[Form]:
    """The forms that are added up for the programme's place, where its own report is among those selected."""
    root = catalogue.programme(connection, programme).root_unit_code
    if not any(report.unit_code == root and report.agency_code == DEFAULT_AGENCY for report in reports):
        return []
    every = form_queries.scheduled(connection, programme, period)
    feeding = [each for each in every if each.feeds_rollup and each.form == "figures" and each.unit_code != root]
    return form_queries.forms(connection, programme, period, feeding)


@dataclass(frozen=True)
class _Draws:
    """Where made-up figures come from. below: the forms that a place's own report adds up, none for all others."""

    trajectories: Mapping[str, made_up.Trajectory]
    seed: int
    correction: int
    below: Sequence[Form]

    def cells(self, form: Form) -> Cells:
        own = made_up.counts(form, self.trajectories, self.seed, redraw=self.correction)
        levels = {each.unit_level for each in self.below}
        if not levels or form.unit_level in levels or form.agency_code != DEFAULT_AGENCY:
            return own
        below = [made_up.counts(each, self.trajectories, self.seed) for each in self.below]
        return made_up.summed(form, own, below, self.seed, self.correction)


def _write(form: Form, draws: _Draws, out: Path, defect: str | None, lines: Sequence[str]) -> Path:
    cells, correction = draws.cells(form), draws.correction
    name = f"gia-dinh_{form.programme_code}_{form.period}_{form.unit_code}"
    if form.agency_code != DEFAULT_AGENCY:
        name += f"_{form.agency_code}"
    form = replace(form, is_made_up=True)
    if correction:
        form, cells = _only(form, cells, lines)
        name += f"_dinh-chinh-{correction}"
    if defect:
        form = DEFECTS[defect](form, cells)
    return form_workbook.write(form, out / f"{name}.xlsx", cells)


def _only(form: Form, cells: Cells, codes: Sequence[str]) -> tuple[Form, Cells]:
    """A correction: the lines it carries and no others."""
    kept = form.only(codes)
    return replace(form, submission_type="correction", lines=kept), {line.code: cells[line.code] for line in kept}
