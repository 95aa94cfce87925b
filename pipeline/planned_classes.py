"""What a class of a unit by an act would be, and whether it may be set: a row more, in force from the act's day."""

from dataclasses import astuple, dataclass

import psycopg

from accounts.registry import Account
from pipeline import dated_rows
from pipeline.deciding import EMPTY, Act, Refused
from pipeline.planned_decisions import Cells, Make, Planned, filled, require_own, rows_of
from warehouse.errors import WrongCall
from warehouse.seeds.files import Message

IS_SCORED = """
select from app.expected_report as expected
join catalogue.score_sheets as sheet using (programme_code, unit_level)
where expected.programme_code = %s and expected.unit_code = %s and expected.reason <> 'baseline' limit 1
"""

NO_CLASSES = "Bảng chấm điểm của chương trình không chia loại đơn vị."
NO_UNIT = "Bảng chấm điểm của chương trình không chấm đơn vị nào mang mã «{code}»."
NO_CLASS = Message("The score sheet has no class “{code}”.", "Bảng chấm điểm không có loại «{code}».")
SAME = Message("That is the unit's class already.", "Đơn vị đang thuộc loại này.")
ONE_A_DAY = Message(
    "The class was set with the date {day} already.", "Loại của đơn vị đã được xác định bằng văn bản ngày {day}."
)


@dataclass(frozen=True)
class ScoredUnit:
    """A unit on the score sheet of a programme."""

    programme: str
    unit: str

    @property
    def key(self) -> dict[str, str | None]:
        return dict(zip(("programme_code", "unit_code"), astuple(self), strict=True))


def classified(account: Account, scored: ScoredUnit, class_code: str, by: Act) -> Make:
    """Another class of a unit, or its first.

    Raises Refused with the field that is wrong (`class` or `act_on`), WrongCall where the sheet does not score the
    unit, when it is made.
    """

    def make(connection: psycopg.Connection) -> list[Planned]:
        require_own(connection, account, scored.programme)
        _require_class(scored.programme, class_code)
        if connection.execute(IS_SCORED, astuple(scored)).fetchone() is None:
            raise WrongCall(NO_UNIT.format(code=scored.unit))
        rows = dated_rows.by_day("unit_classes", scored.key)
        in_force = rows[-1] if rows else None
        _require_another(class_code, by, in_force)
        after = {**scored.key, "class_code": class_code, "note": None, **dated_rows.from_act(by)}
        return [Planned("class", in_force, after, by, revision=len(rows) + 1)]

    return make


def _require_class(programme: str, class_code: str) -> None:
    known = {cells["class_code"] for cells in rows_of("score_classes", {"programme_code": programme})}
    if not known:
        raise WrongCall(NO_CLASSES)
    if not class_code:
        raise Refused("class", EMPTY)
    if class_code not in known:
        raise Refused("class", filled(NO_CLASS, code=class_code))


def _require_another(class_code: str, by: Act, in_force: Cells | None) -> None:
    if in_force is None:
        return
    if in_force.get("class_code") == class_code:
        raise Refused("class", SAME)
    dated_rows.require_new_day(by, in_force, ONE_A_DAY)
