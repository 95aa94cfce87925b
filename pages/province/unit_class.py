"""A unit gets a class on its score sheet by an act, in force from the document's date on."""

from dataclasses import asdict
from typing import Any

import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row

from pages import errors, terms
from pages.language import Shown, Text, figure
from pages.province import classes, forms
from pages.province.forms import Entry, Form
from pages.signing_in import handling
from pages.signing_in.handling import Visit
from pipeline import catalogue_decisions, deciding, planned_classes
from pipeline.planned_classes import ScoredUnit
from pipeline.planned_decisions import Planned
from publish.scores import data as scores
from warehouse import pool
from warehouse.errors import BaocaoError

Row = dict[str, Any]

ADDRESS = classes.FORM
OF_THE_SHEET = """
select class_code, class_name, min_points from dim_score_class where programme_code = %s order by min_points, class_code
"""
NEWEST_RESULT = """
select ranking.period, ranking.total_points, ranking.open_points, ranking.verdict
from rpt_score_ranking as ranking
join app.reporting_period using (programme_code, period)
where ranking.programme_code = %s and ranking.unit_code = %s and ranking.verdict is not null
    and ranking.total_points is not null
order by data_to desc limit 1
"""

NO_UNIT = Text(
    "Không có đơn vị nào như vậy trên bảng chấm điểm có chia loại.", "No score sheet with classes has such a unit."
)
LEAD = Text(
    "Loại mới có hiệu lực từ ngày của văn bản. Các ngày trước đó vẫn xem lại được theo loại cũ; quyết định sai thì xác "
    "định lại bằng quyết định mới.",
    "The class is in force from the document's date on. Earlier days can still be seen with the class before; a wrong "
    "decision is undone by another one.",
)
NO_POINTS = Text("chưa có", "none yet")
NO_RESULT = Text(
    "Chưa kỳ nào có điểm của đơn vị; kỳ được chấm sau này theo điểm cần đạt mới",
    "No period has points of the unit yet; later ones are compared with the points that are then needed",
)
RESULT = Text(
    "Kỳ {period}: {total} điểm{open}, đang kết luận: {verdict}. Lần tổng hợp tới kết luận lại theo điểm cần đạt mới; "
    "điểm không đổi",
    "Period {period}: {total} points{open}, verdict now: {verdict}. The next build compares them with the points that "
    "are then needed and gives the verdict anew; no points change",
)


def add(app: FastAPI) -> None:
    handling.add(app, ADDRESS, get=show, post=decide)


def show(visit: Visit, error: BaocaoError | None = None) -> Response:
    scored = _scored(visit)
    with pool.connection() as connection:
        form = _form(visit, scored, _in_force(connection, scored), _of_the_sheet(connection, scored))
    return forms.show(visit, form.with_error(error) if error else form)


def decide(visit: Visit) -> Response:
    """Shows what will change, and decides once that was confirmed."""
    scored = _scored(visit)
    if visit.field("step") == "sua":
        return show(visit)
    try:
        by = deciding.act(*(visit.field(name) for name in ("act", "act_on", "decided_by")))
        make = planned_classes.classified(visit.account, scored, visit.field("class"), by)
        if forms.is_confirmed(visit):
            catalogue_decisions.decide(make, visit.field("seen"), visit.account)
            return visit.go("/quyet-dinh", xong="loai")
        (planned,), seen = catalogue_decisions.plan(make)
    except BaocaoError as error:
        return show(visit, error)
    with pool.connection() as connection:
        sheet = _of_the_sheet(connection, scored)
        form = _form(visit, scored, _in_force(connection, scored), sheet)
        changes = [*_changes(sheet, planned), _result(connection, scored)]
    return forms.show(visit, form.to_confirm(changes, seen=seen))


def _form(visit: Visit, scored: ScoredUnit, row: Row, sheet: list[Row]) -> Form:
    choice: list[tuple[str, Shown]] = [("", Text("chọn loại", "choose a class"))]
    choice += [(each["class_code"], _named(each)) for each in sheet]
    chosen = Entry("class", Text("Loại", "Class"), visit.field("class"), options=choice)
    return Form(
        ADDRESS,
        Text("Xác định loại đơn vị", "Set the class of a unit"),
        LEAD,
        Text("Xem thay đổi", "See what will change"),
        [(None, [chosen, *forms.act_entries(visit)])],
        terms=[
            (Text("Chương trình", "Programme"), row["programme_name"]),
            (Text("Đơn vị", "Unit"), f"{row['unit_name']} ({scored.unit})"),
            (Text("Loại đang có", "Class now"), _named(row)),
            *([(Text("Theo văn bản", "By"), row["act"])] if row["act"] else []),
        ],
        hidden=asdict(scored),
    )


def _named(row: Row) -> Shown:
    """A class with the points that it needs."""
    if not row["class_code"]:
        return classes.UNKNOWN
    points = Text("{name}: cần {points} điểm", "{name}: {points} points needed")
    return points.fill(name=row["class_name"], points=_points(row))


def _name(row: Row | None) -> Shown:
    return row["class_name"] if row else classes.UNKNOWN


def _points(row: Row | None) -> Text:
    return NO_POINTS if row is None or row["min_points"] is None else figure(scores.points(row["min_points"]))


def _changes(sheet: list[Row], planned: Planned) -> list[Shown]:
    """Before is the newest row of the catalogue, which the next build may not have read yet."""
    by_code = {row["class_code"]: row for row in sheet}
    before, after = (by_code.get((cells or {}).get("class_code")) for cells in (planned.before, planned.after))
    names = {name: _name(row) for name, row in (("before", before), ("after", after))}
    needed = {name: _points(row) for name, row in (("before", before), ("after", after))}
    return [
        Text("Loại: từ «{before}» thành «{after}»", "Class: from “{before}” to “{after}”").fill(**names),
        Text("Điểm cần đạt: từ {before} thành {after}", "Points needed: from {before} to {after}").fill(**needed),
        Text("Có hiệu lực từ ngày {day}", "In force from {day}").fill(day=f"{planned.by.on:%d/%m/%Y}"),
        Text(f"Theo {planned.by}", f"By {planned.by}"),
    ]


def _result(connection: psycopg.Connection, scored: ScoredUnit) -> Shown:
    """Of the newest period in which the unit has points: what it has, and that the verdict is given anew."""
    keys = (scored.programme, scored.unit)
    row = connection.cursor(row_factory=dict_row).execute(NEWEST_RESULT, keys).fetchone()
    if row is None:
        return NO_RESULT
    still_open = Text(", còn có thể thêm {points}", ", up to {points} more")
    return RESULT.fill(
        period=terms.period(row["period"]),
        total=figure(scores.points(row["total_points"])),
        open=still_open.fill(points=figure(scores.points(row["open_points"]))) if row["open_points"] else "",
        verdict=terms.SCORE_VERDICTS[row["verdict"]],
    )


def _in_force(connection: psycopg.Connection, scored: ScoredUnit) -> Row:
    row = next(iter(classes.read(connection, None, scored.programme, scored.unit)), None)
    if row is None:
        raise errors.not_found(NO_UNIT)
    return row


def _of_the_sheet(connection: psycopg.Connection, scored: ScoredUnit) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(OF_THE_SHEET, [scored.programme]).fetchall()


def _scored(visit: Visit) -> ScoredUnit:
    """Of the address or the form. Raises PageError for a programme of another province."""
    given = {name: visit.field(name) or visit.view.get(name) or "" for name in ("programme", "unit")}
    return ScoredUnit(forms.own_programme(visit, given["programme"]), given["unit"])
