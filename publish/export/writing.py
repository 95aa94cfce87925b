"""Marts as CSV files, all as of one instant, each with its data contract."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from publish.export import contract
from publish.files import write_atomically
from warehouse import marts
from warehouse.errors import BaocaoError


@dataclass(frozen=True)
class Exported:
    """A mart as a file. rows: without the header."""

    mart: str
    rows: int
    path: Path
    contract: Path


def write(connection: psycopg.Connection, names: list[str], folder: Path, release: str) -> list[Exported]:
    """Write `<mart>.csv` (UTF-8, comma, a header) and `<mart>.contract.yaml` into `folder` for each name.

    connection: one whose transaction has not begun or reads one state; the session's as-of time decides. An empty cell
    is missing, a text without letters is in quotation marks. release: the version of the program.
    Raises WrongCall for a name that is no mart, BaocaoError before the first build.
    """
    import yaml

    described = [marts.mart(name) for name in dict.fromkeys(names)]
    exported = []
    for mart in described:
        content, rows = _csv(connection, mart)
        path = write_atomically(folder / f"{mart.name}.csv", content)
        document = contract.of_mart(mart, release, path.name)
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
        beside = write_atomically(folder / f"{mart.name}.contract.yaml", text.encode())
        exported.append(Exported(mart.name, rows, path, beside))
    return exported


def _csv(connection: psycopg.Connection, mart: marts.Mart) -> tuple[bytes, int]:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in mart.columns)
    key = sql.SQL(", ").join(map(sql.Identifier, mart.key))
    table = sql.Identifier(mart.name)  # of marts or marts_as_of, as the session reads
    query = sql.SQL("copy (select {} from {} order by {}) to stdout (format csv, header)").format(columns, table, key)
    cursor = connection.cursor()
    try:
        with cursor.copy(query) as copy:
            content = b"".join(bytes(block) for block in copy)
    except psycopg.errors.UndefinedTable as error:
        raise BaocaoError("Nothing has been built yet: run `baocao build` first.") from error
    return content, cursor.rowcount
