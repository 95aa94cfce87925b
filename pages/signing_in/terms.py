"""Codes of accounts in Vietnamese and English."""

from accounts import passwords
from accounts.registry import Role
from pages.language import Text

ROLES: dict[Role, Text] = {
    "reports": Text("nộp báo cáo", "hands reports in"),
    "approves": Text("phê duyệt", "approves"),
    "province": Text("theo dõi cả tỉnh", "sees the province"),
    "operates": Text("vận hành", "operates"),
}
STATES = {
    "invited": Text("đã mời, chưa đặt mật khẩu", "invited, no password yet"),
    "active": Text("đang dùng", "in use"),
    "disabled": Text("đã khóa", "disabled"),
}
EVENTS = {
    "invited": Text("được mời", "invited"),
    "invitation_accepted": Text("đặt mật khẩu theo thư mời", "password set by invitation"),
    "signed_in": Text("đăng nhập", "signed in"),
    "sign_in_failed": Text("đăng nhập sai", "sign-in failed"),
    "code_reused": Text("dùng lại mã xác thực, bị từ chối", "used code written again, refused"),
    "office_account_bound": Text("gắn với tài khoản cơ quan", "bound to the office's account"),
    "session_ended": Text("kết thúc phiên khác", "ended another session"),
    "signed_out": Text("đăng xuất", "signed out"),
    "password_changed": Text("đổi mật khẩu", "password changed"),
    "second_factor_on": Text("bật xác thực hai bước", "second factor switched on"),
    "second_factor_off": Text("tắt xác thực hai bước", "second factor switched off"),
    "reset": Text("được gửi lại thư mời", "invited again"),
    "disabled": Text("bị khóa", "disabled"),
    "uploaded": Text("nộp tệp", "handed a file in"),
    "upload_refused": Text("nộp tệp của đơn vị khác, không được nhận", "file of another unit refused"),
    "upload_limited": Text("nộp quá số tệp của một ngày, không được nhận", "file beyond the day's limit refused"),
    "typed": Text("nhập báo cáo trên trang", "typed a report on the page"),
    "warning_confirmed": Text("xác nhận số liệu", "confirmed a figure"),
    "report_approved": Text("duyệt báo cáo", "approved a report"),
    "report_returned": Text("trả lại báo cáo", "returned a report"),
    "retracted": Text("rút báo cáo", "retracted a report"),
}
PROBLEMS = {
    "short": Text(
        f"Mật khẩu phải có ít nhất {passwords.SHORTEST} ký tự. Dùng vài từ ghép lại là dễ nhớ nhất.",
        f"A password has at least {passwords.SHORTEST} characters. Some words in a row are easiest to remember.",
    ),
    "long": Text(
        f"Mật khẩu có nhiều nhất {passwords.LONGEST} ký tự.", f"A password has at most {passwords.LONGEST} characters."
    ),
    "uniform": Text("Mật khẩu lặp lại quá ít ký tự khác nhau.", "The password repeats too few different characters."),
    "guessable": Text(
        "Mật khẩu dễ đoán: gần như chỉ gồm địa chỉ thư, mã đơn vị hoặc từ thông dụng.",
        "The password is easy to guess: hardly more than the address, the unit's code or a common word.",
    ),
}
