"""A simulated history goes straight into raw: COPY and SQL instead of reader and gate, which take hours for a nation.

The cells are typed by the reader's own grammar, each text once, and the reports with an error are rejected; a test
compares the rows with those that reader and gate make of the same files.
"""

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import psycopg

from ingest import cells, measures
from ingest.measures import Measures
from publish.simulation.national import Written
from warehouse import database

PARTS = dict(part.split("\n", 1) for part in Path(__file__).with_suffix(".sql").read_text().split("-- part: ")[1:])
COPY = "copy sent from stdin (format csv, delimiter ';', header)"
TYPED = "copy typed_cell from stdin"


def load(folder: Path, history: Iterable[Written], *, drop_keys: bool = False) -> int:
    """Each file of the history in its order; returns the number of lines.

    drop_keys: without the key of lines to reports, which costs more than the lines; only their reading is measured.
    """
    lines = 0
    with database.connect() as connection:
        if drop_keys:
            connection.execute(PARTS["keys"].encode())
        known = measures.read(connection)
        connection.execute(PARTS["tables"].encode())
        for written in history:
            _load_file(connection, folder / written.file, written, known)
            connection.commit()
            lines += written.lines
        connection.execute("analyze")
    return lines


def _load_file(connection: psycopg.Connection, file: Path, written: Written, known: Measures) -> None:
    with connection.cursor().copy(COPY) as copy:
        copy.write(file.read_bytes())
    texts = connection.execute(PARTS["texts"].encode()).fetchall()
    with connection.cursor().copy(TYPED) as copy:
        for part, indicator, length, programme, unit, raw in texts:
            expects = known.of_value(programme, indicator, unit) if part == "value" else "count"
            typed = cells.parse(raw, expects)
            copy.write_row((part, indicator, length, raw, typed.kind, typed.interval))
    values = {"file": written.file, "batch": uuid4(), "arrival": written.arrival}
    psycopg.ClientCursor(connection).execute(PARTS["rows"].encode(), values)
