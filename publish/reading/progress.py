"""The progress of a unit: its figures as the marts have them, each against its targets."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from warehouse import catalogue, code_labels
from warehouse.errors import BaocaoError, WrongCall

SCOPES = code_labels.vietnamese("target_scope")
TRENDS = code_labels.vietnamese("trend_class")
FASTER = formatting.Beside((Decimal(1),))
"""Acceleration by 1 is none."""

FIGURES = """
select figures.*, known.denominator_coverage_pct, indicator.name_vi as indicator_name, indicator.unit_vi,
       indicator.objective_vi, progress.is_main_target,
       progress.target_scope, progress.target_year, progress.comparator, progress.target_low, progress.target_high,
       progress.better_end, progress.is_exceeded,
       progress.milestone, progress.milestone_comparator, progress.milestone_basis,
       progress.milestone_reason, progress.verdict,
       progress.milestone_verdict, progress.gap, progress.observed_annual_rate, progress.required_annual_rate,
       progress.projected_value, progress.acceleration, progress.trend_class, progress.is_hold_target,
       indicator.hard_min, indicator.hard_max, printed.assessment_vi
from fct_indicator_rollup as figures
join dim_indicator as indicator using (programme_code, indicator_code)
left join fct_denominator_coverage as known
    on known.programme_code = figures.programme_code and known.period = figures.period
    and known.indicator_code = figures.indicator_code and known.unit_id = figures.unit_id
    and known.unit_code = figures.unit_code
    and known.measure = figures.measure and known.boundary_basis = figures.boundary_basis
left join fct_target_progress as progress
    on progress.programme_code = figures.programme_code and progress.period = figures.period
    and progress.indicator_code = figures.indicator_code and progress.unit_id = figures.unit_id
    and progress.unit_code = figures.unit_code and progress.measure = figures.measure
    and figures.boundary_basis = 'as_reported'
left join catalogue_as_of.baselines as printed
    on printed.programme_code = figures.programme_code and printed.indicator_code = figures.indicator_code
    and printed.unit_code = figures.unit_code and printed.period = figures.period
    and printed.measure = figures.measure
where figures.boundary_basis = %(basis)s and figures.programme_code = %(programme)s
    and figures.unit_code = %(unit)s and figures.period = %(period)s
order by indicator.sort_order, figures.measure,
    array_position(array['commune', 'district', 'province', 'agency', 'national'], progress.target_scope),
    progress.target_year
"""


def of_unit(
    connection: psycopg.Connection, programme: str, unit: str, period: str, basis: str = "as_reported"
) -> list[dict[str, Any]]:
    """One row per indicator, measure and target, in the plan's order: fct_indicator_rollup with fct_target_progress.

    Only a figure as reported has a verdict. No rows where no report of the unit is known. Raises WrongCall for a
    programme, period or unit that is not there, BaocaoError before the first build.
    """
    catalogue.period(connection, programme, period)
    built = connection.execute("select to_regclass('marts.fct_target_progress') is not null").fetchone()
    if not built or not built[0]:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.")
    values = {"programme": programme, "unit": unit, "period": period, "basis": basis}
    rows = connection.cursor(row_factory=dict_row).execute(FIGURES, values).fetchall()
    if not rows:
        require_unit(connection, unit)
    return rows


def require_unit(connection: psycopg.Connection, unit: str) -> None:
    """Raises WrongCall for a code that no unit ever had."""
    if not connection.execute("select 1 from app.org_unit where unit_code = %s", [unit]).fetchone():
        raise WrongCall(f"There is no unit {unit}.")


def for_display(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The rows for people, one an indicator and measure: figure, and each target with verdict, milestone and trend."""
    text = [list(group) for _, group in groupby(rows, key=lambda row: (row["indicator_code"], row["measure"]))]
    return [
        {
            "": group[0]["indicator_code"],
            "chỉ tiêu": group[0]["indicator_name"],
            "ĐVT": formatting.UNITS.get(group[0]["measure"]) or group[0]["unit_vi"] or "",
            "kết quả": figure(group[0], thresholds(group)),
            "so với kế hoạch": "\n".join([*_printed(group[0]), *(_against(row, thresholds(group)) for row in group)]),
            "báo cáo": coverage(group[0]),
        }
        for group in text
    ]


def _printed(row: Mapping[str, Any]) -> list[str]:
    """The unit's own assessment of a year that its plan prints, against the targets of the period before."""
    return [f"phụ lục của đơn vị ghi: {row['assessment_vi']}"] if row["assessment_vi"] else []


def coverage(row: dict[str, Any]) -> str:
    """ "98/99 tạm tính": reports in the figure of those expected, and whether that is enough."""
    return f"{row['units_reporting']}/{row['units_expected']}{' tạm tính' if row['is_provisional'] else ''}"


def thresholds(rows: Iterable[Mapping[str, Any]]) -> formatting.Beside:
    """All that the figure of the rows is compared with; targets of another measure are not."""
    compared = [row for row in rows if row["comparator"] and row["verdict"] != "not_comparable"]
    ends = (row[name] for row in compared for name in ("target_low", "target_high"))
    milestones = (row["milestone"] for row in compared)
    return formatting.Beside(
        tuple(end for end in ends if end is not None), tuple(each for each in milestones if each is not None)
    )


def _against(row: dict[str, Any], beside: formatting.Beside) -> str:
    verdict = formatting.verdict(row["verdict"], row["target_year"], row["period"]) if row["verdict"] else ""
    on_the_way = "; ".join(filter(None, (milestone(row, beside), trend(row))))
    text = f"{target(row)}: {verdict}" if row["comparator"] else verdict
    return f"{text}\n  {on_the_way}" if on_the_way else text


def milestone(row: dict[str, Any], beside: formatting.Beside = formatting.ALONE) -> str:
    """ "mốc 2026 ≥88: đúng lộ trình"; nothing where the milestone is the target itself.

    beside: what the figure is shown with.
    """
    if row["milestone"] is None or row["milestone_basis"] == "target":
        return ""
    ends = [end for end in (row["value_low"], row["value_high"]) if end is not None]
    shown = formatting.milestone(row["milestone_comparator"], row["milestone"], ends, beside)
    return f"mốc {row['period']} {shown}: {formatting.PATHS[row['milestone_verdict']]}"


def trend(row: dict[str, Any]) -> str:
    """ "cần tăng tốc ×1,7 (dự báo 2030: 16,2)": the class of the trend and where it leads.

    Nothing once the target's year has come: the verdict then says all there is to say.
    """
    if row["trend_class"] is None or row["target_year"] <= int(row["period"][:4]):
        return ""
    text = TRENDS[row["trend_class"]]
    if row["acceleration"] is not None:
        text += f" ×{formatting.number(row['acceleration'], formatting.decimals(row['acceleration'], FASTER, usual=1))}"
    if (projected := row["projected_value"]) is not None:
        places = formatting.decimals(projected, thresholds([row | {"milestone": None}]), usual=1)
        text += f" (dự báo {row['target_year']}: {formatting.number(projected, places)})"
    return text


def figure(row: dict[str, Any], beside: formatting.Beside = formatting.ALONE) -> str:
    """A figure as people read it: 97 as "97", (96, 100] as ">96", [0, 2.6) as "<2,6", nothing as a dash.

    row: its ends, measure, and the hard range of its indicator. beside: what it is read with.
    """
    if row["measure"] == "yes_no" and row["value"] is not None:
        return "Có" if row["value"] else "Không"
    ends = row["value_low"], row["value_high"]
    closed = row["low_closed"], row["high_closed"]
    floor, ceiling = formatting.limits(row["measure"], row["hard_min"], row["hard_max"])
    return formatting.interval(*ends, *closed, floor, ceiling, beside)


def target(row: dict[str, Any]) -> str:
    """The target with whose it is and its year: "≥97 (tỉnh 2030)"."""
    if row["comparator"] is None:
        return ""
    shown = formatting.target(row["comparator"], row["target_low"], row["target_high"])
    return f"{shown} ({SCOPES[row['target_scope']]} {row['target_year']})"
