"""What `baocao demo` shows at the end, read from the warehouse as any other program would read it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from baocao.demo_season import COMMUNES, CORRECTED_TWICE, DISTRICTS, LATE, PROVINCE
from publish import formats
from warehouse import airflow_environment, airflow_services, database, wording
from warehouse.settings import get_settings

ISSUES_SHOWN = 3
TRACED = "5.1"
VERDICT_STYLES = {"met": "green", "exceeded": "green", "not_met": "red", "undetermined": "yellow"}

SCORECARD = """
select indicator_code, indicator_name, unit_vi, measure, value, value_low, value_high, comparator, target_low,
       target_high, target_year, verdict, units_reporting, units_expected, coverage_pct, is_provisional
from marts.rpt_provincial_scorecard
where programme_code = %s and period = %s and unit_code = %s
order by sort_order, measure
"""
RATES = """
select obligations, submitted_pct, on_time_pct, accepted_pct, complete_pct
from marts.rpt_reporting_rates where programme_code = %s and period = %s and unit_code = %s
"""
MISSING = """
select unit_code, unit_name, status, days_late
from marts.rpt_missing_reports where programme_code = %s and period = %s order by unit_code
"""
RECONCILED = """
select indicator_code, own_value, rolled_up_value, difference, units_reporting, units_expected
from marts.rpt_reconciliation
where programme_code = %s and period = %s and unit_code = %s
order by length(split_part(indicator_code, '.', 1)), indicator_code
"""
ALERTS = """
select channel, status, count(*) as alerts from ops.alert_ledger
where programme_code = %s and period = %s group by 1, 2 order by 1, 2
"""
TRACE = """
select line.numerator_raw, line.denominator_raw, submission.sheet, line.row_no,
       submission.part_columns ->> 'numerator' as column_name, file.file_name, submission.submission_type,
       submission.received_at
from raw.line
join raw.submission using (submission_id)
join raw.file on file.sha256 = submission.sha256
join ops.submission_verdict as verdict using (submission_id)
where submission.programme_code = %s and submission.period = %s and submission.unit_code = %s
    and line.indicator_code = %s and verdict.status <> 'rejected'
order by verdict.accepted_seq
"""


def show(console: Console, mailbox: Path) -> None:
    """The season's outcome: receipts, scorecard, reconciliation, who is missing, alerts, and one figure's origin."""
    _show_receipts(console)
    _show_scorecard(console)
    _show_reconciliation(console)
    _show_missing(console)
    _show_alerts(console, mailbox)
    _show_origin(console)


def show_where_to_look(console: Console, is_running: bool) -> None:
    """Addresses and commands; where the services were stopped, the command that starts them again comes first."""
    _title(console, "Where to look")
    programme, period = COMMUNES
    if not is_running:
        console.print("The services are stopped; `make up` starts them again on the same data, `make down` stops them.")
    home = get_settings().home
    password = airflow_environment.home() / "passwords.json"
    for what, where in {
        "Airflow": f"{airflow_services.address()}  user {airflow_environment.USER}, password in {password}",
        "database": "baocao db url --role bi",
        "annex": f"baocao report {programme} {PROVINCE} {period} --out bac-ninh.xlsx",
        "ward": f"baocao progress {programme} {CORRECTED_TWICE} 2025",
        "origin": f"baocao trace {programme} {TRACED} {PROVINCE} {period}",
        "receipts": str(home / "receipts"),
        "logs": str(home / "logs"),
    }.items():
        console.print(f"{what:<10}{where}", highlight=False, soft_wrap=True)


def _show_receipts(console: Console) -> None:
    from pipeline import receipts

    _title(console, "What came in · Báo cáo đã đến")
    batches = [row["batch_id"] for row in _rows("select distinct batch_id from raw.file")]
    answers = receipts.of_batches(batches)
    reports = [report for answer in answers for report in answer.submissions]
    counts = {status: sum(report["status"] == status for report in reports) for status in receipts.WORST_FIRST}
    console.print(
        f"{len(answers)} files, {len(reports)} reports: {counts['accepted']} accepted, "
        f"{counts['accepted_with_warnings']} accepted with warnings, {counts['rejected']} rejected:"
    )
    for answer in answers:
        if answer.status == "rejected":
            lines = receipts.rendered(answer).split("\n")
            console.print(*lines[: 2 + ISSUES_SHOWN], sep="\n", soft_wrap=True)


def _show_scorecard(console: Console) -> None:
    rows = _rows(SCORECARD, *COMMUNES, PROVINCE)
    rates = _rows(RATES, *COMMUNES, PROVINCE)[0]
    year = next((row["target_year"] for row in rows if row["target_year"]), "")
    _title(console, f"Scorecard of Bắc Ninh {COMMUNES[1]} against {year} · made-up figures (số liệu giả định)")
    table = Table("Mã", "Chỉ tiêu", "Giá trị", "Mục tiêu", "Đánh giá", "Đơn vị có số liệu", box=None, pad_edge=False)
    for row in rows:
        style = VERDICT_STYLES.get(row["verdict"], "dim")
        table.add_row(
            row["indicator_code"],
            _shortened(row["indicator_name"]),
            _value(row),
            formats.target(row["comparator"], row["target_low"], row["target_high"]) if row["comparator"] else "",
            f"[{style}]{formats.VERDICTS[row['verdict']]}[/{style}]",
            f"{row['units_reporting']}/{row['units_expected']}" + (" tạm tính" if row["is_provisional"] else ""),
        )
    console.print(table)
    console.print(
        f"{rates['obligations']} reports are owed: {_percent(rates, 'submitted')} submitted, "
        f"{_percent(rates, 'on_time')} on time, {_percent(rates, 'accepted')} accepted, "
        f"{_percent(rates, 'complete')} complete."
    )


def _show_reconciliation(console: Console) -> None:
    _title(console, f"Bắc Giang {DISTRICTS[1]}: the province's own figure beside the one made from its districts")
    table = Table("Mã", "Tỉnh báo cáo", "Từ các huyện", "Chênh lệch", "Huyện", box=None, pad_edge=False)
    for row in _rows(RECONCILED, *DISTRICTS, PROVINCE):
        numbers = (row["own_value"], row["rolled_up_value"], row["difference"])
        shown = [formats.MISSING if each is None else formats.number(round(each, 2) + 0) for each in numbers]
        table.add_row(row["indicator_code"], *shown, f"{row['units_reporting']}/{row['units_expected']}")
    console.print(table)


def _show_missing(console: Console) -> None:
    rows = _rows(MISSING, *COMMUNES)
    _title(console, f"Who is missing · {len(rows)} đơn vị chưa có báo cáo được nhận")
    for row in rows:
        console.print(f"{row['unit_code']}  {row['unit_name']:<24} {row['status']:<9} {row['days_late']} days late")


def _show_alerts(console: Console, mailbox: Path) -> None:
    _title(console, "Alerts · Nhắc nhở đã gửi")
    for row in _rows(ALERTS, *COMMUNES):
        console.print(f"{row['alerts']} by {row['channel']}: {row['status']}")
    console.print(f"{len(list(mailbox.glob('*.eml')))} messages in {mailbox}", soft_wrap=True)


def _show_origin(console: Console) -> None:
    """From a figure of a unit down to file, sheet and cell, through each correction."""
    _title(console, f"Where a figure comes from · chỉ tiêu {TRACED}, đơn vị {CORRECTED_TWICE}, kỳ {COMMUNES[1]}")
    for row in _rows(TRACE, *COMMUNES, CORRECTED_TWICE, TRACED):
        console.print(
            f"{wording.moment(row['received_at'])}  {row['submission_type']:<10} {row['numerator_raw']} / "
            f"{row['denominator_raw']}  {escape(row['file_name'])}  {row['sheet']}!{row['column_name']}{row['row_no']}",
            highlight=False,
            soft_wrap=True,
        )


def _value(row: Mapping[str, Any]) -> str:
    if row["value"] is not None:
        places = formats.decimals(row["value"], row["target_low"] or row["target_high"])
        return f"{formats.number(row['value'], places)} {row['unit_vi'] or ''}".strip()
    return formats.interval(row["value_low"], row["value_high"], False, False)


def _percent(row: Mapping[str, Any], rate: str) -> str:
    value: Decimal | None = row[f"{rate}_pct"]
    return formats.MISSING if value is None else f"{formats.number(value, 1)} %"


def _shortened(name: str, length: int = 60) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _title(console: Console, text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]", highlight=False)


def _rows(statement: str, *values: Any) -> Sequence[dict[str, Any]]:
    """As things stand at the end of the season."""
    with database.connect() as connection:
        connection.execute("select set_config('baocao.as_of', %s, false)", [LATE])
        return connection.cursor(row_factory=dict_row).execute(statement, values).fetchall()
