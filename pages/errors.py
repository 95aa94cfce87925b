"""What a page cannot show, in the reader's language."""

from uuid import UUID

from pages.language import Text


class PageError(Exception):
    """status: of the HTTP response. account_id: whose request it refuses, where that is known."""

    account_id: UUID | None = None

    def __init__(self, status: int, text: Text) -> None:
        super().__init__(text.en)
        self.status, self.text = status, text


def not_found(what: Text) -> PageError:
    return PageError(404, what)


NOTHING_BUILT = Text(
    "Kho dữ liệu chưa có lần tổng hợp nào. Người vận hành chạy lệnh: baocao build",
    "Nothing has been built yet. The operator runs: baocao build",
)
FUTURE = Text(
    "Ngày được chọn chưa đến: những gì sẽ biết vào ngày đó còn thay đổi. Hãy chọn hôm nay hoặc một ngày trước đó.",
    "That day has not come: what will be known then can still change. Choose today or an earlier day.",
)
NO_TIMESTAMP = Text(
    "«{given}» không phải là ngày. Ghi theo mẫu 30/11/2026, 2026-11-30 hoặc 2026-11-30T17:00.",
    "“{given}” is no date. Write it like 30/11/2026, 2026-11-30 or 2026-11-30T17:00.",
)
NO_BASIS = Text(
    "Không có địa giới «{given}»; có as_reported (của kỳ báo cáo) và current (hiện nay).",
    "There is no boundary basis “{given}”; there are as_reported and current.",
)
