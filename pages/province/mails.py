"""Why a mail waits for a person, on the page: as the operator's command says it, and in Vietnamese."""

from alerts.answer import REASONS
from pages.language import Text

VIETNAMESE = {
    "no_letter": "không trả lời thư nào của hệ thống",
    "letter_too_old": "thư được trả lời đã quá cũ",
    "sender_unclear": "không rõ địa chỉ người gửi",
    "other_sender": "người gửi không phải hoặc không còn là đầu mối nhận thư, cũng không có tài khoản của đơn vị",
    "other_unit": "tệp có báo cáo của đơn vị khác",
    "no_files": "không kèm tệp nào",
    "only_other_files": "không kèm bảng tính hay tệp CSV",
    "too_large": "thư quá lớn",
    "too_many_files": "quá nhiều tệp",
    "too_deep": "chuyển tiếp lồng nhau quá nhiều lần",
    "encrypted": "thư được mã hoá",
    "tnef": "tệp nằm trong winmail.dat của Outlook",
    "too_costly": "đọc tệp tốn quá nhiều bộ nhớ hoặc thời gian",
    "automatic_with_files": "thư do máy gửi mà có báo cáo",
    "too_many_mails": "người gửi đã gửi quá nhiều thư trong ngày (có thể do máy tự trả lời)",
    "failed": "không đọc được do lỗi của hệ thống",
}
"""By the codes of ops.received_mail.reason that a mail may wait with."""


def reason(code: str) -> Text:
    return Text(VIETNAMESE.get(code, REASONS[code].english), REASONS[code].english)
