"""The page of a programme's score sheet; with a unit, its sheet line by line."""

from decimal import Decimal

import psycopg

from pages import access, choices, terms
from pages.language import Shown, Text, figure
from pages.layout import Page, Section
from pages.tables import Cell, Column, Table, number, text
from pages.view import View
from publish.scores import data as scores
from publish.scores.data import Line, ScoreSheet, UnitResult

SCORED = "select programme_code from marts.dim_score_sheet"

TITLE = Text("Chấm điểm và công nhận", "Scores and recognition")
UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
CODE = Column("unit_code", Text("Mã", "Code"))
TOTAL = Column("total", Text("Tổng điểm", "Total"), is_number=True)
OPEN = Column("open", Text("Còn có thể cộng", "Can still be added"), is_number=True)
REASONS = Column("reasons", Text("Căn cứ", "Why"))
CLASS = Column("class", Text("Loại", "Class"))
NEEDED = Column("needed", Text("Điểm cần đạt", "Points needed"), is_number=True)
SET_CLASS = "/quyet-dinh/loai"
VERDICTS = terms.SCORE_VERDICTS
SHAPES = {"recognised": "met", "not_recognised": "unmet", "undetermined": "part"}
NOT_SCORED = Text("Chương trình này không có bảng chấm điểm.", "This programme has no score sheet.")
NOBODY = Text("Kỳ này chưa có đơn vị nào được chấm.", "No unit is scored in this period.")
UNKNOWN = Text("chưa rõ", "not known")
NO_CLASS = Text("chưa xác định", "not set")
NOBODY_REPORTED = Text(
    "Chưa đơn vị nào báo cáo nên chưa xếp hạng; điểm trừ là của báo cáo trễ hạn hoặc thiếu.",
    "No unit has reported, so none is ranked; points are taken off for reports that are late or missing.",
)
NOT_REPORTED = Text("chưa báo cáo", "not reported")
PROVISIONAL = Text("tạm tính", "provisional")


def make(connection: psycopg.Connection, view: View) -> Page:
    scored = [code for (code,) in connection.execute(SCORED).fetchall()]
    chosen = choices.programme_and_period(connection, view, preferred=scored)
    programme, period = chosen.keys["programme"], chosen.keys["period"]
    unit = view.get("unit") or chosen.programme.root_unit_code
    choices.units_with_code(connection, unit)
    sheet = scores.load(connection, programme, unit, period, view.as_of)
    fields = [*chosen.fields(), choices.unit_field(view.get("unit") or "")]
    if sheet is None:
        return Page(TITLE, chosen.programme.name_vi, fields=fields, sections=[_nothing(programme in scored)])
    return Page(
        title=Text(f"{TITLE.vi}: {sheet.unit_name}", f"{TITLE.en}: {sheet.unit_name}"),
        lead=Text(
            f"{sheet.programme_name}, {terms.period(period).vi}.", f"{sheet.programme_name}, {terms.period(period).en}."
        ),
        notices=[terms.MADE_UP] if sheet.is_made_up else [],
        fields=fields,
        sections=[_results(sheet, view), *_lines(sheet), *_assumptions(sheet)],
    )


def _nothing(is_scored: bool) -> Section:
    return Section("ket-qua", Text("Kết quả", "Results"), [NOBODY if is_scored else NOT_SCORED])


def _results(sheet: ScoreSheet, view: View) -> Section:
    is_ranked = sheet.rule == "ranked"
    first = [Column("rank", Text("Hạng", "Rank"), is_number=True)] if is_ranked else []
    of_class = [] if is_ranked else [CLASS, NEEDED]
    sections = [
        Column(code, Text(f"{code}. {name}", f"{code}. {name}"), is_number=True) for code, name, _ in _tops(sheet)
    ]
    last = Column("state", Text("Tình trạng", "State")) if is_ranked else Column("verdict", Text("Kết luận", "Verdict"))
    rows = [_result(result, sheet, view, is_ranked) for result in sheet.results]
    nobody = sheet.rule == "ranked" and not any(result.has_reported for result in sheet.results)
    caption = Text(sheet.summary_title or sheet.title, sheet.summary_title or sheet.title)
    table = Table(
        "results", caption, (*first, UNIT, CODE, *sections, TOTAL, OPEN, *of_class, last, REASONS), rows, NOBODY
    )
    return Section("ket-qua", Text("Kết quả", "Results"), [NOBODY_REPORTED] if nobody else [], table=table)


def _tops(sheet: ScoreSheet) -> list[tuple[str, str, Decimal | None]]:
    """The sections of a sheet that ranks; one that recognises has a criterion on each of them."""
    return list(sheet.sections) if sheet.rule == "ranked" else []


def _result(result: UnitResult, sheet: ScoreSheet, view: View, is_ranked: bool) -> tuple[Cell, ...]:
    href = view.same(unit=result.unit_code)
    first = [number(result.rank)] if is_ranked else []
    points = [_points(result.sections.get(code)) for code, _, _ in _tops(sheet)]
    if is_ranked:
        remark: Shown = "" if result.is_final else PROVISIONAL
        last = Cell(remark if result.has_reported else NOT_REPORTED)
    else:
        verdict = result.verdict or "undetermined"
        last = Cell(VERDICTS[verdict], shape=SHAPES[verdict])
    open_points = Cell(UNKNOWN) if result.open_points is None else _points(result.open_points)
    return (
        *first,
        Cell(result.unit_name, href=href),
        Cell(result.unit_code),
        *points,
        _points(result.total),
        open_points,
        *([] if is_ranked else [_class(result, sheet, view), _points(result.threshold)]),
        last,
        text("; ".join(result.reasons) if result.has_reported or not is_ranked else ""),
    )


def _class(result: UnitResult, sheet: ScoreSheet, view: View) -> Cell:
    """The class of a unit, with the form that sets it for whoever may decide now."""
    account = view.visitor.account if view.visitor else None
    may_set = account is not None and access.may_open(account.role, SET_CLASS) and view.as_of is None
    href = view.link(SET_CLASS, programme=sheet.programme_code, unit=result.unit_code) if may_set else None
    return Cell(result.class_name or NO_CLASS, href=href)


def _lines(sheet: ScoreSheet) -> list[Section]:
    if not sheet.lines:
        return []
    columns = (
        Column("line", Text("Nội dung", "Line"), is_heading=True),
        Column("max", Text("Điểm tối đa", "Most"), is_number=True),
        Column("self", Text("Tự chấm", "Own"), is_number=True),
        Column("computed", Text("Theo số liệu", "By the figures"), is_number=True),
        Column("verified", Text("Thẩm định", "Verified"), is_number=True),
        Column("counted", Text("Được tính", "Counted"), is_number=True),
        Column("because", Text("Căn cứ", "Why")),
    )
    caption = Text(f"Bảng chấm điểm của {sheet.unit_name}", f"Score sheet of {sheet.unit_name}")
    table = Table("lines", caption, columns, [_line(line) for line in sheet.lines], NOBODY)
    return [Section("tung-dong", Text("Từng dòng", "Line by line"), table=table)]


def _line(line: Line) -> tuple[Cell, ...]:
    counts = (line.max_points, line.self_points, line.computed_points, line.verified_points, line.counted_points)
    return Cell(f"{line.code}. {line.name}"), *(_points(value) for value in counts), text(line.because)


def _points(value: Decimal | None) -> Cell:
    return Cell(figure(scores.points(value)), value=value)


def _assumptions(sheet: ScoreSheet) -> list[Section]:
    if not sheet.assumptions:
        return []
    heading = Text("Giả định khi chấm", "Assumptions")
    return [Section("gia-dinh", heading, sheet.assumptions)]
