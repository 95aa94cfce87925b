"""The content of a score sheet: of one unit line by line, of a whole programme as a ranking or as verdicts.

Read from the marts at the session's moment (warehouse.as_of). A line that nobody could score is empty and not zero;
the reason is given beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from publish import formatting, signatures
from publish.signatures import Signatures
from warehouse import catalogue, code_labels
from warehouse.errors import BaocaoError, WrongCall

Row = dict[str, Any]
Rule = Literal["ranked", "recognised"]

VERDICTS = code_labels.vietnamese("score_verdict")
REASONS = code_labels.vietnamese("score_reason")
NOTHING_WRONG = {
    "all_criteria_met": "Mọi chỉ tiêu đều đạt",
    "each_criterion_failed": "Không có chỉ tiêu không đạt",
    "each_report_late_or_missing": "Không có báo cáo trễ hạn hoặc thiếu",
    "each_report_late_and_missing": "Không có báo cáo trễ hạn và thiếu",
}


NOTHING_THERE = ("nothing_occurred", "not_applicable", "risen_from_zero")
ZERO_BASES = {"nothing_occurred": "không phát sinh", "risen_from_zero": "tăng từ 0"}
RESULTS = {"met": "tính là đạt", "not_met": "tính là không đạt", "excluded": "không tính", "open": "để mở"}


@dataclass(frozen=True)
class Line:
    """One line of a unit's sheet; a section or group holds the sum of what is known below it.

    each: points for each failure where the line counts failures. Deductions are negative in every column.
    """

    code: str
    parent: str | None
    kind: str
    name: str
    max_points: Decimal | None
    each: Decimal | None
    self_points: Decimal | None
    computed_points: Decimal | None
    verified_points: Decimal | None
    counted_points: Decimal | None
    is_open: bool
    is_met: bool | None
    because: str
    evidence: str
    note: str


@dataclass(frozen=True)
class UnitResult:
    """The result of a unit: its row of rpt_score_ranking, reasons as text, sections by code."""

    unit_code: str
    unit_name: str
    has_reported: bool
    sections: dict[str, Decimal | None]
    before_deductions: Decimal | None
    deductions: Decimal | None
    total: Decimal | None
    open_points: Decimal | None
    open_deductions: Decimal
    is_final: bool
    rank: int | None
    class_name: str | None
    threshold: Decimal | None
    verdict: str | None
    reasons: tuple[str, ...]
    is_made_up: bool


@dataclass(frozen=True)
class ScoreSheet:
    """A score sheet of one unit (`lines` and its own result), or of all units of the programme (no lines).

    title: of a unit's sheet. summary_title: of the table of all units.
    assumptions: what a line counts where nothing occurred, which the sheet does not say.
    sections: code, name and maximum of what stands at the top of the sheet. units_ranked: those that have a rank.
    as_of: None for the newest figures.
    accepted_until: when the newest report in it was accepted. catalogue_version: of the build that made the points.
    """

    programme_code: str
    programme_name: str
    document: str
    title: str
    summary_title: str
    note: str
    assumptions: tuple[str, ...]
    rule: Rule
    unit_code: str
    unit_name: str
    period: str
    accepted_until: datetime | None
    as_of: datetime | None
    catalogue_version: str | None
    sections: tuple[tuple[str, str, Decimal | None], ...]
    units_ranked: int
    results: tuple[UnitResult, ...]
    lines: tuple[Line, ...]
    signatures: Signatures

    @property
    def is_made_up(self) -> bool:
        return any(result.is_made_up for result in self.results)


SHEET = """
select sheet.*, programme.name_vi as programme_name, programme.document_vi, programme.root_unit_code
from catalogue_as_of.score_sheets as sheet join catalogue_as_of.programmes as programme using (programme_code)
where programme_code = %(programme)s
"""

RANKING = """
select ranking.*, class.name_vi as class_name
from rpt_score_ranking as ranking
left join catalogue_as_of.score_classes as class using (programme_code, class_code)
where programme_code = %(programme)s and period = %(period)s
order by rank nulls last, array_position(array['recognised', 'undetermined', 'not_recognised'], verdict), unit_code
"""

SCORES = """
select score.*, criterion.criterion_name, criterion.points_rule, criterion.points_each, criterion.verification,
       criterion.evidence_vi, criterion.note, agency.agency_name
from fct_score as score
join marts.dim_criterion as criterion using (programme_code, criterion_code)
left join marts.dim_agency as agency using (programme_code, agency_code)
where programme_code = %(programme)s and period = %(period)s and {condition}
order by unit_code, score.sort_order
"""

EVIDENCE = """
select criterion_code, code, finding, state, coalesce(agency_name, code) as name
from fct_score_evidence
left join marts.dim_agency as agency on agency.programme_code = fct_score_evidence.programme_code
    and agency.agency_code = fct_score_evidence.code and fct_score_evidence.evidence_kind = 'report'
where fct_score_evidence.programme_code = %(programme)s and period = %(period)s and unit_code = %(unit)s
order by sort_order, code
"""

ASSUMPTIONS = """
select rule.criterion_code, rule.situation, rule.result, rule.basis_vi
from catalogue_as_of.zero_base_rules as rule
join catalogue_as_of.criteria as criterion using (programme_code, criterion_code)
where programme_code = %(programme)s and rule.is_assumption order by sort_order, situation
"""

ACCEPTED_UNTIL = """
select max(decided_at) as known_from from app.validated_submission
where programme_code = %(programme)s and period = %(period)s and is_accepted and form = 'figures'
    and decided_at <= app.values_as_of() and (unit_code = %(unit)s or %(unit)s = %(root)s)
"""

UNIT = """
select unit_id, unit_level as level from app.org_unit_code
join app.reporting_period on data_to >= resolve_from and data_to < resolve_to
where unit_code = %(unit)s and programme_code = %(programme)s and period = %(period)s
"""

VERSION = """
select version from ops.last_successful_run, ops.catalogue_versions(coalesce(app.requested_as_of(), as_of))
where step = 'build' and programme_code = %(programme)s
"""


def of_period(connection: psycopg.Connection, programme: str, period: str) -> list[Row]:
    """The rows of rpt_score_ranking in their order, each with its rows of fct_score under `criteria`.

    Raises WrongCall for an unknown programme or period and for a programme without a score sheet, BaocaoError where
    nothing is built yet.
    """
    cursor, keys = _at(connection, programme, period)
    if cursor.execute(SHEET, keys).fetchone() is None:
        raise WrongCall(f"{programme} has no score sheet: nothing is scored in it.")
    ranking = cursor.execute(RANKING, keys).fetchall()
    scores = _by_unit(cursor.execute(SCORES.format(condition="true"), keys))
    return [row | {"criteria": scores.get(row["unit_id"], [])} for row in ranking]


def reason_texts(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    """By unit, where the sheet gives verdicts: what each rests on and what it still waits for."""
    results = (_unit_result(row, row["criteria"]) for row in rows if row["verdict"])
    return {f"{result.unit_code} {result.unit_name}": result.reasons for result in results}


def for_display(rows: list[Row]) -> list[dict[str, str]]:
    """The ranking (or the verdicts) for people: what is known so far, and what can still be added or taken off."""
    shown = []
    others = tuple(row["total_points"] for row in rows if row["total_points"] is not None and row["rank"] is not None)
    for row in rows:
        result = _unit_result(row, row["criteria"])
        cells = {"mã": result.unit_code, "đơn vị": result.unit_name}
        if result.verdict is None:
            cells = {"hạng": formatting.MISSING if result.rank is None else str(result.rank)} | cells
            cells["điểm"] = points(result.before_deductions)
            cells["trừ"] = points(result.deductions)
        cells["tổng"] = points(result.total, replace(threshold_of(result), figures=others))
        cells["còn cộng"] = "chưa rõ" if result.open_points is None else points(result.open_points)
        if result.verdict is None:
            cells["còn trừ"] = points(result.open_deductions)
            cells[""] = remark(result)
        else:
            cells["ngưỡng"] = points(result.threshold)
            cells["kết luận"] = VERDICTS[result.verdict]
        shown.append(cells)
    return shown


def load(
    connection: psycopg.Connection, programme: str, unit: str, period: str, as_of: datetime | None = None
) -> ScoreSheet | None:
    """The score sheet of a unit that is scored, or the whole programme's for its root unit; None for any other.

    as_of is printed: the moment that the caller has set (warehouse.as_of.set_session_as_of), None for the newest.
    Raises as of_period does for an unknown programme or period.
    """
    cursor, keys = _at(connection, programme, period)
    sheet = cursor.execute(SHEET, keys).fetchone()
    if sheet is None:
        return None
    keys |= {"unit": unit, "root": sheet["root_unit_code"]}
    ranking = cursor.execute(RANKING, keys).fetchall()
    own = [row for row in ranking if row["unit_code"] == unit]
    if not own and unit != sheet["root_unit_code"]:
        return None
    condition = "score.unit_id = any(%(units)s)" if own else "true"
    found = cursor.execute(SCORES.format(condition=condition), keys | {"units": [row["unit_id"] for row in own]})
    scores = _by_unit(found)
    results = tuple(_unit_result(row, scores.get(row["unit_id"], [])) for row in own or ranking)
    made, newest = cursor.execute(VERSION, keys).fetchone(), cursor.execute(ACCEPTED_UNTIL, keys).fetchone()
    of_any = next(iter(scores.values()), [])
    tops = {row["criterion_code"]: row for row in of_any if row["parent_code"] is None}
    return ScoreSheet(
        programme_code=programme,
        programme_name=sheet["programme_name"],
        document=sheet["document_vi"],
        title=sheet["title_vi"],
        summary_title=sheet["summary_title_vi"] or sheet["title_vi"],
        note=sheet["note"] or "",
        assumptions=tuple(_assumption(row) for row in cursor.execute(ASSUMPTIONS, keys)),
        rule=sheet["verdict_rule"],
        unit_code=unit,
        unit_name=own[0]["unit_name"] if own else _name(connection, unit, programme, period),
        period=period,
        accepted_until=newest["known_from"] if newest else None,
        as_of=as_of,
        catalogue_version=made["version"] if made else None,
        sections=tuple((code, row["criterion_name"], row["max_points"]) for code, row in tops.items()),
        units_ranked=sum(row["rank"] is not None for row in ranking),
        results=results,
        lines=_lines(cursor, keys, scores.get(own[0]["unit_id"], [])) if own else (),
        signatures=signatures.load(cursor, keys | _signing(cursor, keys)),
    )


def _by_unit(scores: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for score in scores:
        found.setdefault(score["unit_id"], []).append(score)
    return found


def _at(connection: psycopg.Connection, programme: str, period: str) -> tuple[psycopg.Cursor[Row], Row]:
    catalogue.period(connection, programme, period)
    built = connection.execute("select to_regclass('marts.rpt_score_ranking') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    return connection.cursor(row_factory=dict_row), {"programme": programme, "period": period}


def _signing(cursor: psycopg.Cursor[Row], keys: Row) -> Row:
    """Id and level of the unit whose sheet it is, for its signatures."""
    return cursor.execute(UNIT, keys).fetchone() or {"unit_id": None, "level": None}


def _name(connection: psycopg.Connection, unit: str, programme: str, period: str) -> str:
    """The root unit's name on the last day of the period."""
    row = connection.execute(
        "select unit_name from app.org_unit_code "
        "join app.reporting_period on data_to >= resolve_from and data_to < resolve_to "
        "where unit_code = %s and programme_code = %s and period = %s",
        [unit, programme, period],
    ).fetchone()
    return row[0] if row else unit


def _unit_result(row: Row, scores: list[Row]) -> UnitResult:
    names = {score["agency_code"]: score["agency_name"] for score in scores}
    return UnitResult(
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        has_reported=row["has_reported"],
        sections={score["criterion_code"]: score["counted_points"] for score in scores if score["parent_code"] is None},
        before_deductions=row["points_before_deductions"],
        deductions=row["deductions"],
        total=row["total_points"],
        open_points=row["open_points"],
        open_deductions=row["open_deductions"],
        is_final=row["is_final"],
        rank=row["rank"],
        class_name=row["class_name"],
        threshold=row["threshold"],
        verdict=row["verdict"],
        reasons=tuple(_gathered(row["reasons"], names)),
        is_made_up=row["is_made_up"],
    )


def _gathered(reasons: list[str], names: dict[str | None, str | None]) -> list[str]:
    """Reason codes ("not_verified 3 CA") as sentences, criteria with the same reason and agency in one."""
    found: dict[tuple[str, str], list[str]] = {}
    for cells in reasons:
        reason, code, agency = [*cells.split(" "), "", ""][:3]
        found.setdefault((reason, agency), []).append(code)
    shown = []
    for (reason, agency), codes in found.items():
        of = f" ({names.get(agency) or agency})" if agency else ""
        which = f"{'tiêu chí' if reason != 'late_or_missing' else ''} {', '.join(codes)}: " if any(codes) else ""
        shown.append(f"{which}{REASONS[reason]}{of}".strip())
    return shown


def _lines(cursor: psycopg.Cursor[Row], keys: Row, scores: list[Row]) -> tuple[Line, ...]:
    evidence: dict[str, list[Row]] = {}
    for row in cursor.execute(EVIDENCE, keys).fetchall():
        evidence.setdefault(row["criterion_code"], []).append(row)
    return tuple(_line(row, evidence.get(row["criterion_code"], [])) for row in scores)


def _line(row: Row, evidence: list[Row]) -> Line:
    return Line(
        code=row["criterion_code"],
        parent=row["parent_code"],
        kind=row["kind"],
        name=row["criterion_name"],
        max_points=row["max_points"],
        each=row["points_each"],
        self_points=row["self_points"],
        computed_points=row["computed_points"],
        verified_points=row["verified_points"],
        counted_points=row["counted_points"],
        is_open=row["min_possible_points"] is None or row["min_possible_points"] != row["max_possible_points"],
        is_met=row["is_met"],
        because=_because(row, evidence),
        evidence=row["evidence_vi"] or "",
        note=row["note"] or "",
    )


def _because(row: Row, evidence: list[Row]) -> str:
    """Why the line has its points: the reason and what it is about, or where the points come from."""
    if row["reason"]:
        of_reports = ", ".join(item["name"] for item in evidence if item["state"] == "failed")
        which = of_reports if row["reason"] == "late_or_missing" else row["reason_codes"]
        codes = f": {which}" if which else ""
        by_agency = row["verified_points"] is not None or row["reason"] in ("not_verified", "met_unknown")
        agency = f" ({row['agency_name']})" if by_agency else ""
        text = f"{REASONS[row['reason']]}{codes}{agency}"
        return text[0].upper() + text[1:]
    if row["kind"] in ("section", "group"):
        return ""
    if row["verified_points"] is not None:
        return f"Theo {row['agency_name'] or 'kết quả phúc tra'}"
    if row["points_rule"] == "reported":
        return "Đơn vị tự chấm, chưa phúc tra"
    met = [item["code"] for item in evidence if item["finding"] == "met"]
    by_rule = [item["code"] for item in evidence if item["state"] == "met" and item["finding"] in NOTHING_THERE]
    parts = [f"Đạt: {', '.join(met)}"] if met else []
    parts += [f"Không phát sinh, tính là đạt: {', '.join(by_rule)}"] if by_rule else []
    return ". ".join(parts) or NOTHING_WRONG.get(row["points_rule"], "")


def _assumption(row: Row) -> str:
    """CT12, không phát sinh: tính là đạt; and why."""
    situation, result = ZERO_BASES[row["situation"]], RESULTS[row["result"]]
    return f"Giả định, {row['criterion_code']}, {situation}: {result}. {row['basis_vi']}"


def remark(result: UnitResult) -> str:
    """Why a total is not the last: the unit has not reported, or lines are open."""
    if not result.has_reported:
        return "chưa báo cáo"
    return "" if result.is_final else "tạm tính"


def points(value: Decimal | None, beside: formatting.Beside = formatting.ALONE) -> str:
    """12.5 as "12,5", a deduction with a true minus; a dash where nothing is known. beside: what it is read with."""
    if value is None:
        return formatting.MISSING
    return formatting.number(value, formatting.decimals(value, beside)).replace("-", "−")


def threshold_of(result: UnitResult) -> formatting.Beside:
    """What a unit's total is read against."""
    return formatting.Beside((result.threshold,) if result.threshold is not None else ())
