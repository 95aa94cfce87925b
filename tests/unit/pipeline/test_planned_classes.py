"""What is refused of a class of a unit, each beside its field, and the row that one adds."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from pipeline import dated_rows, planned_classes
from pipeline.deciding import Act, Refused
from pipeline.planned_classes import ScoredUnit
from warehouse.errors import WrongCall

PROGRAMME, UNIT = "langson-child-friendly-2024", "05971"
PLAN = {"programme_code": PROGRAMME, "unit_code": UNIT, "class_code": None, "note": "chưa nêu", "valid_from": None}
SECOND = PLAN | {"class_code": "con-lai", "note": None, "act": "QĐ 1", "valid_from": "2026-12-02"}
BY = Act("Quyết định số 80/QĐ-UBND", date(2026, 12, 5), "UBND tỉnh Lạng Sơn")
"""Later than the act of SECOND."""


@pytest.fixture(autouse=True)
def rows(monkeypatch: pytest.MonkeyPatch) -> dict[str, list]:
    found = {"unit_classes": [SECOND, PLAN], "score_classes": [{"class_code": "con-lai"}, {"class_code": "mien-nui"}]}
    for module in (dated_rows, planned_classes):
        monkeypatch.setattr(module, "rows_of", lambda seed, key: found[seed])
    monkeypatch.setattr(planned_classes, "require_own", lambda *arguments: None)
    return found


def planned(class_code: str, by: Act = BY, unit: str = UNIT):
    answers = SimpleNamespace(fetchone=lambda: () if unit == UNIT else None)
    connection = SimpleNamespace(execute=lambda query, keys: answers)
    account = SimpleNamespace(account_id=uuid4())
    make = planned_classes.classified(account, ScoredUnit(PROGRAMME, unit), class_code, by)
    return make(connection)


def test_a_class_is_a_row_more_from_the_day_of_its_act():
    (found,) = planned("mien-nui")

    assert (found.kind, found.before, found.revision) == ("class", SECOND, 3)
    assert found.after == {
        "programme_code": PROGRAMME,
        "unit_code": UNIT,
        "class_code": "mien-nui",
        "note": None,
        "act": "Quyết định số 80/QĐ-UBND ngày 05/12/2026 của UBND tỉnh Lạng Sơn",
        "valid_from": "2026-12-05",
    }


def test_the_first_class_follows_a_blank_of_the_plan_or_nothing(rows):
    rows["unit_classes"] = [PLAN]
    (after_a_blank,) = planned("con-lai")
    rows["unit_classes"] = []
    (first,) = planned("con-lai")

    assert (after_a_blank.before, after_a_blank.revision) == (PLAN, 2)
    assert (first.before, first.revision) == (None, 1)


@pytest.mark.parametrize(
    ("class_code", "on", "field", "reason"),
    [
        ("", date(2026, 12, 5), "class", "Xin điền ô này."),
        ("thanh-pho", date(2026, 12, 5), "class", "Bảng chấm điểm không có loại «thanh-pho»."),
        ("con-lai", date(2026, 12, 5), "class", "Đơn vị đang thuộc loại này."),
        ("mien-nui", date(2026, 12, 2), "act_on", "đã được xác định bằng văn bản ngày 02/12/2026"),
        ("mien-nui", date(2026, 12, 1), "act_on", "Văn bản cũ hơn quyết định đang có hiệu lực (ngày 02/12/2026)"),
    ],
)
def test_what_is_wrong_is_refused_beside_its_field(class_code, on, field, reason):
    with pytest.raises(Refused) as refused:
        planned(class_code, Act(BY.number, on, BY.by))

    assert refused.value.field == field and reason in refused.value.message.vi


def test_a_unit_that_the_sheet_does_not_score_and_a_sheet_without_classes_have_none(rows):
    with pytest.raises(WrongCall, match="không chấm đơn vị nào mang mã «07228»"):
        planned("con-lai", unit="07228")
    rows["score_classes"] = []
    with pytest.raises(WrongCall, match="không chia loại đơn vị"):
        planned("con-lai")
