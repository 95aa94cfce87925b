"""Ways in which a made-up report can be wrong, one for each thing that the gate has to catch."""

from collections.abc import Callable
from dataclasses import replace

from publish.forms.types import Cell, Form, Line, Part

Cells = dict[str, dict[Part, Cell]]
Defect = Callable[[Form, Cells], Form]


def _first(form: Form, fits: Callable[[Line], bool]) -> str:
    """The first line of the plan that a defect can be put into.

    Raises ValueError where the programme has none.
    """
    code = next((line.code for line in form.lines if fits(line)), None)
    if code is None:
        raise ValueError(f"{form.programme_code}: không có chỉ tiêu nào chứa được lỗi này")
    return code


def is_share(line: Line) -> bool:
    return line.aggregation == "ratio" and line.is_part_of_whole


def numerator_above_denominator(form: Form, cells: Cells) -> Form:
    code = _first(form, is_share)
    cells[code]["numerator"] = int(cells[code]["denominator"]) + 1
    return form


def decimal_mark_ambiguous(form: Form, cells: Cells) -> Form:
    cells[_first(form, is_share)] = {"value": "96.125"}
    return form


def required_lines_missing(form: Form, cells: Cells) -> Form:
    for line in [line for line in form.lines if line.is_required][-3:]:
        cells[line.code] = {}
    return form


def wrong_unit_code(form: Form, cells: Cells) -> Form:
    return replace(form, unit_code="99999")


def wrong_period(form: Form, cells: Cells) -> Form:
    return replace(form, period=str(int(form.period[:4]) + 90))


def yes_no_in_a_number(form: Form, cells: Cells) -> Form:
    cells[_first(form, is_share)] = {"value": "Có"}
    return form


def number_in_a_yes_no(form: Form, cells: Cells) -> Form:
    cells[_first(form, lambda line: line.is_yes_no)] = {"value": "75"}
    return form


def denominator_alone(form: Form, cells: Cells) -> Form:
    del cells[_first(form, is_share)]["numerator"]
    return form


def letters_in_a_number(form: Form, cells: Cells) -> Form:
    cells[_first(form, is_share)]["numerator"] = "gần ba trăm"
    return form


def negative_count(form: Form, cells: Cells) -> Form:
    cells[_first(form, is_share)]["numerator"] = -5
    return form


DEFECTS: dict[str, Defect] = {
    defect.__name__: defect
    for defect in (
        numerator_above_denominator,
        decimal_mark_ambiguous,
        required_lines_missing,
        wrong_unit_code,
        wrong_period,
        yes_no_in_a_number,
        number_in_a_yes_no,
        denominator_alone,
        letters_in_a_number,
        negative_count,
    )
}
