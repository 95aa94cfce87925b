"""Why a mail was not received at once, for the operator and its sender; the text of the letter that answers it."""

from typing import NamedTuple

from alerts import templating
from alerts.templating import Text


class Reason(NamedTuple):
    """english: for the operator. vietnamese: for the sender; empty where nobody gets a letter, as nobody is known."""

    english: str
    vietnamese: str = ""


BY_PERSON = "Người phụ trách sẽ xem thư và quyết định; nếu nhận, biên nhận sẽ được gửi đến đây."

RETURNED = "bounce"

REASONS = {
    "no_letter": Reason("it answers no letter of ours"),
    "letter_too_old": Reason("the letter that it answers is too old"),
    "sender_unclear": Reason("From names no address, or several"),
    "other_sender": Reason("its sender is no contact that the letter went to, or no more, and no account of that unit"),
    "other_unit": Reason(
        "it holds reports of units that the letter did not go to",
        "Tệp có báo cáo của đơn vị khác ({detail}) nên chưa được nhận. Nếu nhầm tệp: xin trả lời lại với đúng tệp "
        f"của đơn vị. {BY_PERSON}",
    ),
    "no_files": Reason(
        "nothing is attached",
        "Thư không kèm tệp báo cáo nào. Để nộp báo cáo: mở tệp mẫu trong thư nhắc, điền số liệu, lưu lại, rồi trả lời "
        "thư này và đính kèm tệp (.xlsx, .xls, .ods hoặc .csv; nhiều tệp hoặc một tệp .zip đều được). "
        "Nếu thư là câu hỏi: người phụ trách sẽ đọc.",
    ),
    "only_other_files": Reason(
        "no workbook and no CSV is attached",
        "Thư kèm {detail}, không có tệp .xlsx, .xls, .ods hay .csv nên số liệu chưa được nhận. Để nộp số liệu: xin "
        f"trả lời lại với tệp mẫu đã điền. {BY_PERSON}",
    ),
    "too_large": Reason(
        "it is too large",
        "Thư lớn quá giới hạn ({detail}) nên tệp chưa được đọc. Xin gửi ít tệp hơn trong mỗi thư, hoặc chỉ gửi tệp "
        f"mẫu đã điền. {BY_PERSON}",
    ),
    "too_many_files": Reason(
        "it holds too many files",
        f"Thư kèm quá nhiều tệp báo cáo nên chưa được nhận. Xin chia thành nhiều thư. {BY_PERSON}",
    ),
    "too_deep": Reason(
        "mails are forwarded within one another too often",
        f"Thư được chuyển tiếp lồng nhau quá nhiều lần. Xin đính kèm chính tệp báo cáo. {BY_PERSON}",
    ),
    "encrypted": Reason(
        "it is encrypted",
        f"Thư được mã hoá nên không mở được tệp. Xin gửi lại không mã hoá. {BY_PERSON}",
    ),
    "tnef": Reason(
        "its files are in a winmail.dat (Outlook's Rich Text)",
        "Outlook đã gói tệp vào winmail.dat nên không đọc được. Xin đổi định dạng thư sang HTML hoặc Plain Text "
        f"(thẻ Format Text), rồi gửi lại. {BY_PERSON}",
    ),
    "too_costly": Reason(
        "reading a file takes too much memory or time",
        "Đọc tệp {detail} tốn quá nhiều bộ nhớ hoặc thời gian nên chưa được nhận. Xin chép số liệu vào tệp mẫu mới rồi "
        f"gửi lại. {BY_PERSON}",
    ),
    "automatic_with_files": Reason("a program wrote it, and it holds reports"),
    "too_many_mails": Reason("its sender has had as many answers today as a day may bring"),
    "failed": Reason("it could not be read, for something went wrong inside; the log has more"),
    "duplicate": Reason(
        "its files were received before",
        "Tệp đính kèm giống hệt tệp đã nhận trước đây, nên không có gì thay đổi. Nếu đã sửa số liệu: xin kiểm tra lại "
        "đã lưu và đính kèm đúng tệp mới chưa.",
    ),
    "own_letter": Reason("it is a letter of ours"),
    "automatic": Reason("a program wrote it, such as an absence"),
    RETURNED: Reason(
        "a mail server returned a letter",
        "Thư của hệ thống báo cáo gửi đến {detail} bị máy chủ thư trả lại, nên đơn vị không nhận được thư nhắc và biên "
        "nhận. Xin kiểm tra địa chỉ với đơn vị và báo người vận hành để cập nhật danh sách liên hệ.",
    ),
}
"""By the codes of ops.received_mail.reason."""


def compose(reason: str, detail: str) -> Text:
    """The letter to the sender of a mail. detail: what the reason is about, as it may be shown."""
    values: dict[str, object] = {
        "text": REASONS[reason].vietnamese.format(detail=detail),
        "is_reply": reason != RETURNED,
    }
    return templating.render("answer", SUBJECTS.get(reason, "Thư của đơn vị chưa được nhận"), values)


SUBJECTS = {
    "no_files": "Cách nộp báo cáo bằng thư trả lời",
    "duplicate": "Tệp đã được nhận trước đây",
    RETURNED: "Địa chỉ thư của đơn vị không nhận được thư",
}
