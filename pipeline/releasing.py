"""The step `release`: the workbooks and figures of a programme for the public, without what would give a child away.

Figures of sensitive indicators go out with complementary suppression, after an attacker that knows all releases has
failed to recover one. The ledger is written first: a release whose files are lost counts as public all the same.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pipeline import publishing
from publish import formatting, reports
from publish.disclosure import deciding, ledger
from publish.disclosure.deciding import Decision
from publish.disclosure.reading import Key
from publish.files import write_atomically
from publish.reading import approvals
from warehouse import catalogue, clock, database, queries
from warehouse.as_of import is_built_as_of
from warehouse.audit import chain
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings

UNITS = """
select distinct period, unit_code from fct_indicator_rollup
where programme_code = %s and period = any(%s) and boundary_basis = 'as_reported' and unit_level <> 'unallocated'
order by 1, 2
"""

LISTED_AT_MOST = 20
"""Reports that a refusal names; the others are counted."""

NUMBERS = ("numerator", "denominator", "value_low", "value_high")
FOLLOW_FROM_NUMBERS = ("low_closed", "high_closed", "verdict", "is_exceeded")


@dataclass(frozen=True)
class Release:
    """release_id: None where nothing was written. folder: where the files are. certificate: of ops.public_release."""

    release_id: int | None
    programme: str
    periods: tuple[str, ...]
    folder: Path | None
    certificate: dict[str, Any]


def folder() -> Path:
    """Where releases are, unless the caller says otherwise."""
    return get_settings().home / "public"


def release(programme: str, periods: Sequence[str], out: Path | None = None, *, dry_run: bool = False) -> Release:
    """Release the figures of a programme in these periods, and again those of all periods released before.

    dry_run: decide and attack, and write nothing. Raises BaocaoError where the programme is blocked, where a report in
    it lacks an approval that it needs before publication, or where the attacker recovers a suppressed count; then
    nothing is released.
    """
    with database.exclusive("release"), database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for period in periods:
            catalogue.period(connection, programme, period)
        if reason := publishing.blocked_programmes(connection).get(programme):
            raise BaocaoError(f"{programme} is not released: {reason}")
        decision = deciding.decide(connection, programme, periods)
        _require_approvals(connection, programme, decision.periods)
        if recovered := decision.certificate.recovered:
            raise BaocaoError(
                f"{programme} is not released: {len(recovered)} suppressed counts could be recovered, the first of "
                f"{', '.join(recovered[0])}."
            )
        summary = _summary(decision)
        if dry_run:
            return Release(None, programme, decision.periods, None, summary)
        target = (out or folder()) / programme
        draft = target.with_name(f".{programme}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _write(connection, programme, decision, draft)
        number = ledger.record(
            connection,
            programme,
            decision.periods,
            clock.now(),
            decision.candidates,
            decision.suppression,
            decision.certificate,
        )
        connection.commit()
        # Recorded before they are moved: a file that a kill let go without an entry would be missed for ever.
        released = {target / path.relative_to(draft): chain.described(path.read_bytes()) for path in _files(draft)}
        chain.record_files("public_file", dict.fromkeys(_files(target), chain.REMOVED) | released)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    chain.take_up()
    return Release(number, programme, decision.periods, target, summary)


def _require_approvals(connection: psycopg.Connection, programme: str, periods: Sequence[str]) -> None:
    """Approvals are those of now, so the figures have to be of now as well: else a returned version could go out."""
    if approvals.is_required_before_publication(connection, programme, periods) and not is_built_as_of(
        connection, clock.now()
    ):
        raise BaocaoError(
            f"{programme} is not released: reports were accepted or approved since the last build. Run `baocao build`."
        )
    missing = approvals.not_to_publish(connection, programme, periods)
    if not missing:
        return
    named = [
        f"{row['period']} {row['unit_code']} {row['agency_code']}" + (" (returned)" if row["is_returned"] else "")
        for row in missing
    ]
    more = f" and {len(named) - LISTED_AT_MOST} more" if len(named) > LISTED_AT_MOST else ""
    raise BaocaoError(
        f"{programme} is not released: {len(named)} reports are not approved for publication: "
        f"{', '.join(named[:LISTED_AT_MOST])}{more}."
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _summary(decision: Decision) -> dict[str, Any]:
    columns = decision.certificate.columns()
    return columns | {"rule": columns["rule"].obj}


def _write(connection: psycopg.Connection, programme: str, decision: Decision, into: Path) -> None:
    for period, unit in connection.execute(UNITS, [programme, list(decision.periods)]).fetchall():
        keys = {
            (key.indicator_code, key.measure)
            for key in decision.suppressed
            if (key.period, key.unit_code, key.boundary_basis) == (period, unit, "as_reported")
        }
        content = reports.render_public(connection, programme, unit, period, keys)
        if content is not None:
            write_atomically(into / period / f"{unit}.xlsx", content)
    rows = _rows(connection, programme, decision)
    write_atomically(into / "figures.csv", _csv(rows))
    public = decision.certificate.for_everybody()
    write_atomically(into / "certificate.json", json.dumps(public, indent=2).encode())


def _rows(connection: psycopg.Connection, programme: str, decision: Decision) -> Iterator[dict[str, Any]]:
    """All figures of the programme on both maps; in a suppressed one the mark replaces all that follows from it."""
    values = {"programme": programme, "periods": list(decision.periods)}
    query = queries.load(__file__, "released_figures").encode()
    for row in connection.cursor(row_factory=dict_row).execute(query, values):
        is_suppressed = Key(*(row[column] for column in Key._fields)) in decision.suppressed
        hidden = (*NUMBERS, *FOLLOW_FROM_NUMBERS) if is_suppressed else ()
        yield {column: formatting.SUPPRESSED if column in hidden else _plain(value) for column, value in row.items()}


def _plain(value: Decimal | int | bool | str | None) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _csv(rows: Iterator[dict[str, Any]]) -> bytes:
    buffer = io.StringIO()
    first = next(rows, None)
    if first is not None:
        writer = csv.DictWriter(buffer, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")
