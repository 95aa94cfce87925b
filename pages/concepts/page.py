"""The page of a concept: one indicator over all programmes and years of a unit; without a concept, the list of them."""

import psycopg

from pages import choices, errors, terms
from pages.concepts import data
from pages.concepts.data import Row
from pages.language import Text
from pages.layout import Field, Page, Section
from pages.progress import cells
from pages.tables import Cell, Column, Table, number, text
from pages.view import View
from publish.reading.progress import thresholds

TITLE = Text("Khái niệm chung", "Concepts")
CONCEPT = Column("concept", Text("Khái niệm", "Concept"), is_heading=True)
NO_CONCEPT = Text("Không có khái niệm «{code}».", "There is no concept “{code}”.")
CODES = (
    ("national_code", Text("Mã quốc gia", "National code")),
    ("sdg_code", Text("Mã SDG", "SDG code")),
    ("who_code", Text("Mã WHO", "WHO code")),
)
HOW_TO_READ = Text(
    "Các chỉ tiêu đo cùng một điều ở nhiều chương trình. Dấu – ở cột mã: nguồn công khai mà danh mục dùng không cho "
    "mã.",
    "Indicators of several programmes that measure the same. A dash for a code: the public sources of the catalogue "
    "give none.",
)
BREAKS = {
    "definition": Text("định nghĩa khác dòng trên", "another definition than the row above"),
    "measure": Text("loại số liệu khác dòng trên", "another measure than the row above"),
    "factor": Text("đơn vị tính khác dòng trên", "another unit of measure than the row above"),
    "unit": Text(
        "địa giới khác dòng trên, cùng mã đơn vị", "another territory than the row above, under the same code"
    ),
}
NO_BREAK = Text("so sánh được", "comparable")
COLUMNS = (
    Column("period", Text("Kỳ", "Period"), is_heading=True),
    Column("programme", Text("Chương trình", "Programme")),
    Column("indicator", Text("Chỉ tiêu", "Indicator")),
    Column("value", Text("Kết quả", "Figure"), is_number=True),
    Column("target", Text("Mức kế hoạch", "Target")),
    Column("verdict", Text("Kết luận", "Verdict")),
    Column("coverage", Text("Báo cáo", "Reports")),
    Column("break", Text("So với dòng trên", "Beside the row above")),
)


def make(connection: psycopg.Connection, view: View) -> Page:
    known = data.concepts(connection)
    unit = view.get("unit") or choices.programme_and_period(connection, view).programme.root_unit_code
    name = choices.units_with_code(connection, unit)[0]["unit_name"]
    code = view.get("concept")
    if code is None:
        return _list_page(known, unit, view)
    found = next((row for row in known if row["concept_code"] == code), None)
    if found is None:
        raise errors.not_found(NO_CONCEPT.fill(code=code))
    rows = data.progress(connection, code, unit)
    options = [(row["concept_code"], Text(row["name_vi"], row["name_en"])) for row in known]
    source = [(Text("Nguồn của mã", "Source of the code"), found["source"])] if found["source"] else []
    return Page(
        title=Text(f"{found['name_vi']}: {name}", f"{found['name_en']}: {name}"),
        lead=HOW_TO_READ,
        notices=[terms.MADE_UP] if any(row["is_made_up"] for row in rows) else [],
        fields=[Field("concept", CONCEPT.heading, code, options), choices.unit_field(unit)],
        sections=[
            Section(
                "ket-qua",
                Text("Qua các chương trình và các năm", "Over programmes and years"),
                table=_table(rows, view),
            ),
            Section("ma", Text("Mã", "Codes"), terms=[*((label, found[key] or "–") for key, label in CODES), *source]),
        ],
    )


def _list_page(known: list[Row], unit: str, view: View) -> Page:
    rows = [
        (
            Cell(
                Text(row["name_vi"], row["name_en"]),
                href=view.link("/khai-niem", concept=row["concept_code"], unit=unit),
            ),
            *(text(row[key]) for key, _ in CODES),
            number(row["programmes"]),
        )
        for row in known
    ]
    columns = (
        CONCEPT,
        *(Column(key, label) for key, label in CODES),
        Column("programmes", Text("Số chương trình", "Programmes"), is_number=True),
    )
    caption = Text("Chỉ tiêu chung của các chương trình", "Indicators that programmes share")
    empty = Text("Danh mục chưa có khái niệm chung.", "The catalogue has no concepts.")
    return Page(
        title=TITLE,
        lead=HOW_TO_READ,
        fields=[choices.unit_field(unit)],
        sections=[
            Section("danh-sach", Text("Danh sách", "List"), table=Table("concepts", caption, columns, rows, empty))
        ],
    )


def _table(rows: list[Row], view: View) -> Table:
    return Table(
        "progress",
        Text("Kết quả của đơn vị theo thời gian", "The unit's figures over time"),
        COLUMNS,
        [_row(row, view) for row in rows],
        Text("Đơn vị này chưa có số liệu của khái niệm.", "This unit has no figure of the concept yet."),
    )


def _row(row: Row, view: View) -> tuple[Cell, ...]:
    keys = {"programme": row["programme_code"], "indicator": row["indicator_code"], "period": row["period"]}
    value = cells.value(row, thresholds([row]))
    return (
        Cell(terms.period(row["period"])),
        Cell(row["programme_name"]),
        Cell(f"{row['indicator_code']}. {row['indicator_name']}", href=view.link("/chi-tieu", **keys)),
        Cell(
            value.text,
            value=value.value,
            note=value.note,
            href=view.link("/nguon-so-lieu", unit=row["unit_code"], **keys),
        ),
        cells.target(row),
        cells.verdict(row),
        cells.coverage(row),
        _break(row),
    )


def _break(row: Row) -> Cell:
    """What is other than in the row before, in words; what the catalogue says of this definition is always noted."""
    found = [BREAKS[kind] for kind in row["breaks"]]
    shown = Text("; ".join(each.vi for each in found), "; ".join(each.en for each in found)) if found else NO_BREAK
    return Cell(shown, note=row["break_vi"] or "")
