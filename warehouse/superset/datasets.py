"""The datasets of Superset, made from what dbt's files say of the marts: `make docs` writes them.

A column is labelled by the first clause of its Vietnamese description, or by docker/superset/labels.csv where that is
no name; the description is shown beside it. Metrics are counts, sums of counts, and Σ ÷ Σ: a rate is never added up or
averaged.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from warehouse import code_labels, marts
from warehouse.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docker" / "superset"
ASSETS = FOLDER / "assets"
NAMESPACE = UUID("6f0c8a52-5a0e-4b38-9d4f-6d0a7b0f4c11")
"""Of the UUIDs of our objects: a name has the same one in every home, so an import replaces and never doubles."""

VERSION = "1.0.0"
"""Of the format of the files."""

FIRST_CLAUSE = re.compile(r"(?:Đúng: )?([^;:,(.]+)")
DATES = ("date", "timestamp with time zone")


class Metric(NamedTuple):
    name: str
    label_vi: str
    expression: str
    d3format: str = ",d"


class Coded(NamedTuple):
    """A column of codes that gets its Vietnamese labels in a column beside it, from dim_code_label's own list."""

    column: str
    code_list: str
    label_vi: str


def _quotient(part: str, whole: str) -> str:
    """Only rows that have both count, as in a rollup."""
    return (
        f"SUM({part}) FILTER (WHERE {whole} IS NOT NULL)::numeric "
        f"/ NULLIF(SUM({whole}) FILTER (WHERE {part} IS NOT NULL), 0)"
    )


ROWS = Metric("row_count", "Số dòng", "COUNT(*)")
RATES = (
    Metric("submitted_share", "Tỷ lệ đã nộp", _quotient("reports_submitted", "obligations"), ".1%"),
    Metric("accepted_share", "Tỷ lệ được chấp nhận", _quotient("reports_accepted", "obligations"), ".1%"),
    Metric("complete_share", "Tỷ lệ đầy đủ", _quotient("reports_complete", "obligations"), ".1%"),
    Metric("on_time_share", "Tỷ lệ đúng hạn", _quotient("reports_on_time", "obligations_dated"), ".1%"),
)
METRICS = {
    "dim_submission": (ROWS._replace(label_vi="Số báo cáo"),),
    "rpt_changes": (ROWS._replace(label_vi="Số lần thay đổi"),),
    "rpt_indicator_progress": (
        ROWS,
        Metric("sum_numerator", "Σ tử số", "SUM(numerator) FILTER (WHERE denominator IS NOT NULL)"),
        Metric("sum_denominator", "Σ mẫu số", "SUM(denominator) FILTER (WHERE numerator IS NOT NULL)"),
        Metric("quotient", "Σ tử số ÷ Σ mẫu số", _quotient("numerator", "denominator"), ".4f"),
    ),
    "rpt_indicator_ranking": (ROWS,),
    "rpt_reconciliation": (ROWS,),
    "rpt_reporting_rates": (ROWS, *RATES),
    "rpt_reporting_rates_daily": (ROWS, *RATES),
    "rpt_reporting_status": (ROWS._replace(label_vi="Số báo cáo phải nộp"),),
    "rpt_score_ranking": (
        ROWS._replace(label_vi="Số đơn vị"),
        Metric("points", "Tổng điểm", "MAX(total_points)", ",.1f"),
    ),
}
"""The marts that are datasets. MAX stands for the one value of a row: its charts have one row per cell."""

YES_NO = ("has_contact", "has_reported", "is_final")
"""Columns of yes or no that charts show in Vietnamese."""

CODED = {
    "dim_submission": (Coded("status", "gate_status", "Kết quả kiểm tra"),),
    "rpt_score_ranking": (Coded("verdict", "score_verdict", "Công nhận"),),
}
INDICATOR = ("indicator_key", "Chỉ tiêu số", r"REGEXP_REPLACE(indicator_code, '^(\D*)(\d)(?!\d)', '\10\2')")
"""The code with its first number in two digits: 03.1 comes before 11.2 on an axis."""
MADE_UP = ("source_vi", "Nguồn số liệu", "CASE WHEN is_made_up THEN 'mô phỏng' ELSE 'báo cáo thật' END")


def uuid(kind: str, name: str) -> str:
    """The UUID of an object of ours: kind is `dataset`, `chart`, `dashboard` or `database`."""
    return str(uuid5(NAMESPACE, f"{kind}/{name}"))


def written() -> dict[Path, str]:
    """Every dataset's file → its YAML."""
    import yaml

    note = "# Written by `make docs`; change the descriptions of the mart instead.\n"
    return {
        ASSETS / "datasets" / "baocao" / f"{name}.yaml": note
        + yaml.safe_dump(document(name), allow_unicode=True, sort_keys=False, width=120)
        for name in METRICS
    }


def document(name: str) -> dict[str, Any]:
    """The dataset of a mart, in Superset's format for imports."""
    mart = marts.mart(name)
    return {
        "table_name": name,
        "description": f"{mart.vi}\n\n{mart.en}",
        "schema": "marts",
        "catalog": None,
        "sql": None,
        "main_dttm_col": None,
        "cache_timeout": None,
        "filter_select_enabled": True,
        "extra": {"warning_markdown": _warning(mart)} if _warning(mart) else {},
        "uuid": uuid("dataset", name),
        "database_uuid": uuid("database", "baocao"),
        "version": VERSION,
        "metrics": [_metric(metric) for metric in METRICS[name]],
        "columns": [*(_column(name, column) for column in mart.columns), *_computed(mart)],
    }


def label(mart: str, column: marts.Column) -> str:
    """What people read instead of the column's name."""
    given = _labels()
    found = given.get((mart, column.name)) or given.get(("", column.name))
    if not found:
        match = FIRST_CLAUSE.match(column.vi)
        found = match[1].strip() if match else column.name
    return found[0].upper() + found[1:]


def _warning(mart: marts.Mart) -> str:
    """What the description says of adding up, shown beside the dataset's name."""
    sentences = [f"{sentence.rstrip('.')}." for sentence in mart.vi.split(". ")]
    return " ".join(sentence for sentence in sentences if sentence.startswith("Không cộng"))


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label_vi,
        "metric_type": None,
        "expression": metric.expression,
        "description": None,
        "d3format": metric.d3format,
        "extra": {},
        "warning_text": None,
    }


def _column(mart: str, column: marts.Column) -> dict[str, Any]:
    suffix = " (đúng, sai)" if column.name in YES_NO else ""
    return _described(column.name, label(mart, column) + suffix, column.data_type.upper(), f"{column.vi}\n{column.en}")


def _computed(mart: marts.Mart) -> list[dict[str, Any]]:
    """Words beside codes that have none in the mart, and a code that sorts."""
    found = [
        _described(f"{coded.column}_vi", coded.label_vi, "TEXT", None, _texts(coded))
        for coded in CODED.get(mart.name, ())
    ]
    for column in mart.columns:
        if column.name in YES_NO:
            texts = f"CASE WHEN {column.name} THEN 'có' WHEN NOT {column.name} THEN 'không' END"
            found.append(_described(f"{column.name}_vi", label(mart.name, column), "TEXT", None, texts))
    names = {column.name for column in mart.columns}
    for needed, (name, label_vi, expression) in (("is_made_up", MADE_UP), ("indicator_sort_order", INDICATOR)):
        if needed in names:
            found.append(_described(name, label_vi, "TEXT", None, expression))
    return found


def _texts(coded: Coded) -> str:
    texts = code_labels.vietnamese(coded.code_list).items()
    cases = " ".join(f"WHEN '{code}' THEN '{text}'" for code, text in texts)
    return f"CASE {coded.column} {cases} END"


def _described(
    name: str, label_vi: str, data_type: str, description: str | None, expression: str | None = None
) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": label_vi,
        "is_dttm": data_type.lower() in DATES,
        "is_active": True,
        "type": data_type,
        "groupby": True,
        "filterable": True,
        "expression": expression,
        "description": description,
        "extra": {},
    }


@cache
def _labels() -> Mapping[tuple[str, str], str]:
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["mart"], row["column"]): row["label_vi"] for row in csv.DictReader(lines)}
