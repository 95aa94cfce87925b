"""The page of an indicator; without a code, the indicators of a programme."""

import psycopg

from pages import choices, terms
from pages.indicators import boundaries, data, tiles
from pages.indicators.data import Indicator, Row
from pages.language import Shown, Text, figure
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.tables import EMPTY, Cell, Column, Table, number, text
from pages.view import View
from publish import formatting
from publish.reading import target_sums
from warehouse import wording
from warehouse.catalogue import DEFAULT_AGENCY

INDICATOR = Column("indicator", Text("Chỉ tiêu", "Indicator"), is_heading=True)
UNIT = Column("unit", Text("Đơn vị", "Unit"), is_heading=True)
CODE = Column("unit_code", Text("Mã", "Code"))
MEASURE = Column("measure", Text("ĐVT", "Unit of measure"))

BY_THE_PLAN = Text("theo kế hoạch", "by the plan")
OUR_READING = Text("cách hiểu của danh mục theo tên chỉ tiêu", "our reading of the indicator's name")
DIRECTIONS = {
    "up": Text("càng cao càng tốt", "more is better"),
    "down": Text("càng thấp càng tốt", "less is better"),
}


def make(connection: psycopg.Connection, view: View) -> Page:
    found = data.read(connection, view)
    if found.indicator is None:
        return _list_page(found, view)
    row = found.indicator
    name = f"{row['indicator_code']}. {row['name_vi']}"
    return Page(
        title=Text(name, name),
        lead=_lead(found, row),
        notices=[terms.MADE_UP] if any(each["is_made_up"] for each in found.units) else [],
        fields=_fields(found),
        sections=[
            Section("dinh-nghia", Text("Định nghĩa và cách tính", "Definition and how it is made"), terms=_terms(row)),
            _targets(found),
            *([_sums(found)] if found.sums else []),
            _contradictions(found),
            *tiles.sections(found.units, found.missing, view, found.chosen.keys, boundaries.supplied(), found.today),
            _units(found, view),
            _missing(found, view),
        ],
        has_basis=True,
    )


def _lead(found: Indicator, row: Row) -> str:
    parts = (found.chosen.programme.name_vi, row["objective_vi"], found.unit["unit_name"])
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _list_page(found: Indicator, view: View) -> Page:
    rows = [
        (
            Cell(
                f"{row['indicator_code']}. {row['name_vi']}",
                href=view.link("/chi-tieu", indicator=row["indicator_code"], **found.chosen.keys),
            ),
            text(row["unit_vi"]),
            Cell(terms.AGGREGATIONS[row["aggregation"]]),
        )
        for row in found.indicators
    ]
    columns = (INDICATOR, MEASURE, Column("aggregation", Text("Cách tổng hợp", "How it is aggregated")))
    table = Table(
        "indicators",
        Text("Các chỉ tiêu của chương trình", "The programme's indicators"),
        columns,
        rows,
        Text("Chương trình không có chỉ tiêu số liệu.", "The programme has no indicators."),
        Text("Mục tiêu", "Goal"),
        [row["objective_vi"] or "" for row in found.indicators],
    )
    return Page(
        title=Text("Chỉ tiêu", "Indicators"),
        lead=found.chosen.programme.name_vi,
        fields=found.chosen.fields(),
        sections=[Section("danh-sach", Text("Danh sách", "List"), table=table)],
    )


def _fields(found: Indicator) -> list[Field]:
    options = [(row["indicator_code"], f"{row['indicator_code']}. {row['name_vi']}") for row in found.indicators]
    code = found.indicator["indicator_code"] if found.indicator else ""
    return [
        *found.chosen.fields(),
        Field("indicator", INDICATOR.heading, code, options),
        choices.unit_field(found.unit["unit_code"]),
    ]


def _terms(row: Row) -> list[tuple[Text, Shown]]:
    """Every part of the definition that the catalogue has."""
    source = BY_THE_PLAN if row["made_by"] == "plan" else OUR_READING
    parts: list[tuple[Text, Shown | None]] = [
        (Text("Đơn vị tính", "Unit of measure"), row["unit_vi"]),
        (Text("Tử số", "Numerator"), row["numerator_vi"]),
        (Text("Mẫu số", "Denominator"), row["denominator_vi"]),
        (Text("Hệ số", "Factor"), formatting.number(row["factor"]) if row["factor"] else None),
        (Text("Cách tổng hợp", "How it is aggregated"), terms.AGGREGATIONS[row["aggregation"]]),
        (Text("Căn cứ của cách tính", "Who says how"), source),
        (Text("Chiều tốt", "Direction"), DIRECTIONS.get(row["direction"] or "")),
        (Text("Cơ quan chủ trì", "Lead agency"), row["lead_agency_vi"]),
        (Text("Ghi chú", "Note"), row["note"]),
    ]
    return [(name, shown) for name, shown in parts if shown]


def _targets(found: Indicator) -> Section:
    rows = [
        (
            Cell(terms.SCOPES[row["target_scope"]], note=_bound(row)),
            Cell(str(row["target_year"])),
            Cell(formatting.as_printed(row["raw"]), note=_act(row)),
            text(row["competing_reading_vi"]),
        )
        for row in found.targets
    ]
    columns = (
        Column("scope", Text("Của cấp", "Scope"), is_heading=True),
        Column("year", Text("Năm", "Year")),
        Column("raw", Text("Kế hoạch ghi", "As the plan prints it")),
        Column("competing", Text("Chỗ khác của kế hoạch ghi", "Another place of the plan")),
    )
    caption = Text("Chỉ tiêu kế hoạch, nguyên văn", "Targets in the plan's own text")
    empty = Text("Kế hoạch không đặt chỉ tiêu.", "The plan sets no target.")
    heading = Text("Kế hoạch đặt ra", "What the plan sets")
    return Section("ke-hoach", heading, table=Table("targets", caption, columns, rows, empty))


def _act(row: Row) -> Shown:
    """The act that revised the target, and since when."""
    if row["valid_from"] is None:
        return ""
    since = wording.day(row["valid_from"])
    return Text(f"{row['act'] or 'điều chỉnh'}, từ {since}", f"{row['act'] or 'revised'}, since {since}")


def _bound(row: Row) -> Shown:
    code, name = row["bound_unit_code"], row["unit_name"]
    if not code:
        return ""
    made_up = Text("; kế hoạch giả định", "; made-up plan") if row["is_made_up"] else Text("", "")
    return Text(f"{name or 'đơn vị'} ({code}){made_up.vi}", f"{name or 'unit'} ({code}){made_up.en}")


def _sums(found: Indicator) -> Section:
    rows = [
        (
            Cell(row["unit_name"] or row["unit_code"], note=terms.LEVELS[row["part_level"]]),
            Cell(str(row["target_year"])),
            Cell(figure(formatting.target(row["comparator"], row["target_low"], row["target_high"]))),
            Cell(figure(target_sums.promised(row))),
            Cell(f"{row['units_added']}/{row['units_expected']}", value=row["units_added"]),
            Cell(terms.SUM_OUTCOMES[row["outcome"]]),
        )
        for row in found.sums
    ]
    columns = (
        Column("unit", Text("Chỉ tiêu của", "Target of"), is_heading=True),
        Column("year", Text("Năm", "Year")),
        Column("target", Text("Chỉ tiêu kế hoạch", "Target")),
        Column("promised", Text("Các kế hoạch cộng lại", "The plans added up")),
        Column("units_added", Text("Số kế hoạch cộng được", "Plans added")),
        Column("outcome", Text("Kết luận", "Outcome")),
    )
    period = terms.period(found.chosen.keys["period"])
    caption = Text(
        f"Kế hoạch riêng của các đơn vị bên dưới, theo mẫu số đã báo cáo của {period.vi}",
        f"Own plans of the units below, with the denominators reported for {period.en}",
    )
    empty = Text("Không có kế hoạch riêng nào.", "No unit has a plan of its own.")
    heading = Text("Các kế hoạch cộng lại", "The plans added up")
    return Section("cong-ke-hoach", heading, table=Table("sums", caption, columns, rows, empty))


def _contradictions(found: Indicator) -> Section:
    rows = [
        (text(row["footnote_vi"], note=_bound(row)), text(row["reading_a"]), text(row["reading_b"]))
        for row in found.contradictions
    ]
    columns = (
        Column("handling", Text("Cách hiểu trong bảng in", "How tables read it"), is_heading=True),
        Column("first", Text("Một chỗ ghi (chú giải tiếng Anh)", "One place")),
        Column("second", Text("Chỗ khác ghi (chú giải tiếng Anh)", "Another place")),
    )
    caption = Text("Những chỗ kế hoạch không thống nhất", "Where the plan contradicts itself")
    empty = Text("Không thấy chỗ nào không thống nhất.", "No contradiction is known.")
    heading = Text("Chỗ không thống nhất", "Contradictions")
    return Section("mau-thuan", heading, table=Table("contradictions", caption, columns, rows, empty))


def _units(found: Indicator, view: View) -> Section:
    keys = found.chosen.keys
    rows = [_unit_row(row, view, keys) for row in found.units]
    columns = (
        UNIT,
        CODE,
        MEASURE,
        Column("value", Text("Kết quả", "Result"), is_number=True),
        Column("coverage", Text("Báo cáo đã tính", "Reports in it")),
        Column("target", Text("Chỉ tiêu kế hoạch", "Target")),
        Column("verdict", Text("Đánh giá", "Verdict")),
    )
    period = terms.period(keys["period"])
    caption = Text(f"Kết quả {period.vi} của từng đơn vị", f"Results of {period.en} by unit")
    empty = Text("Chưa có số liệu của đơn vị nào trong kỳ.", "No unit has a figure of this period yet.")
    levels = [terms.LEVELS[row["unit_level"]] for row in found.units]
    table = Table("units", caption, columns, rows, empty, Text("Cấp", "Level"), levels)
    return Section("don-vi", Text("Các đơn vị", "Units"), table=table)


def _unit_row(row: Row, view: View, keys: dict[str, str]) -> tuple[Cell, ...]:
    unit = row["unit_code"].split("/")[0]
    traced = view.link("/nguon-so-lieu", indicator=row["indicator_code"], unit=row["unit_code"], **keys)
    value = cells.value(row)
    return (
        Cell(row["unit_name"] or terms.LEVELS["unallocated"], href=view.link("/don-vi", unit=unit, **keys)),
        Cell(row["unit_code"]),
        cells.unit_of_measure(row),
        Cell(value.text, value=value.value, href=traced, note=value.note),
        cells.coverage(row),
        cells.target(row) if row["comparator"] else EMPTY,
        cells.verdict(row),
    )


def _missing(found: Indicator, view: View) -> Section:
    rows = [
        (
            Cell(row["unit_name"], href=view.link("/don-vi", unit=row["unit_code"], **found.chosen.keys)),
            Cell(row["unit_code"]),
            Cell("" if row["agency_code"] == DEFAULT_AGENCY else row["agency_code"]),
            Cell(terms.STATUSES[row["status"]], shape=terms.shape(row["status"])),
            number(row["days_late"]),
        )
        for row in found.missing
    ]
    columns = (
        UNIT,
        CODE,
        Column("agency", Text("Cơ quan báo cáo", "Agency")),
        Column("status", Text("Tình trạng báo cáo", "Status of the report")),
        Column("days_late", Text("Trễ (ngày)", "Days late"), is_number=True),
    )
    caption = Text(
        "Đơn vị chưa có số liệu của chỉ tiêu này: chưa nộp, hoặc để trống dòng",
        "Units without this indicator: not reported, or the line is empty",
    )
    empty = Text("Không thiếu đơn vị nào.", "No unit is missing.")
    heading = Text("Còn thiếu", "Missing")
    return Section("con-thieu", heading, table=Table("missing", caption, columns, rows, empty))
