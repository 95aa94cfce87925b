"""A receipt as text for the office that sent the file, in Vietnamese."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publish.receipts.data import Receipt
from warehouse import wording
from warehouse.printable import one_line

if TYPE_CHECKING:
    from rich.text import Text

STATUS_VI = {
    "accepted": "ĐÃ NHẬN",
    "accepted_with_warnings": "ĐÃ NHẬN, CÓ CẢNH BÁO",
    "rejected": "TỪ CHỐI",
    "duplicate": "TRÙNG, ĐÃ NHẬN TRƯỚC ĐÂY",
}
UNCHANGED_VI = "ĐÃ NHẬN TRƯỚC ĐÂY, VẪN CÓ HIỆU LỰC"
STATUS_STYLE = {"accepted": "green", "accepted_with_warnings": "yellow", "rejected": "bold red", "duplicate": "dim"}


def render(receipt: Receipt, *, at_most: int | None = None) -> "Text":
    """The receipt for people, in Vietnamese: a line for the file, one for each report and issue, whatever they hold.

    at_most: of issues of one rule in one report, how many are shown one by one; None shows all.
    """
    from rich.text import Text

    text = Text(f"tệp {one_line(receipt.file)}", style="dim")
    if receipt.status == "duplicate":
        first = datetime.fromisoformat(receipt.received_at)
        text.append(f" · {STATUS_VI['duplicate']} ({wording.timestamp(first)})", style=STATUS_STYLE["duplicate"])
    issues: dict[str, list[dict[str, Any]]] = {}
    for issue in receipt.issues:
        issues.setdefault(issue["submission_id"], []).append(issue)
    for submission in receipt.submissions:
        text.append("\n").append_text(heading(submission))
        for line in _issue_lines(issues.get(submission["submission_id"], []), at_most):
            text.append("\n").append_text(line)
    for submission in receipt.unchanged:
        text.append("\n").append_text(unchanged_heading(submission))
    if receipt.returned_workbook:
        text.append(f"\n  → tệp trả lại, ô sai đã tô màu: {Path(receipt.returned_workbook).name}", style="dim")
    return text


def heading(submission: dict[str, Any]) -> "Text":
    """`báo cáo 07228 · Phường Đa Mai · kỳ 2026 · TỪ CHỐI (2 lỗi, 1 cảnh báo)`, as far as its keys are known."""
    text = _report(submission).append(STATUS_VI[submission["status"]], style=STATUS_STYLE[submission["status"]])
    counts = [
        f"{count} {label}"
        for count, label in ((submission["errors"], "lỗi"), (submission["warnings"], "cảnh báo"))
        if count
    ]
    return text.append(f" ({', '.join(counts)})" if counts else "")


def unchanged_heading(submission: dict[str, Any]) -> "Text":
    """`báo cáo 07210 · Phường Bắc Giang · kỳ 2026 · ĐÃ NHẬN TRƯỚC ĐÂY, VẪN CÓ HIỆU LỰC (08:00 ngày 20/11/2026)`."""
    decided_at = wording.timestamp(datetime.fromisoformat(submission["decided_at"]))
    return _report(submission).append(f"{UNCHANGED_VI} ({decided_at})", style=STATUS_STYLE["duplicate"])


def _report(submission: dict[str, Any]) -> "Text":
    from rich.text import Text

    period = f"kỳ {submission['period']}" if submission["period"] else None
    keys = [part for part in (submission["unit"], submission["unit_name"], period) if part]
    return Text("báo cáo " + one_line(" · ".join([*keys, ""])) if keys else "báo cáo · ")


def _issue_lines(issues: list[dict[str, Any]], at_most: int | None) -> Iterator["Text"]:
    from rich.text import Text

    shown: Counter[str] = Counter()
    for issue in issues:
        shown[issue["rule"]] += 1
        if at_most is None or shown[issue["rule"]] <= at_most:
            yield _issue_line(issue)
    folded = sum(count - at_most for count in shown.values() if count > at_most) if at_most is not None else 0
    if folded:
        yield Text(f"  … và {folded} điểm cùng loại, ghi đủ trong biên nhận", style="dim")


def _issue_line(issue: dict[str, Any]) -> "Text":
    from rich.text import Text

    sheet = f"{issue['sheet']}!" if issue["sheet"] and issue["cell"] else issue["sheet"] or ""
    place = f"{sheet}{issue['cell'] or ''}" or (f"dòng {issue['line']}" if issue["line"] else "")
    raw = f"«{issue['raw']}»" if issue["raw"] else ""
    where = one_line("  ".join(part for part in (place, raw) if part))
    text = Text(f"  {where}  " if where else "  ")
    return text.append(one_line(issue["message_vi"]), style="red" if issue["severity"] == "critical" else "yellow")
