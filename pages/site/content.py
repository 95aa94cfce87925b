"""The pages of the static site: programmes, and of each its overview, its units and its indicators."""

from collections.abc import Sequence

from pages import terms
from pages.language import Shown, Text, figure
from pages.layout import Fact, Page, Section
from pages.progress import cells
from pages.site.released import Release, Row
from pages.site.static_view import FRONT, StaticView
from pages.tables import EMPTY, Cell, Column, Table
from pages.tables import text as text_cell
from publish import formatting
from publish.reading.progress import thresholds

SITE = Text("Số liệu về trẻ em đã công bố", "Published figures on children")
LEAD = Text(
    "Số liệu do xã, phường, huyện và cơ quan báo cáo, tổng hợp theo kế hoạch của từng tỉnh.",
    "Figures that communes, districts and agencies reported, rolled up by each province's plan.",
)
MARK = Text(
    f"Dấu “{formatting.SUPPRESSED}”: số nhỏ không công bố để không làm lộ một trẻ em, hoặc số mà từ đó suy ra được số "
    f"nhỏ. Không phải số 0, không phải chưa báo cáo. Dấu “{formatting.MISSING}”: chưa có số liệu.",
    f"“{formatting.SUPPRESSED}”: a small count that could name a child, or a figure from which one follows. It is not "
    f"0 and not missing. “{formatting.MISSING}”: no data yet.",
)
SUPPRESSED = Cell(formatting.SUPPRESSED)
NOTHING = Text("Không có số liệu.", "There are no figures.")
UNIT, INDICATOR = Text("Đơn vị", "Unit"), Text("Chỉ tiêu", "Indicator")
LEVEL = Text("Cấp", "Level")
VALUE, COVERAGE = Text("Kết quả", "Result"), Text("Báo cáo", "Reports")
TARGET, VERDICT = Text("Chỉ tiêu phải đạt", "Target"), Text("So với chỉ tiêu", "Against the target")
RESULTS = Text("Kết quả {period}", "Results of {period}")
UNITS_OF_LEVEL = Text("Cấp {level}, {period}", "Level {level}, {period}")
PARTS = Text("Tử số / mẫu số", "Numerator / denominator")
ANNEX = Text("Biểu phụ lục {period} (XLSX)", "Annex table of {period} (XLSX)")
ALL_FIGURES = Text("Mọi số liệu trên cả hai địa giới (CSV)", "All figures on both maps (CSV)")
CERTIFICATE = Text("Chứng nhận không suy ra được số nhỏ (JSON)", "Certificate that no small count follows (JSON)")
YEARS = Text("Các kỳ", "All periods")
YEARS_NOTE = Text(
    "Đơn vị theo địa giới của kỳ báo cáo. Tỷ lệ không được cộng hay lấy trung bình.",
    "Units of the reporting period's map. Percentages must be neither added nor averaged.",
)


def front(releases: Sequence[Release], view: StaticView) -> Page:
    """All programmes."""
    columns = (
        Column("programme", Text("Chương trình", "Programme"), is_heading=True),
        Column("periods", Text("Kỳ đã công bố", "Published periods")),
        Column("units", Text("Số đơn vị", "Units"), is_number=True),
        Column("figures", Text("Số chỉ tiêu", "Indicators"), is_number=True),
    )
    rows = [
        (
            Cell(release.name, href=view.link(overview_path(release)), note=release.programme),
            Cell(", ".join(release.periods)),
            Cell(str(len(release.units)), value=len(release.units)),
            Cell(str(len(release.indicators)), value=len(release.indicators)),
        )
        for release in releases
    ]
    table = Table("chuong-trinh", Text("Chương trình", "Programmes"), columns, rows, NOTHING)
    return Page(
        SITE, LEAD, sections=[Section("chuong-trinh", table.caption, [MARK], table)], notices=_notices(releases)
    )


def overview(release: Release, view: StaticView) -> Page:
    """A programme: the widest units of its newest period, its units and indicators, its files and their proof."""
    period = release.periods[0]
    widest = next(iter(release.units.values()))["unit_level"]
    found = [row for row in release.rows if row["period"] == period and row["unit_level"] == widest]
    found.sort(key=lambda row: (row["sort_order"], row["measure"], row["unit_code"]))
    names = {row["unit_name"] for row in found}
    columns = (Column("indicator", INDICATOR, is_heading=True), *((Column("unit", UNIT),) if len(names) > 1 else ()))
    table = Table(
        "ket-qua",
        UNITS_OF_LEVEL.fill(level=terms.LEVELS[widest], period=terms.period(period)),
        (*columns, *FIGURE),
        [
            (_indicator(release, row, view), *((_unit(release, row, view),) if len(names) > 1 else ()), *_figure(row))
            for row in found
        ],
        NOTHING,
        group_heading=Text("Mục tiêu", "Goal"),
        groups=[row["objective_vi"] or "" for row in found],
    )
    sections = [
        Section("ket-qua", RESULTS.fill(period=terms.period(period)), [MARK], table),
        Section("don-vi", Text("Các đơn vị", "Units"), table=_units(release, view)),
        Section("chi-tieu", Text("Các chỉ tiêu", "Indicators"), table=_indicators(release, view)),
        _proof(release, view),
    ]
    lead = next(iter(names)) if len(names) == 1 else ""
    return Page(Text(release.name, release.name), lead, _facts(release), sections=sections, notices=_notices([release]))


def unit(release: Release, unit_id: str, view: StaticView) -> Page:
    """A unit: each period's figures, and the indicators over the periods."""
    by_period, named = release.of_unit(unit_id), release.units[unit_id]
    sections = []
    for period in sorted(by_period, reverse=True):
        rows = by_period[period]
        name = terms.period(period)
        table = Table(
            f"ket-qua-{period}",
            Text(f"{_name(named)}, {name.vi}", f"{_name(named)}, {name.en}"),
            (Column("indicator", INDICATOR, is_heading=True), *FIGURE),
            [(_indicator(release, row, view), *_figure(row)) for row in rows],
            NOTHING,
            group_heading=Text("Mục tiêu", "Goal"),
            groups=[row["objective_vi"] or "" for row in rows],
        )
        annex = release.annexes.get((period, named["unit_code"]))
        links = [(view.raw(f"{release.programme}/{period}/{annex.name}"), ANNEX.fill(period=name))] if annex else []
        sections.append(Section(f"ky-{period}", RESULTS.fill(period=name), table=table, links=links))
    level = terms.LEVELS[named["unit_level"]]
    title = Text(_name(named), _name(named))
    lead = Text(
        f"{level.vi}, mã {named['unit_code']}. {release.name}", f"{level.en}, code {named['unit_code']}. {release.name}"
    )
    return Page(title, lead, sections=sections, notices=_notices([release]))


def indicator(release: Release, code: str, view: StaticView) -> Page:
    """An indicator: every unit over the periods."""
    found, named = release.of_indicator(code), release.indicators[code]
    rows, groups = [], []
    for unit_id, each in found.items():
        for measure in dict.fromkeys(row["measure"] for row in each):
            by_period = {row["period"]: row for row in each if row["measure"] == measure}
            newest = by_period[max(by_period)]
            rows.append(
                (
                    _unit(release, newest, view),
                    cells.unit_of_measure(newest),
                    *(_value(by_period.get(period)) for period in release.periods),
                    _target(newest),
                    _verdict(newest),
                )
            )
            groups.append(terms.LEVELS[release.units[unit_id]["unit_level"]])
    periods = [Column(f"value_{period}", terms.period(period), is_number=True) for period in release.periods]
    table = Table(
        "don-vi",
        Text(f"{code}. {named['indicator_name']}", f"{code}. {named['indicator_name']}"),
        (
            Column("unit", UNIT, is_heading=True),
            Column("unit_of_measure", Text("Đơn vị tính", "Unit of measure")),
            *periods,
            Column("target", TARGET),
            Column("verdict", VERDICT),
        ),
        rows,
        NOTHING,
        group_heading=LEVEL,
        groups=groups,
    )
    sections = [Section("don-vi", YEARS, [YEARS_NOTE, MARK], table)]
    return Page(table.caption, release.name, sections=sections, notices=_notices([release]))


def overview_path(release: Release) -> str:
    return f"{release.programme}/{FRONT}"


def unit_path(release: Release, unit_id: str) -> str:
    return f"{release.programme}/don-vi/{unit_id.replace('@', '_').replace('/', '_')}"


def indicator_path(release: Release, code: str) -> str:
    return f"{release.programme}/chi-tieu/{code.replace('/', '_')}"


FIGURE = (
    Column("unit_of_measure", Text("Đơn vị tính", "Unit of measure")),
    Column("value", VALUE, is_number=True),
    Column("parts", PARTS, is_number=True),
    Column("coverage", COVERAGE),
    Column("target", TARGET),
    Column("verdict", VERDICT),
)


def _figure(row: Row) -> tuple[Cell, ...]:
    measured, counted = cells.unit_of_measure(row), cells.coverage(row)
    return measured, _value(row), _parts(row), counted, _target(row), _verdict(row)


def _value(row: Row | None) -> Cell:
    if row is None:
        return EMPTY
    return SUPPRESSED if row["is_suppressed"] else cells.value(row, thresholds([row]))


def _parts(row: Row) -> Cell:
    if row["is_suppressed"]:
        return SUPPRESSED
    parts = [row["numerator"], row["denominator"]]
    if None in parts or row["measure"] in ("count", "yes_no"):
        return EMPTY
    return Cell(figure(" / ".join(formatting.number(part) for part in parts)))


def _target(row: Row) -> Cell:
    return cells.target(row)


def _verdict(row: Row) -> Cell:
    if row["is_suppressed"]:
        return Cell(terms.VERDICTS["suppressed"], shape=terms.shape("suppressed"))
    return cells.verdict(row)


def _indicator(release: Release, row: Row, view: StaticView) -> Cell:
    code = row["indicator_code"]
    return Cell(f"{code}. {row['indicator_name']}", href=view.link(indicator_path(release, code)))


def _unit(release: Release, row: Row, view: StaticView) -> Cell:
    return Cell(_name(row), href=view.link(unit_path(release, row["unit_id"])), note=row["unit_code"])


def _name(row: Row) -> str:
    return str(row["unit_name"] or row["unit_code"])


def _units(release: Release, view: StaticView) -> Table:
    columns = (Column("unit", UNIT, is_heading=True), Column("level", LEVEL), Column("periods", Text("Kỳ", "Periods")))
    periods: dict[str, dict[str, None]] = {}
    for row in release.rows:
        periods.setdefault(row["unit_id"], {})[row["period"]] = None
    rows = [
        (_unit(release, row, view), Cell(terms.LEVELS[row["unit_level"]]), Cell(", ".join(sorted(periods[unit_id]))))
        for unit_id, row in release.units.items()
    ]
    return Table("cac-don-vi", Text("Danh sách đơn vị", "List of units"), columns, rows, NOTHING)


def _indicators(release: Release, view: StaticView) -> Table:
    columns = (Column("indicator", INDICATOR, is_heading=True), Column("objective", Text("Mục tiêu", "Goal")))
    rows = [(_indicator(release, row, view), text_cell(row["objective_vi"])) for row in release.indicators.values()]
    return Table("cac-chi-tieu", Text("Danh sách chỉ tiêu", "List of indicators"), columns, rows, NOTHING)


def _proof(release: Release, view: StaticView) -> Section:
    found = release.certificate
    text = Text(
        f"Trong {found['figures']} số liệu của các chỉ tiêu nhạy cảm, {found['suppressed']} không công bố: là số nhỏ, "
        f"hoặc từ đó suy ra được số nhỏ. Trước khi công bố, một chương trình độc lập đã thử tính lại các số nhỏ từ mọi "
        f"bản công bố: tính được {found['recovered']}.",
        f"Of {found['figures']} figures of sensitive indicators {found['suppressed']} are not published: they are "
        f"small, or a small one follows from them. Before the release an independent program tried to compute the "
        f"small counts from all releases, and recovered {found['recovered']}.",
    )
    files = [(view.raw(f"{release.programme}/figures.csv"), ALL_FIGURES)]
    files.append((view.raw(f"{release.programme}/certificate.json"), CERTIFICATE))
    return Section("chung-nhan", Text("Tệp và chứng nhận", "Files and certificate"), [text], links=files)


def _facts(release: Release) -> list[Fact]:
    return [
        Fact(Text("Kỳ mới nhất", "Newest period"), terms.period(release.periods[0]), "#ket-qua"),
        Fact(Text("Đơn vị", "Units"), str(len(release.units)), "#don-vi"),
        Fact(INDICATOR, str(len(release.indicators)), "#chi-tieu"),
    ]


def _notices(releases: Sequence[Release]) -> list[Shown]:
    return [terms.MADE_UP] if any(release.is_made_up for release in releases) else []
