"""What the plans of the units below a province or district promise together, beside its own targets."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from publish import formatting
from publish.reading.progress import require_unit
from warehouse import catalogue, code_labels

Row = dict[str, Any]

OUTCOMES = code_labels.vietnamese("target_sum_outcome")
LEVELS = {"commune": "xã", "district": "huyện"}

SUMS = """
select sums.*, indicator.name_vi as indicator_name, indicator.unit_vi, indicator.hard_min, indicator.hard_max
from fct_target_sum as sums
join dim_indicator as indicator using (programme_code, indicator_code)
where sums.programme_code = %(programme)s and sums.unit_code = %(unit)s and sums.period = %(period)s
order by indicator.sort_order, sums.target_year, sums.part_level
"""


def of_unit(connection: psycopg.Connection, programme: str, unit: str, period: str) -> list[Row]:
    """One row per target of the unit and level below with plans of its own: the columns of fct_target_sum.

    Percentages are promised of the denominators that were reported in the period. No rows where no unit below has a
    plan of its own. Raises WrongCall for a programme, period or unit that is not there.
    """
    catalogue.period(connection, programme, period)
    require_unit(connection, unit)
    values = {"programme": programme, "unit": unit, "period": period}
    return connection.cursor(row_factory=dict_row).execute(SUMS, values).fetchall()


def promised(row: Row) -> str:
    """What the plans come to: "≥96,4", "<13", "2–3"; a dash where they cannot be added."""
    ends = row["promised_low"], row["promised_high"]
    if row["outcome"] in ("cannot_be_added", "no_denominator"):
        return formatting.MISSING
    beside = formatting.Beside(targets=tuple(end for end in (row["target_low"], row["target_high"]) if end is not None))
    limits = formatting.limits(row["measure"], row["hard_min"], row["hard_max"])
    return formatting.interval(*ends, row["low_closed"], row["high_closed"], *limits, beside)


def target(row: Row) -> str:
    """The target of the province or district with its year: "≥97 (2030)"."""
    return f"{formatting.target(row['comparator'], row['target_low'], row['target_high'])} ({row['target_year']})"


def for_display(rows: list[Row]) -> list[Row]:
    """The rows as people read them, in Vietnamese."""
    return [
        {
            "chỉ tiêu": f"{row['indicator_code']}. {row['indicator_name']}",
            "kế hoạch cấp trên": target(row),
            "các kế hoạch cộng lại": promised(row),
            "cộng được": f"{row['units_added']}/{row['units_expected']} {LEVELS[row['part_level']]}",
            "kết luận": OUTCOMES[row["outcome"]] + (" (kế hoạch giả định)" if row["is_made_up"] else ""),
        }
        for row in rows
    ]
