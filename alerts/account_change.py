"""The letter to the holder of an account about what was changed of it, in Vietnamese. It has no link and no secret."""

from collections.abc import Sequence
from typing import Any

from alerts import templating
from alerts.templating import Text

CHANGES = {
    "password_changed": "đổi mật khẩu",
    "second_factor_on": "bật xác thực hai bước",
    "second_factor_off": "tắt xác thực hai bước",
    "invitation_accepted": "đặt lại mật khẩu theo thư mời mới",
    "office_account_bound": "gắn với tài khoản của cơ quan để đăng nhập",
    "code_reused": "đăng nhập đúng mật khẩu nhưng bằng mã xác thực đã dùng rồi, nên bị từ chối",
}
"""By the kinds of ops.account_event of which the holder is notified."""


def compose(changes: Sequence[dict[str, Any]]) -> Text:
    """One message about one account; changes: rows of alerts/ledger/due_account_changes.sql."""
    named = [change | {"name": CHANGES[change["kind"]]} for change in changes]
    values = {
        "email": changes[0]["email"],
        "above_name": changes[0]["above_name"],
        "changes": named,
        "is_code_reused": any(change["kind"] == "code_reused" for change in changes),
    }
    what = named[0]["name"] if len(named) == 1 else f"{len(named)} việc"
    return templating.render("account", f"Tài khoản trên trang báo cáo: {what}", values)
