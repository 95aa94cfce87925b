"""From a published figure down to the files, sheets and cells that it is made of, as of a timestamp.

The session's moment decides (warehouse.as_of.set_session_as_of): an earlier one has other lines, as in the marts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.forms.types import TYPES
from publish.reading import warnings
from publish.reading.progress import coverage, figure, require_unit
from warehouse import catalogue, wording
from warehouse.catalogue import DEFAULT_AGENCY
from warehouse.errors import WrongCall

Row = dict[str, Any]

FIGURES = """
select figure.*, indicator.hard_min, indicator.hard_max
from fct_indicator_rollup as figure
join catalogue_as_of.indicators as indicator using (programme_code, indicator_code)
left join catalogue_as_of.indicator_measures as measures
    on measures.programme_code = figure.programme_code and measures.indicator_code = figure.indicator_code
    and measures.unit_level = replace(figure.unit_level, 'unallocated', 'province')
    and figure.measure in (measures.measure, replace(measures.measure, 'yes_no', 'share'))
where figure.programme_code = %(programme)s and figure.indicator_code = %(indicator)s and figure.period = %(period)s
    and figure.unit_code = %(unit)s and figure.boundary_basis = %(basis)s
order by measures.measure is null, figure.measure limit 1
"""

PARTS = """
select part.unit_id, part.unit_code, part.agency_code, part.measure, part.known_from, line.line_id,
       part.numerator_low, part.numerator_high, part.denominator_low, part.denominator_high,
       part.value_status, part.is_summable as is_added_up, part.weight, part.is_estimated,
       line.numerator_raw, line.denominator_raw, line.value_raw,
       file.file_name, submission.sheet, line.row_no, submission.part_columns, file.sha256, file.archive_uri,
       submission.submission_id, submission.submission_type, submission.is_made_up, verdict.rules_version
from app.figure_line as part
join raw.line as line using (line_id)
join raw.submission as submission on submission.submission_id = part.submission_id
join raw.file as file on file.sha256 = submission.sha256
join ops.submission_verdict as verdict on verdict.submission_id = part.submission_id
where part.programme_code = %(programme)s and part.indicator_code = %(indicator)s and part.period = %(period)s
    and part.figure_unit_code = %(unit)s and part.boundary_basis = %(basis)s and part.figure_measure = %(measure)s
    and app.is_valid_as_of(part.known_from, part.known_to)
order by part.unit_code, part.agency_code
"""

PARTS_OF_A_LINE = ("numerator", "denominator", "value")

BUILD = """
select run_id, as_of as built_at, (
    select version from ops.catalogue_versions(coalesce(app.requested_as_of(), as_of))
    where programme_code = %(programme)s) as catalogue_version
from ops.last_successful_run where step = 'build'
"""


@dataclass(frozen=True)
class Trace:
    """A figure (a row of fct_indicator_rollup, None where there is none), its lines, and the build that made it.

    parts: see `parts`. build: run_id, catalogue_version, built_at. as_of: what was asked for, None for the newest.
    """

    figure: Row | None
    parts: list[Row]
    build: Row | None
    as_of: datetime | None


def trace(
    connection: psycopg.Connection,
    programme: str,
    indicator: str,
    unit: str,
    period: str,
    basis: str = "as_reported",
    as_of: datetime | None = None,
) -> Trace:
    """The figure of a unit, a place above it or what has no unit ("24/unallocated"), down to its cells.

    The measure is the one that the plan speaks of at that level. as_of is told along: the session's own moment, which
    the caller has set. Raises WrongCall for a programme, period, indicator, unit or basis that is not there.
    """
    catalogue.period(connection, programme, period)
    if indicator not in {known.indicator_code for known in catalogue.indicators(connection, programme)}:
        raise WrongCall(f"{programme} has no indicator {indicator}.")
    if basis not in ("as_reported", "current"):
        raise WrongCall(f"There is no basis {basis}; there are as_reported and current.")
    values = {"programme": programme, "indicator": indicator, "unit": unit, "period": period, "basis": basis}
    cursor = connection.cursor(row_factory=dict_row)
    figure = cursor.execute(FIGURES, values).fetchone()
    if figure is None:
        require_unit(connection, unit.removesuffix("/unallocated"))
        return Trace(None, [], build_of(connection, programme), as_of)
    rows = cursor.execute(PARTS, values | {"measure": figure["measure"]}).fetchall()
    found = warnings.of_lines(connection, [row["line_id"] for row in rows], as_of)
    parts = [row | {"place": place(row), "warnings": found.get(row["line_id"], [])} for row in rows]
    return Trace(figure, parts, build_of(connection, programme), as_of)


def parts(
    connection: psycopg.Connection, programme: str, indicator: str, unit: str, period: str, basis: str = "as_reported"
) -> list[Row]:
    """One row per line that a unit's figure is made of: the reports below it, or its own where none is owed there.

    Each with its text as received, what the gate warned of and its sender confirmed (`warnings`), the file's name and
    sha256, where it stands (see `place`), the version of the gate's rules that let it in, whether it is added up (a
    bare percentage is not), and the share of it that counts here: n and d times weight add up to the figure. Raises as
    `trace`.
    """
    return trace(connection, programme, indicator, unit, period, basis).parts


def build_of(connection: psycopg.Connection, programme: str) -> Row | None:
    """The build whose figures are shown: run_id, built_at, and as catalogue_version that of its rows then."""
    return connection.cursor(row_factory=dict_row).execute(BUILD, {"programme": programme}).fetchone()


def _confirmed(warning: Row) -> str:
    answer = f"đơn vị xác nhận: {warning['reason']}" if warning["reason"] else "chờ đơn vị xác nhận"
    return f"{warning['message_vi']} ({answer})"


def for_display(traced: Trace) -> list[Row]:
    """The lines for people, without the columns that say nothing of this figure."""
    table = [
        {
            "đơn vị": row["unit_code"] + ("" if row["agency_code"] == DEFAULT_AGENCY else f" ({row['agency_code']})"),
            "tử số": row["numerator_raw"] or "",
            "mẫu số": row["denominator_raw"] or "",
            "giá trị": row["value_raw"] or "",
            "tỷ trọng": _share(row),
            "tổng hợp": "" if row["is_added_up"] else "không cộng được",
            "cảnh báo": "; ".join(_confirmed(warning) for warning in row["warnings"]),
            "ô": row["place"],
            "báo cáo": f"{TYPES[row['submission_type']]} {wording.day(row['known_from'])}",
            "tệp": row["file_name"],
        }
        for row in traced.parts
    ]
    lines = [name for name in (table[0] if table else ()) if any(row[name] for row in table)]
    return [{name: row[name] for name in lines} for row in table]


def _share(row: Row) -> str:
    if not row["is_estimated"]:
        return ""
    return f"{formatting.number(row['weight'], formatting.decimals(row['weight'], usual=4))} (ước tính)"


def summary(traced: Trace) -> list[str]:
    """The figure with its parts, and what it was made with."""
    lines = []
    if table := traced.figure:
        parts = [formatting.number(table[name]) for name in ("numerator", "denominator") if table[name] is not None]
        made = f" = {' / '.join(parts)}" if parts else ""
        marks = " · ước tính" if table["is_estimated"] else ""
        lines.append(f"{figure(table)}{made} · {coverage(table)}{marks}")
    if rules := sorted({row["rules_version"] for row in traced.parts}):
        lines.append(f"cổng kiểm tra: quy tắc {', '.join(rules)}")
    if traced.build:
        when = f", như đã biết lúc {wording.timestamp(traced.as_of)}" if traced.as_of else ""
        built = f"danh mục {traced.build['catalogue_version']}, dựng lúc {wording.timestamp(traced.build['built_at'])}"
        lines.append(built + when)
    return lines


def place(row: Row) -> str:
    """ "Báo cáo!D14:F14" in a workbook, "dòng 14" in a CSV file."""
    if not row["sheet"]:
        return f"dòng {row['row_no']}"
    columns = sorted(column for part, column in row["part_columns"].items() if part in PARTS_OF_A_LINE)
    cells = [f"{column}{row['row_no']}" for column in dict.fromkeys((columns[0], columns[-1]))] if columns else []
    return f"{row['sheet']}!{':'.join(cells)}"
