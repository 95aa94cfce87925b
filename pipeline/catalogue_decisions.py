"""Deadlines, exemptions and targets that are decided by an act: rows of the office's own catalogue.

A decision adds a row with the next revision, or the day of its act, to BAOCAO_CATALOGUE, by the function that an import
of a workbook uses, and is recorded in the ledger. No row that is there is changed, so what was in force on an earlier
day can still be told.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg

from accounts import registry
from accounts.registry import Account
from pipeline import building, catalogue_import, catalogue_loading, deciding, decision_intents
from pipeline.catalogue_import import Plan
from pipeline.deciding import Act, Superseded
from pipeline.decision_intents import Intent
from pipeline.planned_decisions import Cells, Make, Planned
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.errors import WrongCall
from warehouse.logging import get_logger
from warehouse.seeds import checks
from warehouse.seeds.files import Row
from warehouse.seeds.own_rows import Edit, key_of
from warehouse.settings import get_settings

log = get_logger(__name__)

SEEDS = {"deadline": "deadlines", "exemption": "exemptions", "target": "targets"}
OF_A_DECISION = "decision"
"""Stands for a file in what is found wrong: the row that would be added."""

OF_THE_LEDGER = {
    "programme_code": ("programme_code",),
    "period": ("period",),
    "unit_level": ("unit_level", "target_scope"),
    "unit_code": ("unit_code", "bound_unit_code"),
    "agency_code": ("agency_code",),
}
"""Columns of the ledger, and those of the catalogue that they are."""
RECORDED = "select 1 from ops.office_decision where decision_id = any(%s) limit 1"
NO_FOLDER = (
    "Chưa đặt BAOCAO_CATALOGUE, thư mục danh mục riêng của cơ quan, nên chưa ghi được quyết định nào trên trang. "
    "Người vận hành đặt một lần: baocao config set BAOCAO_CATALOGUE /srv/baocao/danh-muc"
)
CHANGED = "Trong lúc trang đang mở, người khác đã quyết định về cùng việc này. Xin xem lại trước khi xác nhận."


def plan(make: Make) -> tuple[Sequence[Planned], str]:
    """What would be decided, and by what a later call knows that nothing was decided meanwhile. Writes nothing.

    Raises Refused, or WrongCall where the rows would break a rule of the catalogue.
    """
    with database.connect("loader") as connection:
        planned = make(connection)
    _require_valid(planned)
    return planned, _seen(planned)


def decide(make: Make, seen: str, account: Account) -> list[int]:
    """Take a decision that was planned; returns its numbers in the ledger.

    Raises Superseded where somebody decided about the same since it was planned, and what `plan` raises.
    """
    complete()
    with database.connect("loader") as connection:
        deciding.lock(connection)
        registry.require_unchanged(connection, account)
        planned = make(connection)
        if _seen(planned) != seen:
            raise Superseded(CHANGED)
        edits = _require_valid(planned)
        numbers = [_record(connection, each, account.province_code, account.account_id) for each in planned]
        with _noted(numbers, planned, account), _put_back_on_error(_files(planned)):
            catalogue_import.write(building.DBT_PROJECT, Plan(edits, [], {}))
            connection.commit()
    chain.take_up()
    return numbers


def complete() -> list[int]:
    """What a kill left of a decision: its row of the catalogue is there and the ledger's is not, which is added now.

    Where the catalogue lacks it too nothing was decided. Returns the numbers of what was added.
    """
    folder = get_settings().catalogue
    if folder is None or decision_intents.found(folder) is None:
        return []
    with database.connect("loader") as connection:
        deciding.lock(connection)  # nobody is deciding: what is noted now is what a kill left
        intent = decision_intents.found(folder)
        numbers = [] if intent is None else _completed(connection, intent)
        connection.commit()
        decision_intents.forget(folder)
    if numbers:
        log.warning("A decision that a kill had left without its row in the ledger has it now: %s", numbers)
        chain.take_up()
    return numbers


def require_folder() -> Path:
    """Where decisions are written. Raises WrongCall where the office has no catalogue of its own."""
    folder = get_settings().catalogue
    if folder is None or not folder.is_dir():
        raise WrongCall(NO_FOLDER)
    return folder


def _completed(connection: psycopg.Connection, intent: Intent) -> list[int]:
    if connection.execute(RECORDED, [list(intent.numbers)]).fetchone():
        return []
    planned = [
        Planned(row["kind"], row["before"], row["after"], Act(row["act"], row["act_on"], row["by"]), row["reason"])
        for row in intent.rows
    ]
    there = [row.cells for row in catalogue_loading.read(building.DBT_PROJECT).tables[intent.seed].rows]
    added = [each for each in planned if any(each.after.items() <= _texts(cells).items() for cells in there)]
    return [_record(connection, each, intent.province_code, intent.account_id, intent.decided_at) for each in added]


def _texts(cells: Cells) -> dict[str, str | None]:
    return {name: value or None for name, value in cells.items()}


@contextmanager
def _noted(numbers: Sequence[int], planned: Sequence[Planned], account: Account) -> Iterator[None]:
    """Inside the block a kill leaves a note of what is being decided."""
    rows = [
        {
            **{"kind": each.kind, "before": each.before, "after": _texts(each.after), "reason": each.reason},
            **{"act": each.by.number, "act_on": each.by.on, "by": each.by.by},
        }
        for each in planned
    ]
    folder = require_folder()
    whose = account.province_code, account.account_id, clock.now()
    decision_intents.note(folder, Intent(numbers, SEEDS[planned[0].kind], *whose, rows))
    try:
        yield
    finally:
        decision_intents.forget(folder)


def _record(
    connection: psycopg.Connection,
    planned: Planned,
    province: str | None,
    account_id: UUID,
    at: datetime | None = None,
) -> int:
    about = {name: next(filter(None, map(planned.after.get, names)), None) for name, names in OF_THE_LEDGER.items()}
    return deciding.record(
        connection,
        planned.kind,
        province,
        account_id,
        at=at,
        by=planned.by,
        reason=planned.reason,
        before=planned.before,
        after=planned.after,
        **about,
    )


def _require_valid(planned: Sequence[Planned]) -> list[Edit]:
    """The decisions as edits of the catalogue. Raises WrongCall where they would break one of its rules."""
    require_folder()
    project = catalogue_loading.read(building.DBT_PROJECT)
    tables, edits = dict(project.tables), []
    for number, each in enumerate(planned, 1):
        table = tables[SEEDS[each.kind]]
        cells = {name: each.after.get(name) for name in table.seed.column_types}
        row = Row(number, cells, OF_A_DECISION)
        tables[table.seed.name] = replace(table, rows=[*table.rows, row])
        edits.append(Edit(table.seed, "added", key_of(table.seed, cells), None, cells, row))
    found = checks.problems(replace(project, tables=tables, _keys={}))
    if wrong := [problem.vi for problem in found if problem.file == OF_A_DECISION]:
        raise WrongCall(" ".join(wrong))
    return edits


def _seen(planned: Sequence[Planned]) -> str:
    return ",".join(str(each.revision) for each in planned)


def _files(planned: Sequence[Planned]) -> list[Path]:
    return [require_folder() / f"{seed}.csv" for seed in dict.fromkeys(SEEDS[each.kind] for each in planned)]


@contextmanager
def _put_back_on_error(files: Sequence[Path]) -> Iterator[None]:
    """A row whose decision could not be committed is taken out of its file again."""
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        raise
