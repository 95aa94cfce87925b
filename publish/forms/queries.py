"""Forms read from the warehouse: the catalogue's rows for a unit, an agency and a period, as the schedule has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from publish.forms.types import MET_OR_NOT, YES_NO, Form, Line
from warehouse import catalogue, wording
from warehouse.catalogue import DEFAULT_AGENCY, Indicator, Level
from warehouse.errors import WrongCall

SCHEDULED = """
select scheduled.unit_id, scheduled.unit_code, scheduled.unit_level, scheduled.agency_code, scheduled.form,
       scheduled.is_owed, scheduled.feeds_rollup,
       scheduled.is_owed or (scheduled.reason = 'baseline' and scheduled.feeds_rollup) as is_usual,
       coalesce(agencies.name_vi, '') as agency_name, coalesce(scheduled.deadline_phrase_vi, '') as phrase_vi,
       coalesce(named.unit_name, scheduled.unit_code) as unit_name
from app.expected_report as scheduled
left join app.org_unit_name as named
    on named.unit_id = scheduled.unit_id
    and named.valid_from <= scheduled.resolve_on and named.valid_to > scheduled.resolve_on
left join catalogue.agencies using (programme_code, agency_code)
where scheduled.programme_code = %(programme)s and scheduled.period = %(period)s
    and (%(units)s::text[] is null or scheduled.unit_code = any(%(units)s))
    and (%(agencies)s::text[] is null or scheduled.agency_code = any(%(agencies)s))
order by scheduled.unit_code, scheduled.agency_code <> 'UBND', scheduled.agency_code
"""

ASSIGNED = """
select assigned.indicator_code, assigned.agency_code, assigned.is_required, assigned.score_role,
       criteria.kind as score_kind, criteria.evidence_vi
from app.indicator_agency as assigned
left join lateral (
    select kind, evidence_vi from catalogue.criterion_indicators
    join catalogue.criteria using (programme_code, criterion_code)
    where criterion_indicators.programme_code = assigned.programme_code
        and criterion_indicators.indicator_code = assigned.indicator_code and criterion_indicators.part = 'points'
    order by criteria.sort_order limit 1) as criteria on true
where assigned.programme_code = %(programme)s
"""


@dataclass(frozen=True)
class Scheduled:
    """A report that may be sent. is_usual: it is owed, or belongs to the baseline's figures.

    agency_name: empty for the unit's own people's committee. phrase_vi: the plan's words for the date.
    """

    unit_id: str
    unit_code: str
    unit_name: str
    unit_level: Level
    agency_code: str
    agency_name: str
    form: str
    is_owed: bool
    feeds_rollup: bool
    is_usual: bool
    phrase_vi: str

    @property
    def sender(self) -> str:
        """Who reports about whom, for a message."""
        return f"{self.agency_name or DEFAULT_AGENCY} – {self.unit_name} ({self.unit_code})"


def scheduled(
    connection: psycopg.Connection,
    programme: str,
    period: str,
    units: Sequence[str] | None = None,
    agencies: Sequence[str] | None = None,
) -> list[Scheduled]:
    """The reports of these units by these agencies (all, when not given), by unit, the unit's own first.

    Raises WrongCall for an unknown programme or period, and for a unit or an agency that reports nothing there.
    """
    catalogue.period(connection, programme, period)
    values = {"programme": programme, "period": period, "units": units and list(units)}
    cursor = connection.cursor(row_factory=class_row(Scheduled))
    found = cursor.execute(SCHEDULED, values | {"agencies": agencies and list(agencies)}).fetchall()
    _require(set(units or ()) - {report.unit_code for report in found}, "đơn vị", agencies, programme, period)
    _require(set(agencies or ()) - {report.agency_code for report in found}, "cơ quan", units, programme, period)
    if not found:
        raise WrongCall(f"{programme} không có báo cáo nào trong kỳ {period}.")
    return found


def _require(unknown: set[str], what: str, others: Sequence[str] | None, programme: str, period: str) -> None:
    if unknown:
        beside = f" ({', '.join(others)})" if others else ""
        names = ", ".join(sorted(unknown))
        raise WrongCall(f"Không có {what} {names}{beside} báo cáo trong {programme}, kỳ {period}.")


def form(connection: psycopg.Connection, programme: str, unit: str, period: str, agency: str = DEFAULT_AGENCY) -> Form:
    """The empty form of a unit and agency.

    Raises WrongCall where the schedule has no such report, and where it is a report without figures.
    """
    about = scheduled(connection, programme, period, [unit])
    report = next((report for report in about if report.agency_code == agency), None)
    if report is None:
        senders = ", ".join(report.agency_code for report in about)
        raise WrongCall(f"Báo cáo về {about[0].unit_name} ({unit}) kỳ {period} do {senders} gửi, không phải {agency}.")
    return forms(connection, programme, period, [report])[0]


def forms(connection: psycopg.Connection, programme: str, period: str, reports: Sequence[Scheduled]) -> list[Form]:
    """The empty forms of these reports, in their order. Raises WrongCall where one has no figures."""
    for report in reports:
        if report.form != "figures":
            raise WrongCall(
                f"Báo cáo của {report.sender} kỳ {period} là hồ sơ, không có biểu số liệu. Gửi bằng lệnh: "
                f"baocao receive-document {programme} {period} {report.unit_code} TỆP --agency {report.agency_code}"
            )
    plan, window = catalogue.programme(connection, programme), catalogue.period(connection, programme, period)
    required = _RequiredLines(connection, programme)
    return [
        Form(
            programme_code=programme,
            programme_name=plan.name_vi,
            period=period,
            unit_id=report.unit_id,
            unit_code=report.unit_code,
            unit_name=report.unit_name,
            unit_level=report.unit_level,
            lines=required.lines(report),
            agency_code=report.agency_code,
            agency_name=report.agency_name if report.agency_code != DEFAULT_AGENCY else "",
            deadline=f"thời hạn: {report.phrase_vi}" if report.phrase_vi else "",
            window=f"số liệu từ {wording.day(window.data_from)} đến {wording.day(window.data_to)}",
        )
        for report in reports
    ]


class _RequiredLines:
    """The lines that a programme requires, by agency, level of unit, and unit with indicators of its own."""

    def __init__(self, connection: psycopg.Connection, programme: str) -> None:
        self.programme = programme
        self.indicators = catalogue.indicators(connection, programme)
        cursor = connection.cursor(row_factory=dict_row)
        rows = cursor.execute(ASSIGNED, {"programme": programme}).fetchall()
        self.assigned = {(row["indicator_code"], row["agency_code"]): row for row in rows}
        self.plan_units = {indicator.plan_unit_code for indicator in self.indicators}
        self.by_report: dict[tuple[str, Level, str | None], tuple[Line, ...]] = {}

    def lines(self, report: Scheduled) -> tuple[Line, ...]:
        """The agency's lines about a unit of that level, in the plan's order. Raises WrongCall if there are none."""
        plan_unit = report.unit_code if report.unit_code in self.plan_units else None
        key = report.agency_code, report.unit_level, plan_unit
        if key not in self.by_report:
            self.by_report[key] = tuple(
                _line(indicator, report.unit_level, self.assigned[indicator.indicator_code, report.agency_code])
                for indicator in self.indicators
                if (indicator.indicator_code, report.agency_code) in self.assigned
                and report.unit_level in (indicator.measures or {})
                and indicator.plan_unit_code in (None, plan_unit)
            )
        if not self.by_report[key]:
            raise WrongCall(f"{self.programme} không hỏi {report.sender} chỉ tiêu nào.")
        return self.by_report[key]


def _line(indicator: Indicator, level: Level, assigned: dict[str, Any]) -> Line:
    heading = f"Chỉ tiêu {indicator.heading_code}: {indicator.heading_vi}" if indicator.heading_vi else ""
    return Line(
        code=indicator.indicator_code,
        name=indicator.name_vi,
        unit=indicator.unit_vi or "",
        objective=indicator.objective_vi or "",
        heading=heading,
        measure=indicator.measures[level],
        aggregation=indicator.aggregation,
        factor=indicator.factor,
        numerator=indicator.numerator_vi or "",
        denominator=indicator.denominator_vi or "",
        is_part_of_whole=indicator.is_part_of_whole,
        is_required=assigned["is_required"],
        hard_max=indicator.hard_max,
        answers=MET_OR_NOT if "đạt" in (indicator.unit_vi or "").casefold() else YES_NO,
        score_role=assigned["score_role"] or "",
        score_kind=assigned["score_kind"] or "",
        evidence=assigned["evidence_vi"] or "",
    )
