"""What a phrase of a plan promises: the value, and how it is compared."""

from decimal import Decimal

import pytest

from ingest.plans import quantities


@pytest.mark.parametrize(
    ("phrase", "comparator", "low", "high"),
    [
        ("Tỷ lệ trẻ em biết bơi đạt 95%", "≥", "95", None),
        ("Tỷ lệ trẻ em biết bơi đạt trên 80%", ">", "80", None),
        ("Tỷ lệ trẻ em biết bơi ít nhất 80%", "≥", "80", None),
        ("Tỷ lệ trẻ em biết bơi đạt từ 60% trở lên", "≥", "60", None),
        ("Tỷ lệ trẻ em biết bơi không dưới 80%", "≥", "80", None),
        ("Tỷ suất tử vong ở mức dưới 9", "<", None, "9"),
        ("Giảm tỷ lệ lây truyền HIV còn 2% trở xuống", "≤", None, "2"),
        ("Giảm tỷ lệ suy dinh dưỡng xuống 12,3%", "≤", None, "12.3"),
        ("Số vụ đuối nước không quá 3 vụ", "≤", None, "3"),
        ("Giảm tỷ suất tai nạn xuống còn 16/100.000 trẻ em", "≤", None, "16"),
        ("Duy trì mức giảm số cuộc tảo hôn từ 2 đến 3% hằng năm", "between", "2", "3"),
    ],
)
def test_the_quantity_at_the_end_of_a_phrase(phrase, comparator, low, high):
    found = quantities.trailing(phrase)
    assert found
    found = quantities.inferred(found, phrase)
    assert (found.comparator, found.low, found.high) == (comparator, low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize(
    ("phrase", "comparator", "value"),
    [
        ("97% trẻ em được tiêm chủng", "≥", 97),
        ("Tối thiểu 80% trẻ em biết bơi", "≥", 80),
        ("Phấn đấu 30% trẻ em", "≥", 30),
    ],
)
def test_the_share_at_the_head_of_a_phrase(phrase, comparator, value):
    found = quantities.leading(phrase)
    assert found
    assert quantities.inferred(found, phrase).values == (comparator, value, None)


def test_an_age_a_year_and_a_number_of_an_act_promise_nothing():
    for phrase in ("Tỷ lệ trẻ em từ 5 đến 17 tuổi", "Thực hiện Quyết định số 06/QĐ-TTg", "Thực hiện đến năm 2030"):
        assert quantities.trailing(phrase) is None, phrase
