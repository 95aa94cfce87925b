"""A decision that is under way, noted beside the catalogue: a kill between its row there and its row in the ledger.

The note is written before the catalogue's file and removed after the commit of the ledger. Whoever finds one while
nobody decides knows that a process died in between, and with what the decision can be completed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from warehouse import private_files

NAME = ".decision-under-way.json"


@dataclass(frozen=True)
class Intent:
    """numbers: those that the ledger would have given. rows: what it would have had, one of each decision.

    seed: the table of the catalogue; each row's `after` is the one that was added there.
    """

    numbers: Sequence[int]
    seed: str
    province_code: str | None
    account_id: UUID
    decided_at: datetime
    rows: Sequence[Mapping[str, Any]]


def note(folder: Path, intent: Intent) -> None:
    """Write it down, for the owner's eyes only."""
    content = asdict(intent) | {"account_id": str(intent.account_id), "decided_at": intent.decided_at.isoformat()}
    rows = [{**row, "act_on": row["act_on"].isoformat()} for row in intent.rows]
    private_files.write(folder / NAME, content | {"rows": rows})


def found(folder: Path) -> Intent | None:
    """The decision that was under way, if there is one."""
    content = private_files.read(folder / NAME)
    if not content:
        return None
    return Intent(
        content["numbers"],
        content["seed"],
        content["province_code"],
        UUID(content["account_id"]),
        datetime.fromisoformat(content["decided_at"]),
        [{**row, "act_on": date.fromisoformat(row["act_on"])} for row in content["rows"]],
    )


def forget(folder: Path) -> None:
    """It is done, or taken back."""
    (folder / NAME).unlink(missing_ok=True)
