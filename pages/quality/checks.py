"""The table of the last checks: what each demands in words, of which table, and its code for who looks it up."""

import re
from typing import Any

from expectations.checks import TESTS
from pages import terms
from pages.language import Text
from pages.layout import Section
from pages.tables import Cell, Column, Table, number
from publish.reading import checks
from warehouse import catalogue, code_labels

Row = dict[str, Any]

ISSUE = Text("Lỗi: {message}", "Issue: {message}")
VALUE = re.compile(r"\{\w+\}")
"""In a message of the gate: what stands there is a report's own."""

COLUMNS = (
    Column("check", Text("Phép kiểm tra", "Check"), is_heading=True),
    Column("suite", Text("Kiểm tra gì", "Of what")),
    Column("checked_at", Text("Kiểm tra lúc", "Checked at")),
    Column("rows", Text("Số dòng", "Rows"), is_number=True),
    Column("failed", Text("Dòng sai", "Rows that fail"), is_number=True),
    Column("result", Text("Kết quả", "Result")),
    Column("rule", Text("Mã quy tắc", "Rule")),
)
STEPS = {
    "receive": Text("cổng kiểm tra, lần nhận gần nhất", "gate, last reception"),
    "build": Text("tổng hợp", "build"),
    "completeness": Text("kiểm tra mức đầy đủ hằng ngày", "daily completeness check"),
    "catalogue": Text("nạp danh mục", "loading of the catalogue"),
}
MET, BROKEN = Text("đạt", "met"), Text("có dòng sai", "broken")
NEWEST = Text(
    "Bảng này luôn là của lần chạy mới nhất, không theo ngày đã chọn.",
    "This table is always the newest run's, whatever day is chosen.",
)


def section(rows: list[Row]) -> Section:
    """rows: of publish.reading.checks; of each step the broken ones come first, and what is about tables last."""
    order = list(STEPS)
    rows = sorted(rows, key=lambda row: (order.index(row["step"]), row["is_met"], row["suite"] == TESTS))
    table = Table(
        "checks",
        Text("Phép kiểm tra của lần chạy gần nhất", "Checks of the newest runs"),
        COLUMNS,
        [_cells(row) for row in rows],
        Text("Không có phép kiểm tra nào có dòng sai.", "No check is broken."),
        Text("Bước", "Step"),
        [STEPS[row["step"]] for row in rows],
    )
    return Section("kiem-tra", Text("Kết quả kiểm tra", "Checks"), [NEWEST], table)


def _cells(row: Row) -> tuple[Cell, ...]:
    is_wrong_row = row["suite"] == checks.SEEDS
    return (
        Cell(row["rule"] if is_wrong_row else described(row["rule"])),
        Cell(_label("checked_table", row["suite"]) or row["suite"]),
        Cell(terms.timestamp(row["checked_at"])),
        number(row["rows_checked"]),
        number(row["rows_failed"]),
        Cell(MET, shape="met") if row["is_met"] else Cell(BROKEN, shape="unmet"),
        Cell("" if is_wrong_row else row["rule"]),
    )


def described(rule: str) -> Text | str:
    """What a check demands; of a rule of the gate the issue it looks for. A dbt test is named by its kind, which its
    code begins with."""
    if gate := catalogue.gate_rules().get(rule):
        return ISSUE.fill(message=Text(VALUE.sub("…", gate.message_vi), VALUE.sub("…", gate.message_en)))
    kinds = (kind for kind in code_labels.labels("check_rule") if rule == kind or rule.startswith(f"{kind}_"))
    return _label("check_rule", max(kinds, key=len, default="")) or rule


def _label(code_list: str, code: str) -> Text | None:
    label = code_labels.labels(code_list).get(code)
    return Text(label.vi, label.en) if label else None
