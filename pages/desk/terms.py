"""How a report is doing, in words for the officer who has to hand it in."""

from pages import terms
from pages.desk.data import EXEMPT, Report
from pages.language import Text
from warehouse import wording

SHAPES = {
    "accepted": "met",
    "returned": "unmet",
    "returned_beside_accepted": "part",
    "awaiting_approval": "part",
    "awaiting_beside_accepted": "part",
    "returned_by_approver": "unmet",
    "returned_by_approver_beside_accepted": "part",
    "withdrawn": "part",
    "overdue": "unmet",
    "exempt": "none",
    "open": "none",
}
UPLOADS = {
    "receiving": Text("chưa xong; xin tải lại trang", "not finished; load the page again"),
    "refused": Text("không được nhận: báo cáo của đơn vị khác", "not taken: reports of another unit"),
    "failed": Text("chưa nhận được, xin nộp lại", "could not be received, hand it in again"),
}
DUPLICATE = Text("trùng với tệp đã nhận", "the same as a file that was received")
NO_DEADLINE = Text("kế hoạch không ghi hạn nộp", "the plan names no deadline")


def status(report: Report) -> Text:
    """How the report is doing, with the time of the file that it is about."""
    at = terms.timestamp(report.received_at) if report.received_at else Text("", "")
    accepted_at = terms.timestamp(report.accepted_received_at) if report.accepted_received_at else Text("", "")
    match report.state:
        case "accepted":
            return Text("Đã được nhận (tệp nộp lúc {at})", "Accepted (file handed in at {at})").fill(at=accepted_at)
        case "returned":
            return Text(
                "Bị trả lại lúc {at}: xin sửa và nộp lại", "Returned at {at}: correct it and hand it in again"
            ).fill(at=at)
        case "returned_beside_accepted":
            return Text(
                "Tệp nộp lúc {at} bị trả lại; báo cáo nộp lúc {accepted} vẫn có hiệu lực",
                "The file of {at} was returned; the report of {accepted} is still in force",
            ).fill(at=at, accepted=accepted_at)
        case "awaiting_approval":
            return Text(
                "Đã nhận, chờ duyệt (tệp nộp lúc {at}): chưa được tính",
                "Received, awaiting approval (file of {at}): it does not count yet",
            ).fill(at=at)
        case "awaiting_beside_accepted":
            return Text(
                "Tệp nộp lúc {at} chờ duyệt; báo cáo nộp lúc {accepted} vẫn được tính",
                "The file of {at} awaits approval; the report of {accepted} still counts",
            ).fill(at=at, accepted=accepted_at)
        case "returned_by_approver":
            return Text(
                "Người duyệt trả lại tệp nộp lúc {at}: {reason}", "The approver returned the file of {at}: {reason}"
            ).fill(at=at, reason=report.returned_reason or "")
        case "returned_by_approver_beside_accepted":
            return Text(
                "Người duyệt trả lại tệp nộp lúc {at}: {reason}; báo cáo nộp lúc {accepted} vẫn được tính",
                "The approver returned the file of {at}: {reason}; the report of {accepted} still counts",
            ).fill(at=at, accepted=accepted_at, reason=report.returned_reason or "")
        case "withdrawn":
            return Text("Đã rút lúc {at}; cần thì nộp lại", "Retracted at {at}").fill(at=accepted_at)
        case "exempt":
            act = (report.reason or "").removeprefix(EXEMPT)
            return Text("Được miễn: {act}", "Exempt: {act}").fill(act=act)
        case "overdue":
            return Text("Chưa nộp, đã quá hạn", "Not handed in, overdue")
        case _:
            return Text("Chưa nộp", "Not handed in yet")


def deadline(report: Report) -> Text:
    """The last day, and how far away it is where something is still to be done."""
    if report.last_day is None or report.days_left is None:
        return NO_DEADLINE
    day, left = wording.day(report.last_day), report.days_left
    if report.is_done or not report.is_owed:
        return Text(day, day)
    if left < 0:
        return Text(f"{day} (quá hạn {-left} ngày)", f"{day} ({-left} days overdue)")
    if left == 0:
        return Text(f"{day} (hôm nay)", f"{day} (today)")
    return Text(f"{day} (còn {left} ngày)", f"{day} ({left} days left)")
