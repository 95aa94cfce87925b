"""What was read of a plan as rows of the catalogue's tables, each with the line that it is from."""

import re
from collections.abc import Iterator
from decimal import Decimal

from ingest.plans import measured, promises, quantities
from ingest.plans.document import Document
from ingest.plans.drafting import Plan
from ingest.plans.measured import Measured
from ingest.plans.places import Places
from ingest.plans.vocabulary import has, plain, terms, unaccented
from warehouse.seeds.workbook import Draft

RANGES = {100: "100", 1000: "1000", 100_000: "100000"}
"""The most that an indicator of this factor can be."""


def programme_code(plan: Plan) -> str:
    """A code of a new programme: the issuer and its years."""
    named = plan.masthead.issuer.name if plan.masthead.issuer else plan.document.name.rsplit(".", 1)[0]
    years = dict.fromkeys(str(year) for year in (plan.first_year, plan.masthead.ends) if year)
    return re.sub(r"[^a-z0-9]+", "-", unaccented(" ".join([named, *years]))).strip("-")


def drafts(plan: Plan, programme: str, places: Places, *, is_new: bool, first_no: int) -> list[Draft]:
    """Rows of every table. is_new: the catalogue does not have the programme. first_no: of the contradictions."""
    rows = [*_programme(plan, programme)] if is_new else [*_unit_plan(plan, programme)]
    for made in (
        _indicators(plan, programme),
        _measures(plan, programme),
        _targets(plan, programme),
        _baselines(plan, programme, places),
        _agencies(plan, programme),
        _deadlines(plan, programme),
        _contradictions(plan, programme, first_no),
    ):
        rows += made
    if not is_new:
        rows = [row for row in rows if row.seed not in ("programmes", "periods")]
    return rows


def _draft(document: Document, seed: str, line: int, quotation: str, **cells: object) -> Draft:
    filled = {name: _cell(value) for name, value in cells.items()}
    return Draft(seed, filled, document.place(line), " ".join(quotation.split())[:600])


def _cell(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _source(plan: Plan, line: int) -> str:
    return f"{plan.document.name}:{line}"


def _programme(plan: Plan, programme: str) -> Iterator[Draft]:
    head, first = plan.masthead, plan.first_year
    last = head.ends or first
    document = f"Kế hoạch số {head.number}" if head.number else "Kế hoạch (bản gốc để trống số và ngày)"
    yield _draft(
        plan.document,
        "programmes",
        1,
        head.title,
        programme_code=programme,
        name_vi=head.title,
        document_vi=document,
        root_unit_code=head.issuer.code if head.issuer else None,
        starts_on=first and f"{first}-01-01",
        ends_on=last and f"{last}-12-31",
        period_type="year",
        data_window="calendar",
        day_off_rule="stays",
        min_coverage_pct=100,
        source=_source(plan, 1),
    )
    baselines = {column.year for annex in plan.annexes for column in annex.columns if column.role == "baseline"}
    for year in sorted(filter(None, baselines)):
        yield _draft(plan.document, "periods", 1, "", programme_code=programme, period=year, kind="baseline")
    for year in _years(plan):
        yield _draft(plan.document, "periods", 1, head.title, programme_code=programme, period=year, kind="owed")


def _years(plan: Plan) -> range:
    first = plan.first_year
    return range(first, (plan.masthead.ends or first) + 1) if first else range(0)


def _unit_plan(plan: Plan, programme: str) -> Iterator[Draft]:
    """The row by which a programme that is there already has a unit with a plan of its own."""
    if plan.masthead.issuer and plan.masthead.issuer_level == "commune":
        yield _draft(
            plan.document,
            "unit_plans",
            1,
            plan.masthead.title,
            programme_code=programme,
            unit_code=plan.masthead.issuer.code,
            agency_code="UBND",
            document_vi=plan.masthead.title,
            is_made_up=False,
            source=_source(plan, 1),
        )


def _indicators(plan: Plan, programme: str) -> Iterator[Draft]:
    leads = _leads(plan)
    for order, each in enumerate(plan.measured, 1):
        factor = measured.factor_of(each.unit)
        heading = each.row.heading if each.row else ""
        mortality = factor in (1000, 100_000) and each.direction == "down"
        yield _draft(
            plan.document,
            "indicators",
            each.line,
            each.quotation,
            programme_code=programme,
            indicator_code=each.code,
            sort_order=order,
            objective_vi=each.objective,
            heading_code=each.number if heading else "",
            heading_vi=heading,
            name_vi=each.name,
            unit_vi=each.unit,
            aggregation=_aggregation(each),
            factor=factor if _aggregation(each) == "ratio" else None,
            is_part_of_whole=factor == 100,
            direction=each.direction,
            milestone_path="constant_rate" if mortality else "linear",
            is_required=True,
            is_sensitive=has("sensitive", each.name) and each.direction == "down",
            min_coverage_pct=100,
            hard_min=0,
            hard_max=RANGES.get(factor or 0),
            lead_agency_vi=leads.get(each.number, leads.get("")),
            code_source="plan" if each.number else "ours",
            made_by="our reading",
            source_line=each.line,
        )
    numbers = {each.number for each in plan.measured}
    for assigned in plan.assignments:
        for number in (number for number in assigned.numbers if number not in numbers):
            numbers.add(number)
            yield _draft(
                plan.document,
                "indicators",
                assigned.line,
                assigned.sentence,
                programme_code=programme,
                indicator_code=number,
                lead_agency_vi=assigned.agency,
                code_source="plan",
                source_line=assigned.line,
            )


def _leads(plan: Plan) -> dict[str, str]:
    """The agency that answers for each number; under "" the one that answers for all others."""
    found: dict[str, str] = {}
    for assigned in plan.assignments:
        for number in assigned.numbers or ("",):
            found.setdefault(number, assigned.agency)
    return found


def _aggregation(each: Measured) -> str | None:
    if quantities.is_reduction(each.name) or has("relative", each.quotation):
        return "relative_change"
    if each.is_share_of_units:
        return "share_of_units"
    if measured.factor_of(each.unit):
        return "ratio"
    return "sum" if plain(each.unit) in terms("counted") else None


def _measures(plan: Plan, programme: str) -> Iterator[Draft]:
    seen: set[tuple[str, str]] = set()
    for goal in plan.goals:
        key = goal.measured.code, goal.level
        if key not in seen:
            seen.add(key)
            yield _draft(
                plan.document,
                "indicator_measures",
                goal.line,
                goal.measured.quotation,
                programme_code=programme,
                indicator_code=goal.measured.code,
                unit_level=goal.level,
                measure=goal.measure,
            )


def _targets(plan: Plan, programme: str) -> Iterator[Draft]:
    for goal in plan.goals:
        quantity = goal.quantity
        is_bound = goal.measure in ("yes_no", "count") or quantity.comparator == "between"
        yield _draft(
            plan.document,
            "targets",
            goal.line,
            goal.measured.quotation,
            programme_code=programme,
            indicator_code=goal.measured.code,
            target_scope=goal.level,
            bound_unit_code=goal.unit.code if goal.unit else None,
            target_year=goal.year or plan.masthead.ends,
            measure=goal.measure,
            comparator=quantity.comparator,
            target_low=quantity.low,
            target_high=quantity.high,
            exceeded_when="never" if is_bound else "beyond_bound",
            raw=goal.raw,
            comparator_source=goal.source,
            competing_reading_vi=goal.competing,
            source_line=goal.line,
        )


def _baselines(plan: Plan, programme: str, places: Places) -> Iterator[Draft]:
    for each in plan.measured:
        for column, cell in each.row.values.items() if each.row else ():
            if column.role != "baseline":
                continue
            _, unit = measured.whose(column, plan.masthead, places)
            reached = quantities.of_cell(cell)
            assessments = (
                [text for other, text in each.row.values.items() if other.role == "assessment"] if each.row else []
            )
            comparator = reached.comparator if reached else None
            bounded = reached is not None and promises.direction_of("", reached) == "down" and comparator in ("<", "≤")
            yield _draft(
                plan.document,
                "baselines",
                each.line,
                each.quotation,
                programme_code=programme,
                indicator_code=each.code,
                unit_code=unit.code if unit else None,
                period=column.year,
                raw=cell,
                value_low=0 if bounded else reached.low if reached else None,
                value_high=reached.high if reached else None,
                low_closed=reached is not None and comparator != ">",
                high_closed=reached is not None and comparator != "<",
                assessment_vi=next((text for text in assessments if text != "-"), None),
                source_line=each.line,
                measure=next((goal.measure for goal in plan.goals if goal.measured is each), None),
            )


def _agencies(plan: Plan, programme: str) -> Iterator[Draft]:
    for agency in plan.agencies:
        yield _draft(
            plan.document,
            "agencies",
            agency.line,
            f"{agency.name}: {agency.duty}",
            programme_code=programme,
            agency_code=agency.code,
            name_vi=agency.name,
            duty_vi=agency.duty.lstrip("-+ ")[:400],
            source=_source(plan, agency.line),
        )


def _deadlines(plan: Plan, programme: str) -> Iterator[Draft]:
    for deadline in plan.deadlines:
        for year in [deadline.year] if deadline.year else _years(plan):
            yield _draft(
                plan.document,
                "deadlines",
                deadline.line,
                deadline.phrase,
                programme_code=programme,
                period=year,
                unit_level=deadline.level,
                agency_code=deadline.agency,
                unit_code=deadline.unit_code,
                revision=1,
                deadline_on=deadline.on(year).isoformat(),
                reading=deadline.reading,
                phrase_vi=deadline.phrase,
                is_assumption=False,
                source=_source(plan, deadline.line),
            )


def _contradictions(plan: Plan, programme: str, first_no: int) -> Iterator[Draft]:
    codes = {each.code for each in plan.measured}
    for number, found in enumerate(plan.findings, first_no):
        yield _draft(
            plan.document,
            "contradictions",
            found.line,
            f"{found.reading_a} ↔ {found.reading_b}",
            contradiction_no=number,
            programme_code=programme,
            indicator_code=found.code if found.code in codes else None,
            kind=found.kind,
            reading_a=found.reading_a,
            reading_b=found.reading_b,
            severity=found.severity,
            source_file=plan.document.name,
        )
