"""What `baocao demo` shows at the end, read from the warehouse as any other program would read it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from baocao.demo_season import COMMUNES, CORRECTED_TWICE, DISTRICTS, LATE, PROVINCE
from publish import formatting
from publish.forms.types import TYPES
from publish.reading import alerts, owed, progress, season
from warehouse import database, wording
from warehouse.airflow import environment
from warehouse.as_of import set_session_as_of_unchecked
from warehouse.settings import aware, get_settings

ISSUES_SHOWN = 3
TRACED = "5.1"
VERDICT_STYLES = {"met": "green", "exceeded": "green", "not_met": "red", "undetermined": "yellow"}


def show(console: Console, mailbox: Path) -> None:
    """The season's outcome: receipts, scorecard, reconciliation, who is missing, alerts, and one figure's origin."""
    _show_receipts(console)
    _show_scorecard(console)
    _show_reconciliation(console)
    _show_missing(console)
    _show_alerts(console, mailbox)
    _show_origin(console)


def show_addresses(console: Console, is_running: bool) -> None:
    """Addresses and commands; where the services were stopped, the command that starts them again comes first."""
    _title(console, "Where to look")
    programme, period = COMMUNES
    if not is_running:
        console.print("The services are stopped; `make up` starts them again on the same data, `make down` stops them.")
    home = get_settings().home
    password = environment.home() / "passwords.json"
    for what, where in {
        "pages": f"BAOCAO_NOW={LATE} baocao serve  who has not reported, as of the end of this season",
        "Airflow": f"{environment.page()}  user {environment.USER}, password in {password}",
        "database": "baocao db url --role bi",
        "annex": f"baocao report {programme} {PROVINCE} {period} --out bac-ninh.xlsx",
        "ward": f"baocao progress {programme} {CORRECTED_TWICE} 2025",
        "origin": f"baocao trace {programme} {TRACED} {PROVINCE} {period}",
        "receipts": str(home / "receipts"),
        "logs": str(home / "logs"),
    }.items():
        console.print(f"{what:<10}{where}", highlight=False, soft_wrap=True)


def _show_receipts(console: Console) -> None:
    from publish.receipts import data as receipt_data
    from publish.receipts import text as receipt_text

    _title(console, "Báo cáo đã đến")
    receipts = receipt_data.of_all_batches()
    reports = [report for receipt in receipts for report in receipt.submissions]
    counts = {status: sum(report["status"] == status for report in reports) for status in receipt_data.WORST_FIRST}
    console.print(
        f"{len(receipts)} tệp, {len(reports)} báo cáo: {counts['accepted']} được chấp nhận, "
        f"{counts['accepted_with_warnings']} được chấp nhận kèm cảnh báo, {counts['rejected']} bị trả lại:"
    )
    for receipt in receipts:
        if receipt.status == "rejected":
            lines = receipt_text.render(receipt).split("\n")
            console.print(*lines[: 2 + ISSUES_SHOWN], sep="\n", soft_wrap=True)


def _show_scorecard(console: Console) -> None:
    rows = _rows(season.scorecard, *COMMUNES, PROVINCE)
    rates = _rows(season.reporting_rates, *COMMUNES, PROVINCE)[0]
    year = next((row["target_year"] for row in rows if row["target_year"]), "")
    _title(console, f"Bắc Ninh {COMMUNES[1]} so với chỉ tiêu {year} · số liệu giả định")
    table = Table("Mã", "Chỉ tiêu", "Giá trị", "Mục tiêu", "Đánh giá", "Đơn vị có số liệu", box=None, pad_edge=False)
    for row in rows:
        style = VERDICT_STYLES.get(row["verdict"], "dim")
        table.add_row(
            row["indicator_code"],
            _shortened(row["indicator_name"]),
            _value(row),
            formatting.target(row["comparator"], row["target_low"], row["target_high"]) if row["comparator"] else "",
            f"[{style}]{formatting.verdict(row['verdict'], row['target_year'], row['period'])}[/{style}]",
            f"{row['units_reporting']}/{row['units_expected']}" + (" tạm tính" if row["is_provisional"] else ""),
        )
    console.print(table)
    console.print(
        f"{rates['obligations']} báo cáo phải nộp: {_percent(rates, 'submitted')} đã gửi, "
        f"{_percent(rates, 'on_time')} đúng hạn, {_percent(rates, 'accepted')} được chấp nhận, "
        f"{_percent(rates, 'complete')} đủ các dòng."
    )


def _show_reconciliation(console: Console) -> None:
    _title(console, f"Bắc Giang {DISTRICTS[1]}: số tỉnh tự báo cáo cạnh số tổng hợp từ các huyện")
    table = Table("Mã", "Tỉnh báo cáo", "Từ các huyện", "Chênh lệch", "Huyện", box=None, pad_edge=False)
    for row in _rows(season.reconciliation, *DISTRICTS, PROVINCE):
        shown = formatting.difference(row["own_value"], row["rolled_up_value"])
        table.add_row(row["indicator_code"], *shown, f"{row['units_reporting']}/{row['units_expected']}")
    console.print(table)
    console.print("Chênh lệch tính từ số chưa làm tròn.")


def _show_missing(console: Console) -> None:
    rows = _rows(season.missing, *COMMUNES)
    _title(console, f"Ai còn thiếu · {len(rows)} đơn vị chưa có báo cáo được nhận")
    for row in rows:
        status = owed.STATUSES[row["status"]]
        console.print(f"{row['unit_code']}  {row['unit_name']:<24} {status:<24} trễ {row['days_late']} ngày")


def _show_alerts(console: Console, mailbox: Path) -> None:
    _title(console, "Thư nhắc")
    for row in _rows(season.alert_counts, *COMMUNES):
        console.print(f"{row['alerts']} qua {row['channel']}: {alerts.STATUSES[row['status']]}", soft_wrap=True)
    console.print(f"{len(list(mailbox.glob('*.eml')))} thư trong {mailbox}", soft_wrap=True)


def _show_origin(console: Console) -> None:
    """From a figure of a unit down to file, sheet and cell, through each correction."""
    _title(console, f"Một số liệu từ đâu đến · chỉ tiêu {TRACED}, đơn vị {CORRECTED_TWICE}, kỳ {COMMUNES[1]}")
    for row in _rows(season.source_lines, *COMMUNES, CORRECTED_TWICE, TRACED):
        console.print(
            f"{wording.timestamp(row['received_at'])}  {TYPES[row['submission_type']]:<10} {row['numerator_raw']} / "
            f"{row['denominator_raw']}  {escape(row['file_name'])}  {row['sheet']}!{row['column_name']}{row['row_no']}",
            highlight=False,
            soft_wrap=True,
        )


def _value(row: Mapping[str, Any]) -> str:
    limits = formatting.limits(row["measure"], row["hard_min"], row["hard_max"])
    beside = progress.thresholds([row])
    shown = formatting.interval(row["value_low"], row["value_high"], True, True, *limits, beside)
    return f"{shown} {row['unit_vi'] or ''}".strip()


def _percent(row: Mapping[str, Any], rate: str) -> str:
    value: Decimal | None = row[f"{rate}_pct"]
    return formatting.MISSING if value is None else f"{formatting.percentage(value, usual=1)} %"


def _shortened(name: str, length: int = 60) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _title(console: Console, text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]", highlight=False)


def _rows(query: Callable[..., list[dict[str, Any]]], *values: str) -> list[dict[str, Any]]:
    """What a query of publish.reading.season gives as of the end of the season."""
    with database.connect() as connection:
        set_session_as_of_unchecked(connection, aware(LATE))
        return query(connection, *values)
