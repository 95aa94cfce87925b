"""A receipt on the page: what became of a file, what is wrong in which cell, and the next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pages import terms
from pages.desk.terms import UPLOADS
from pages.language import Shown, Text
from pages.view import View
from pipeline import receipt_files
from publish.receipts.data import Receipt
from warehouse import catalogue

ACCEPTED = Text("Đã được nhận", "Accepted")
RESULTS = {
    "accepted": ACCEPTED,
    "accepted_with_warnings": Text("Đã được nhận, có điểm cần xem lại", "Accepted, with something to look at again"),
    "rejected": Text("Bị trả lại: chưa được tính vào số liệu", "Returned: not counted yet"),
    "duplicate": Text("Trùng với tệp đã nhận trước đây", "The same as a file received before"),
}
NEXT = {
    "accepted": Text("Không cần làm gì thêm.", "Nothing more is to be done."),
    "accepted_with_warnings": Text(
        "Số đúng mà khác thường thì xin xác nhận, kèm lý do. Số sai thì sửa và nộp lại: tệp mới thay tệp này.",
        "Confirm a figure that is right and unusual, with a reason; correct one that is wrong and hand it in again.",
    ),
    "rejected": Text(
        "Mở tệp, sửa các ô nêu dưới đây, lưu lại rồi nộp lại. Các ô khác không cần nhập lại.",
        "Open the file, correct the cells below, save it and hand it in again. Other cells can stay as they are.",
    ),
    "duplicate": Text(
        "Không có gì thay đổi. Nếu muốn nộp bản đã sửa, xin kiểm tra xem đã lưu tệp chưa.",
        "Nothing has changed. If you meant to hand in a corrected file, check that it was saved.",
    ),
    "refused": Text("Không có gì của tệp được giữ lại.", "Nothing of the file was kept."),
    "failed": Text("Không phải lỗi của tệp.", "It is not the file's fault."),
    "receiving": Text("Xin tải lại trang sau ít giây.", "Load the page again in some seconds."),
}
SHAPES = {"accepted": "met", "accepted_with_warnings": "part", "duplicate": "part"}
KINDS = (
    ("critical", "unmet", Text("Phải sửa: {count} ô hoặc dòng", "Must be corrected: {count} cells or lines")),
    ("warning", "part", Text("Nên xem lại: {count} ô hoặc dòng", "Look at again: {count} cells or lines")),
)
"""The errors come first; warnings beside errors are folded, for they can wait."""
UNFOLDED = 5
"""So many warnings are shown at once."""


class Issue(NamedTuple):
    """place: a cell, a line or the whole file. raw: as written, empty where nothing was."""

    place: Shown
    raw: str
    message: Text


class Kind(NamedTuple):
    """The issues of one severity."""

    heading: Text
    shape: str
    is_folded: bool
    issues: Sequence[Issue]


@dataclass(frozen=True)
class ReceiptView:
    """details: why a file was not taken, where there is no receipt. reports: a line for each report of the file.

    unconfirmed: where its warnings are confirmed.
    """

    file: str
    at: Text
    result: Text
    shape: str
    next_step: Text
    details: Shown
    reports: Sequence[Text]
    kinds: Sequence[Kind]
    marked: str | None
    unconfirmed: Sequence[str]
    is_to_be_corrected: bool


def of(upload: dict[str, Any], receipt: Receipt | None, view: View) -> ReceiptView:
    """upload: a row of ops.upload. receipt: None where nothing of the file was received."""
    status = receipt.status if receipt else upload["status"]
    reason = Text(upload["reason_vi"] or "", upload["reason_en"] or "")
    has_copy = receipt is not None and receipt_files.marked_copy(receipt) is not None
    return ReceiptView(
        file=upload["file_name"],
        at=terms.timestamp(upload["uploaded_at"]),
        result=RESULTS.get(status) or _sentence(UPLOADS[status]),
        shape=SHAPES.get(status, "unmet"),
        next_step=NEXT[status],
        details=reason,
        reports=[_report(each) for each in receipt.submissions] if receipt else [],
        kinds=_kinds(receipt) if receipt else [],
        marked=view.link(f"/bao-cao-cua-toi/tep-danh-dau/{upload['upload_id']}") if has_copy else None,
        unconfirmed=_unconfirmed(receipt, view) if receipt else [],
        is_to_be_corrected=status != "accepted",
    )


def _unconfirmed(receipt: Receipt, view: View) -> list[str]:
    """The addresses where warnings of its reports are confirmed."""
    rules = catalogue.gate_rules()
    waiting = {
        issue["submission_id"]
        for issue in receipt.issues
        if issue["rule"] in rules and rules[issue["rule"]].needs_confirmation
    }
    return [
        view.link("/bao-cao-cua-toi/xac-nhan", programme=each["programme"], period=each["period"])
        for each in receipt.submissions
        if each["submission_id"] in waiting and each["status"] == "accepted_with_warnings"
    ]


def _report(submission: dict[str, Any]) -> Text:
    """ "Phường Đa Mai (07228), năm 2026: bị trả lại"."""
    period = terms.period(submission["period"]) if submission["period"] else Text("", "")
    unit = f"{submission['unit_name'] or ''} ({submission['unit']})" if submission["unit"] else ""
    kind = terms.SUBMISSION_TYPES[submission["type"]] if submission["type"] != "full" else Text("", "")
    verdict = terms.GATE[submission["status"]]
    vi = ", ".join(part for part in (unit.strip(), period.vi, kind.vi) if part) or "báo cáo không rõ đơn vị"
    en = ", ".join(part for part in (unit.strip(), period.en, kind.en) if part) or "a report of an unknown unit"
    return Text(f"{vi}: {verdict.vi}", f"{en}: {verdict.en}")


def _kinds(receipt: Receipt) -> list[Kind]:
    found: list[Kind] = []
    for severity, shape, heading in KINDS:
        issues = [
            Issue(_place(issue), issue["raw"] or "", Text(issue["message_vi"], issue["message_en"]))
            for issue in receipt.issues
            if issue["severity"] == severity
        ]
        if issues:
            is_folded = severity != "critical" and (bool(found) or len(issues) > UNFOLDED)
            found.append(Kind(heading.fill(count=len(issues)), shape, is_folded, issues))
    return found


def _place(issue: dict[str, Any]) -> Shown:
    if issue["cell"]:
        return f"{issue['sheet']}!{issue['cell']}" if issue["sheet"] else str(issue["cell"])
    if issue["line"]:
        return Text(f"dòng {issue['line']}", f"line {issue['line']}")
    return issue["sheet"] or Text("cả tệp", "the file")


def _sentence(text: Text) -> Text:
    return Text(text.vi[0].upper() + text.vi[1:], text.en[0].upper() + text.en[1:])
