"""Which rows and columns of a mart a reader of an area gets, by the mart's columns.

A mart nobody has listed is filtered by its unit and shows of sensitive figures only what is listed here: whoever adds a
mart or a column gives nothing away.
"""

from warehouse.errors import BaocaoError
from warehouse.marts import Column, Mart

MAP = frozenset({"bridge_org_unit_ancestor", "dim_org_unit", "dim_org_unit_current"})
"""The official list of units, which names no figure."""

CATALOGUE = frozenset({"dim_target"})
"""Plans as they were printed: a unit in them is one that the plan binds."""

SCORES = frozenset({"fct_score", "fct_score_evidence", "fct_score_line", "rpt_score_ranking"})
"""Points say on which side of a bound a figure is, and totals are sums of points."""

RELEASED = {
    "fct_indicator_rollup": "mart.boundary_basis",
    "rpt_indicator_progress": "'current'",
    "rpt_indicator_progress_as_reported": "'as_reported'",
}
"""The marts whose rows a public release holds, with the map."""

FLAG = Column(
    "is_suppressed",
    "boolean",
    "True: the figure is of a sensitive indicator and not public, so this role does not see it. Empty cells are no "
    "zeros.",
    "Đúng: số liệu nhạy cảm chưa công bố nên vai trò này không được xem. Ô trống không phải là số 0.",
)

DESCRIBING = frozenset(
    [
        "programme_code",
        "indicator_code",
        "period",
        "unit_id",
        "unit_code",
        "unit_level",
        "boundary_basis",
        "measure",
        "agency_code",
        "target_scope",
        "target_year",
        "part_level",
        "changed_at",
        "changed_on",
        "known_from",
        "known_to",
        "criterion_code",
        "code",
        "evidence_kind",
        "parent_code",
        "sort_order",
        "kind",
        "max_points",
        "programme_name",
        "indicator_name",
        "indicator_sort_order",
        "unit_name",
        "unit_sort_key",
        "unit_level_vi",
        "province_code",
        "province_name",
        "data_from",
        "data_to",
        "unit_of_measure_vi",
        "unit_vi",
        "target_scope_vi",
        "aggregation",
        "direction",
        "comparator",
        "target_low",
        "target_high",
        "better_end",
        "target_printed",
        "class_code",
        "threshold",
        "units_expected",
        "units_reporting",
        "coverage_pct",
        "is_provisional",
        "is_rolled_up",
        "is_sensitive",
        "is_made_up",
        "has_reported",
        "is_current_map",
        "is_latest_period",
        "is_main_target",
        "as_of",
    ]
)
"""What stays of a suppressed row: what it is about, what the plan says, and who has reported."""

NUMBERS = frozenset(
    [
        "numerator",
        "denominator",
        "value",
        "value_low",
        "value_high",
        "low_closed",
        "high_closed",
        "value_printed",
        "verdict",
        "verdict_vi",
        "has_figure",
        "units_value_only",
        "is_estimated",
        "has_predecessors",
    ]
)
"""What a release prints of a figure, so it is shown of one that is public. Paths and trends are made of other years."""

HASHES = frozenset({"sha256"})
"""Of a form that was typed on a page: whoever knows its other cells could try small counts until the hash is right."""

SENSITIVE = "(mart.programme_code, mart.indicator_code) in (select programme_code, indicator_code {of_catalogue})"
SCORED = "mart.programme_code in (select programme_code {of_catalogue})"
OF_CATALOGUE = "from marts.dim_indicator where is_sensitive"

PUBLIC = """exists (
    select from ops.public_figure as public
    where public.release_id = (
            select max(release_id) from ops.public_release as newest
            where newest.programme_code = mart.programme_code and mart.period = any(newest.periods))
        and public.programme_code = mart.programme_code and public.indicator_code = mart.indicator_code
        and public.period = mart.period and public.unit_id = mart.unit_id and public.measure = mart.measure
        and public.boundary_basis = {boundary_basis} and public.suppression = 'none'
        and (public.numerator, public.denominator, public.value_low, public.value_high)
            is not distinct from (mart.numerator, mart.denominator, mart.value_low, mart.value_high))"""
"""A figure is shown if the newest release prints it just so: who released it has shown that nothing follows from it."""


def names(mart: Mart) -> set[str]:
    return {column.name for column in mart.columns}


def is_for_everybody(mart: Mart) -> bool:
    """Names no unit, or is of the catalogue and the map."""
    return mart.name in MAP | CATALOGUE or not names(mart) & {"unit_id", "unit_code"}


def is_suppressible(mart: Mart) -> bool:
    """Has rows of one indicator, or points that follow from them."""
    return not is_for_everybody(mart) and (mart.name in SCORES or "indicator_code" in names(mart))


def is_by_code(mart: Mart) -> bool:
    """A row is of whoever has its code."""
    return "unit_id" not in names(mart)


def of_programme(mart: Mart) -> list[str]:
    """The function's optional parameters $1 and $2."""
    return [
        f"(${number} is null or mart.{column} = ${number})"
        for number, column in ((1, "programme_code"), (2, "period"))
        if column in names(mart)
    ]


def of_units(mart: Mart) -> str:
    """$3 are the readable units, $5 their codes."""
    if not is_by_code(mart):
        return "mart.unit_id = any($3)"
    is_general = "mart.unit_code is null or " if mart.name == "dim_deadline" else ""
    return f"({is_general}mart.unit_code = any($5))"


def flags(mart: Mart) -> dict[str, str]:
    """Of a row: is_closed, the figure is sensitive and the reader has no right to it; is_suppressed, nor is it public.

    $4 are the units whose small counts the reader sees.
    """
    if is_by_code(mart):
        raise BaocaoError(f"{mart.name} has figures and no unit_id.")
    sensitive = (SCORED if mart.name in SCORES else SENSITIVE).format(of_catalogue=OF_CATALOGUE)
    closed = f"(mart.unit_id <> all($4) and {sensitive})"
    if mart.name not in RELEASED:
        return {"is_closed": closed, FLAG.name: closed}
    public = PUBLIC.format(boundary_basis=RELEASED[mart.name])
    return {"is_closed": closed, FLAG.name: f"({closed} and not {public})"}


def plain(mart: Mart) -> list[str]:
    """The columns as expressions over rows that name no figure; $4 as in `flags`."""
    return [
        f'case when mart.unit_id = any($4) then mart."{column.name}" end'
        if column.name in HASHES
        else f'mart."{column.name}"'
        for column in mart.columns
    ]


def shown(mart: Mart) -> list[str]:
    """The columns as expressions over the rows with their flags."""
    return [_shown(column.name) for column in mart.columns]


def _shown(name: str) -> str:
    if name in DESCRIBING:
        return f'mart."{name}"'
    flag = FLAG.name if name in NUMBERS else "is_closed"
    return f'case when not mart.{flag} then mart."{name}" end'
