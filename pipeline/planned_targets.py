"""What another target by an act would be, and whether it may be set: a row more, in force from the act's day on."""

from dataclasses import astuple, dataclass
from decimal import Decimal

import psycopg

from accounts.registry import Account
from ingest import numerals
from pipeline import dated_rows
from pipeline.deciding import EMPTY, Act, Refused
from pipeline.planned_decisions import Cells, Make, Planned, filled, require_own
from publish import formatting
from warehouse.errors import WrongCall
from warehouse.seeds.files import Message

HARD_RANGE = "select hard_min, hard_max from catalogue.indicators where programme_code = %s and indicator_code = %s"

NO_TARGET = "Kế hoạch không có mức nào như vậy."
NATIONAL = "Mức của chương trình quốc gia không do tỉnh quyết định."
YES = Message("This target is yes or no, and has no number.", "Mức này là có hoặc không, không có số.")
NO_NUMBER = Message("No such number; write it as 97,5.", "Không đọc được số; ghi như 97,5.")
SAME = Message("That is the target already.", "Mức đang có cũng là số này.")
NOT_POSSIBLE = Message(
    "The indicator lies between {low} and {high}.", "Giá trị của chỉ tiêu nằm trong khoảng từ {low} đến {high}."
)
ONE_A_DAY = Message(
    "The target was revised with the date {day} already.", "Mức này đã được điều chỉnh bằng văn bản ngày {day}."
)
REVERSED = Message("The upper end lies below the lower one.", "Mức trên thấp hơn mức dưới.")


@dataclass(frozen=True)
class Target:
    """Whose target of which indicator and year. bound_unit: empty for the programme's own, for all of the scope."""

    programme: str
    indicator: str
    scope: str
    bound_unit: str
    year: str

    @property
    def key(self) -> dict[str, str | None]:
        names = ("programme_code", "indicator_code", "target_scope", "bound_unit_code", "target_year")
        return {name: value or None for name, value in zip(names, astuple(self), strict=True)}


def revised(account: Account, target: Target, number: str, upper: str, by: Act) -> Make:
    """Another number of a target. upper: of a range its upper end.

    Raises Refused with the field that is wrong (`number`, `upper` or `act_on`), when it is made.
    """

    def make(connection: psycopg.Connection) -> list[Planned]:
        require_own(connection, account, target.programme)
        if target.scope == "national":
            raise WrongCall(NATIONAL)
        rows = dated_rows.by_day("targets", target.key)
        if not rows:
            raise WrongCall(NO_TARGET)
        in_force = rows[-1]
        dated_rows.require_new_day(by, in_force, ONE_A_DAY)
        after = {**in_force, **_numbers(connection, target, in_force, number, upper)}
        after |= {**dated_rows.from_act(by), "source": str(by)}
        after |= dict.fromkeys(("comparator_source", "competing_reading_vi", "source_line"))
        return [Planned("target", in_force, after, by, revision=len(rows) + 1)]

    return make


def printed(cells: Cells) -> str:
    """As the annex prints it: ≥97,5."""
    low, high = (Decimal(text) if (text := cells.get(name)) else None for name in ("target_low", "target_high"))
    return formatting.target(str(cells["comparator"]), low, high)


def _numbers(
    connection: psycopg.Connection, target: Target, in_force: Cells, number: str, upper: str
) -> dict[str, str | None]:
    """The end or ends that the comparator has, with what the annex would print."""
    comparator = str(in_force["comparator"])
    if comparator == "yes":
        raise Refused("number", YES)
    first = _number(connection, target, in_force, "number", number)
    last = _number(connection, target, in_force, "upper", upper) if comparator == "between" else first
    if last < first:
        raise Refused("upper", REVERSED)
    low = first if in_force.get("target_low") else None
    high = last if in_force.get("target_high") else None
    ends = {
        name: None if end is None else f"{end.normalize():f}"
        for name, end in (("target_low", low), ("target_high", high))
    }
    if all(_is_same(in_force.get(name), end) for name, end in ends.items()):
        raise Refused("number", SAME)
    return ends | {"raw": formatting.target(comparator, low, high)}


def _is_same(before: str | None, after: str | None) -> bool:
    return (before and Decimal(before)) == (after and Decimal(after))


def _number(connection: psycopg.Connection, target: Target, in_force: Cells, field: str, given: str) -> Decimal:
    given = " ".join(given.split())
    if not given:
        raise Refused(field, EMPTY)
    measure = str(in_force["measure"])
    try:
        found = numerals.read(given, "count" if measure == "count" else "rate")
    except numerals.Unreadable:
        raise Refused(field, NO_NUMBER) from None
    low, high = _limits(connection, target, measure)
    if (low is not None and found < low) or (high is not None and found > high):
        ends = {name: "…" if end is None else formatting.threshold(end) for name, end in (("low", low), ("high", high))}
        raise Refused(field, filled(NOT_POSSIBLE, **ends))
    return found


def _limits(connection: psycopg.Connection, target: Target, measure: str) -> tuple[Decimal | None, Decimal | None]:
    row = connection.execute(HARD_RANGE, [target.programme, target.indicator]).fetchone()
    return formatting.limits(measure, *(row or (None, None)))
