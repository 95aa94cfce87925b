"""The page of a figure's origin: from a province to its units, from a unit to the cells, a level a click."""

import psycopg

from pages import choices, terms
from pages.language import Shown, Text, figure
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.tables import EMPTY, Cell, Column, Table, text
from pages.view import View
from publish import formatting
from publish.reading import tracing
from publish.reading.tracing import Trace
from warehouse.catalogue import DEFAULT_AGENCY

TITLE = Text("Số liệu từ đâu đến", "Where a figure comes from")
NOT_ADDED = Text("không cộng được", "not added up")
NO_LINES = Text(
    "Không có báo cáo nào đã được nhận nói về chỉ tiêu này.",
    "No accepted report speaks of this indicator.",
)

UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
COLUMNS = (
    UNIT,
    Column("numerator", Text("Tử số đã ghi", "Numerator as written"), is_number=True),
    Column("denominator", Text("Mẫu số đã ghi", "Denominator as written"), is_number=True),
    Column("value", Text("Giá trị đã ghi", "Value as written"), is_number=True),
    Column("weight", Text("Tỷ trọng", "Share")),
    Column("warnings", Text("Cảnh báo, đơn vị xác nhận", "Warnings, confirmed by the unit")),
    Column("place", Text("Trang, ô", "Sheet, cell")),
    Column("file", Text("Tệp", "File")),
    Column("report", Text("Báo cáo", "Report")),
    Column("sha256", Text("Mã SHA-256 của tệp", "The file's SHA-256")),
)


def make(connection: psycopg.Connection, view: View) -> Page:
    chosen = choices.programme_and_period(connection, view)
    indicator, unit = view.get("indicator") or "", view.get("unit") or chosen.programme.root_unit_code
    bearers = choices.units_with_code(connection, unit.split("/")[0])
    keys = chosen.keys
    choices.require_indicator(connection, keys["programme"], indicator)
    traced = tracing.trace(connection, keys["programme"], indicator, unit, keys["period"], view.basis, view.as_of)
    names = choices.names_of_units(connection, sorted({row["unit_id"] for row in traced.parts}))
    period = terms.period(keys["period"])
    name = _name(bearers, traced)
    return Page(
        title=TITLE,
        lead=Text(
            f"{name} ({unit}), chỉ tiêu {indicator}, {period.vi}. {chosen.programme.name_vi}.",
            f"{name} ({unit}), indicator {indicator}, {period.en}. {chosen.programme.name_vi}.",
        ),
        notices=[terms.MADE_UP] if any(row["is_made_up"] for row in traced.parts) else [],
        fields=[
            choices.unit_field(unit),
            Field("indicator", Text("Mã chỉ tiêu", "Indicator code"), indicator),
            *chosen.fields(),
        ],
        sections=[
            Section("so-lieu", Text("Số liệu", "The figure"), terms=_terms(traced)),
            _lines(traced, view, unit, names),
            _links(view, keys, indicator, unit),
        ],
        has_basis=True,
    )


def _name(bearers: list[tracing.Row], traced: Trace) -> str:
    """Of the unit that had the code in the period, of the newest where there is no figure."""
    of_figure = traced.figure["unit_id"] if traced.figure else None
    name: str = next((row["unit_name"] for row in bearers if row["unit_id"] == of_figure), bearers[0]["unit_name"])
    return name


def _terms(traced: Trace) -> list[tuple[Text, Shown]]:
    found: list[tuple[Text, Shown]] = []
    if row := traced.figure:
        found.append((Text("Giá trị", "Value"), cells.value(row).text))
        for name, label in (("numerator", Text("Tử số", "Numerator")), ("denominator", Text("Mẫu số", "Denominator"))):
            if row[name] is not None:
                found.append((label, figure(formatting.number(row[name]))))
        coverage = cells.coverage(row)
        found.append((Text("Báo cáo đã tính", "Reports in it"), coverage.text))
    if rules := sorted({row["rules_version"] for row in traced.parts}):
        found.append((Text("Quy tắc kiểm tra", "Rules of the gate"), ", ".join(rules)))
    if traced.build:
        found.append((Text("Danh mục", "Catalogue"), traced.build["catalogue_version"] or formatting.MISSING))
        found.append((Text("Tổng hợp lúc", "Built at"), terms.timestamp(traced.build["built_at"])))
    return found


def _lines(traced: Trace, view: View, unit: str, names: dict[str, str]) -> Section:
    rows = [
        (
            _unit(row, view, unit, names),
            text(row["numerator_raw"]),
            text(row["denominator_raw"]),
            text(row["value_raw"], note="" if row["is_added_up"] else NOT_ADDED),
            _share(row),
            _warnings(row["warnings"]),
            Cell(row["place"]),
            Cell(row["file_name"]),
            Cell(terms.SUBMISSION_TYPES[row["submission_type"]], note=terms.timestamp(row["known_from"])),
            Cell(f"{row['sha256'][:12]}…", value=row["sha256"]),
        )
        for row in traced.parts
    ]
    caption = Text("Các dòng báo cáo tạo nên số liệu", "The lines of reports that the figure is made of")
    table = Table("lines", caption, COLUMNS, rows, NO_LINES)
    return Section("cac-dong", Text("Các dòng báo cáo", "Lines of reports"), table=table)


def _warnings(found: list[tracing.Row]) -> Cell:
    if not found:
        return EMPTY
    shown = [
        Text("{message} {said}", "{message} {said}").fill(
            message=Text(each["message_vi"], each["message_en"]), said=cells.confirmation(each).text
        )
        for each in found
    ]
    return Cell(Text("\n".join(each.vi for each in shown), "\n".join(each.en for each in shown)))


def _unit(row: tracing.Row, view: View, unit: str, names: dict[str, str]) -> Cell:
    """A unit below leads to its own figure."""
    code = row["unit_code"]
    agency = "" if row["agency_code"] == DEFAULT_AGENCY else f", {row['agency_code']}"
    return Cell(
        f"{names.get(row['unit_id'], '')} ({code}{agency})".strip(), href=None if code == unit else view.same(unit=code)
    )


def _share(row: tracing.Row) -> Cell:
    if not row["is_estimated"]:
        return EMPTY
    places = formatting.decimals(row["weight"], usual=4)
    return Cell(figure(formatting.number(row["weight"], places)), value=row["weight"], note=cells.ESTIMATED)


def _links(view: View, keys: dict[str, str], indicator: str, unit: str) -> Section:
    links = [
        (view.link("/chi-tieu", indicator=indicator, **keys), Text("Trang của chỉ tiêu", "The indicator's page")),
        (view.link("/don-vi", unit=unit.split("/")[0], **keys), Text("Trang của đơn vị", "The unit's page")),
    ]
    return Section("xem-them", Text("Xem thêm", "See also"), links=links)
