"""What would fix most at once, and who is exempt by which act."""

from datetime import datetime

import pytest

from pages.language import render
from pages.morning import fixes, page
from pages.morning.data import Morning
from pages.view import View
from warehouse.clock import ZONE

AT = datetime(2026, 12, 5, 9, tzinfo=ZONE)


def report(unit: str, status: str = "missing", programme: str = "P", agency: str = "UBND") -> dict:
    return {
        "programme_code": programme,
        "programme_name": f"Kế hoạch {programme}",
        "period": "2026",
        "unit_id": f"{unit}@2025-07-01",
        "unit_code": unit,
        "unit_name": f"Xã {unit}",
        "agency_code": agency,
        "province_name": "Tỉnh A",
        "status": status,
        "reason": "exempt by 12/QĐ-UBND" if status == "exempt" else "active",
    }


def morning(overdue: list[dict], **more) -> Morning:
    contacts = {(row["unit_code"], row["agency_code"]): {"emails": "x@example.org", "webhooks": 0} for row in overdue}
    return Morning(AT, overdue, 0, **({"contacts": contacts} | more))


def ranked(given: Morning) -> list[tuple[str, int, int]]:
    return [(render(fix.step, "vi"), fix.reports, fix.units) for fix in fixes.rank(given)]


def test_the_step_that_moves_most_reports_comes_first():
    overdue = [report("1"), report("2"), report("1", programme="Q"), report("3", "rejected"), report("4", "rejected")]
    error = {"rule": "count_negative", "message_vi": "«-5» là số âm", "message_en": "“-5” is negative", "errors": 1}
    errors = {(row["programme_code"], "2026", row["unit_id"], "UBND"): error for row in overdue[3:]}

    assert ranked(morning(overdue, errors=errors)) == [
        ("Gọi Xã 1 (1): nhiều báo cáo cùng lúc", 2, 1),
        ("Hướng dẫn sửa lỗi: «-5» là số âm", 2, 2),
        ("Đôn đốc các đơn vị chưa gửi gì, Tỉnh A (Kế hoạch P)", 2, 2),
        ("Đôn đốc các đơn vị chưa gửi gì, Tỉnh A (Kế hoạch Q)", 1, 1),
    ]


def test_who_cannot_be_reminded_is_counted_as_a_missing_contact_and_not_as_somebody_to_urge():
    assert ranked(morning([report("1"), report("2")], contacts={})) == [
        ("Bổ sung địa chỉ nhận nhắc việc cho các đơn vị của Tỉnh A (Kế hoạch P): hiện không nhắc được ai", 2, 2)
    ]


def test_agencies_that_report_about_one_unit_are_called_each_for_itself():
    overdue = [report("1", agency="SYT"), report("1", programme="Q", agency="SYT"), report("1", agency="CATP")]

    assert ranked(morning(overdue))[0] == ("Gọi SYT, Xã 1 (1): nhiều báo cáo cùng lúc", 2, 1)


def test_without_an_outstanding_report_there_is_nothing_to_do():
    assert ranked(morning([])) == []


@pytest.mark.parametrize(("language", "heading"), [("vi", "Văn bản miễn"), ("en", "Act")])
def test_an_exempt_report_names_the_act_that_excuses_it(language, heading):
    section = page._exempt(morning([], exempt=[report("1", "exempt")]), View("/sang-nay", language=language))
    (row,) = section.table.rows

    assert render(section.table.columns[-1].heading, language) == heading
    assert render(row[-1].text, language) == "12/QĐ-UBND"
