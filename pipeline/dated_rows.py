"""Rows of the catalogue that are in force from the day of an act on; the row before stays, for earlier days.

The newest row whose day has come is in force (`in_force` in the models), so an act adds a row of a later day.
"""

from collections.abc import Sequence

from pipeline.deciding import Act, Refused
from pipeline.planned_decisions import Cells, filled, require_later, rows_of
from warehouse.seeds.files import Message


def by_day(seed: str, key: Cells) -> Sequence[Cells]:
    """What the plan has of a key and what acts made of it, the newest last."""
    return sorted(rows_of(seed, key), key=lambda cells: cells.get("valid_from") or "")


def from_act(by: Act) -> dict[str, str | None]:
    """The cells that say from when on a row is in force, and by which act."""
    return {"act": str(by), "valid_from": by.on.isoformat()}


def require_new_day(by: Act, in_force: Cells, used: Message) -> None:
    """Raises Refused unless the act is of a later day than the row in force. used: for an act of the same day."""
    former = in_force.get("valid_from")
    require_later(by, former)
    if former == by.on.isoformat():
        raise Refused("act_on", filled(used, day=f"{by.on:%d/%m/%Y}"))
