"""Made-up reports as workbooks, marked as made up in the file's name, in a label that the loader reads and in print."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from publish import catalogued, made_up, templates
from publish.defects import DEFECTS, Cells
from publish.forms import Form
from warehouse import database
from warehouse.errors import WrongCall


def simulate(
    programme: str,
    period: str,
    units: Sequence[str] | None = None,
    *,
    seed: int = 0,
    out: Path,
    defects: Mapping[str, str] | None = None,
    correction: int = 0,
    lines: Sequence[str] = (),
) -> list[Path]:
    """Write one workbook a unit into `out` and return their paths in the order of the unit codes.

    units: unit codes; all whose figures feed the rollup by default. seed: the same gives the same bytes.
    defects: by unit code, the name of a defect to put in (keys of publish.defects.DEFECTS).
    correction: 0 for full reports; 1, 2 … for the unit's first, second … correction, which carries only `lines`,
    with counts drawn anew.
    Raises WrongCall for what the schedule or the programme does not know.
    """
    defects = defects or {}
    if unknown := set(defects.values()) - DEFECTS.keys():
        raise WrongCall(f"Không có lỗi mẫu tên {', '.join(sorted(unknown))}; có: {', '.join(DEFECTS)}.")
    if bool(correction) != bool(lines):
        raise WrongCall("Đính chính cần cả số thứ tự (từ 1) và các chỉ tiêu được đính chính.")
    with database.connect() as connection:
        forms = catalogued.forms(connection, programme, period, units)
        ways = catalogued.ways(connection, programme, period)
    if strangers := defects.keys() - {form.unit_code for form in forms}:
        raise WrongCall(f"Không có đơn vị {', '.join(sorted(strangers))} trong số được giả định.")
    return [_write(form, ways, seed, out, defects.get(form.unit_code), correction, lines) for form in forms]


def _write(
    form: Form,
    ways: Mapping[str, made_up.Way],
    seed: int,
    out: Path,
    defect: str | None,
    correction: int,
    lines: Sequence[str],
) -> Path:
    cells = made_up.counts(form, ways, seed, redraw=correction)
    name = f"gia-dinh_{form.programme_code}_{form.period}_{form.unit_code}"
    form = replace(form, is_made_up=True)
    if correction:
        form, cells = _only(form, cells, lines)
        name += f"_dinh-chinh-{correction}"
    if defect:
        form = DEFECTS[defect](form, cells)
    return templates.write(form, out / f"{name}.xlsx", cells)


def _only(form: Form, cells: Cells, codes: Sequence[str]) -> tuple[Form, Cells]:
    """A correction: the lines it carries and no others. Raises WrongCall for a line that the programme lacks."""
    try:
        kept = form.only(codes)
    except KeyError as error:
        raise WrongCall(str(error.args[0])) from None
    return replace(form, submission_type="correction", lines=kept), {line.code: cells[line.code] for line in kept}
