"""3 321 made-up workbooks of 33 lines, from a folder to typed rows in raw, each archived and in its own transaction.

Against what one would write in an afternoon: openpyxl, the same grammar of a cell, and DataFrame.to_sql, file by file,
into tables of the same shape (aim: 15 × faster). The baseline runs on a sample and is scaled by the number of files.
BAOCAO_BENCH_FILES and BAOCAO_BENCH_BASELINE_FILES make both smaller.
"""

import hashlib
import json
import os
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from ingest import cells, measures, receiving
from ingest.cells import Expects
from ingest.measures import Measures
from ingest.receiving import Arrival
from pipeline import building
from tests.bench.home import bench_home
from warehouse import clock, database

FILES = int(os.environ.get("BAOCAO_BENCH_FILES", "3321"))
FILES_A_BATCH = 200
BASELINE_FILES = min(FILES, int(os.environ.get("BAOCAO_BENCH_BASELINE_FILES", "300")))
PROGRAMME = "bacninh-2026-2030"
LABELS = ("Mã chương trình", PROGRAMME), ("Kỳ báo cáo", "2026"), ("Dữ liệu giả định", "có")
HEADER = ("Mã chỉ tiêu", "Chỉ tiêu", "ĐVT", "Tử số", "Mẫu số", "Giá trị", "Ghi chú")
PARTS = ("numerator", "denominator", "value")
LINES_OF = """
select submission.unit_code, row_no, indicator_code, numerator_raw, numerator_kind, numerator,
    denominator_raw, denominator_kind, denominator, value_raw, value_kind, value
from {0}.line inner join {0}.submission using (submission_id)
"""
TABLES = {"file": "raw.file", "submission": "raw.submission", "line": "raw.line"}


def main() -> None:
    with bench_home() as home:
        database.prepare()
        building.prepare_catalogue()
        known = read_measures()
        paths = make_workbooks(home / "made", FILES, sorted(known.of_programme(PROGRAMME)))
        ours = timed(receive, paths)
        loaded = count("raw.line")
        theirs = timed(receive_by_the_book, paths[:BASELINE_FILES], home / "copies", known)
        compared = count("baseline.line")
        ours_each, theirs_each = ours * 1000 / len(paths), theirs * 1000 / BASELINE_FILES
        print(f"  workbooks, lines loaded            {len(paths):>10,} {loaded:>12,}")
        print(f"  ours                               {ours:>10.2f} s {ours_each:>10.2f} ms a file")
        print(f"  openpyxl and to_sql, {BASELINE_FILES:>6} files {theirs:>10.2f} s {theirs_each:>10.2f} ms a file")
        print(f"  lines that differ, of {compared:>12,}   {differences():>10,}")
        print(f"  faster                             {theirs_each / ours_each:>10.1f} × (aim: 15)")


def timed(step: Any, *arguments: Any) -> float:
    began = time.perf_counter()
    step(*arguments)
    return time.perf_counter() - began


def read_measures() -> Measures:
    with database.connect("loader") as connection:
        return measures.read(connection)


def make_workbooks(folder: Path, number: int, codes: Sequence[str]) -> list[Path]:
    """Made-up reports of all indicators: two counts in each line, a bound or a comma rate in some, one blank line."""
    import xlsxwriter

    folder.mkdir()
    draw = random.Random(2026)
    paths = []
    for unit in range(number):
        path = folder / f"{unit:05d}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Báo cáo")
            sheet.write_row(0, 0, ["BÁO CÁO"])
            for row, label in enumerate((*LABELS, ("Mã đơn vị", f"{unit:05d}")), start=1):
                sheet.write_row(row, 0, label)
            sheet.write_row(6, 0, HEADER)
            for line, code in enumerate(codes):
                whole = draw.randint(100, 5000)
                value = ("", "", "<2,6", f"{draw.randint(500, 999) / 10}".replace(".", ","))[line % 4]
                parts = ("", "", "-") if line == 7 else (draw.randint(0, whole), whole, value)
                sheet.write_string(7 + line, 0, code)
                sheet.write_row(7 + line, 1, ("Tỷ lệ trẻ em dưới 5 tuổi được tiêm chủng đầy đủ", "%", *parts))
        paths.append(path)
    return paths


def receive(paths: Sequence[Path]) -> None:
    arrived_at = clock.now()
    for start in range(0, len(paths), FILES_A_BATCH):
        arrivals = [Arrival(str(path), arrived_at) for path in paths[start : start + FILES_A_BATCH]]
        received = receiving.receive_many(arrivals, batch_id=uuid4())
        assert len(received) == len(arrivals) and not any(file.is_duplicate for file in received)


def receive_by_the_book(paths: Sequence[Path], copies: Path, known: Measures) -> None:
    """The baseline: the same archive, the same typed values, one transaction a file."""
    import pandas as pd
    from sqlalchemy import text
    from sqlalchemy.dialects.postgresql import JSONB, NUMRANGE
    from sqlalchemy.types import Uuid

    copies.mkdir()
    engine = database.engine("owner")
    with engine.begin() as connection:
        connection.execute(text("create schema baseline"))
        for name, like in TABLES.items():
            connection.execute(text(f"create table baseline.{name} (like {like} including all)"))
    types: dict[str, Any] = dict.fromkeys(PARTS, NUMRANGE) | {"problems": JSONB, "part_columns": JSONB}
    types |= {"submission_id": Uuid, "batch_id": Uuid}
    batch_id, arrived_at = uuid4(), clock.now()
    for path in paths:
        frames = _frames(path, copies, known, batch_id, arrived_at)
        with engine.begin() as connection:
            for name, rows in frames.items():
                frame = pd.DataFrame(rows)
                dtype = {column: kind for column, kind in types.items() if column in frame}
                frame.to_sql(name, connection, schema="baseline", if_exists="append", index=False, dtype=dtype)


def _frames(
    path: Path, copies: Path, known: Measures, batch_id: UUID, arrived_at: Any
) -> dict[str, list[dict[str, Any]]]:
    from openpyxl import load_workbook

    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    copy = shutil.copy(path, copies / f"{sha256}.xlsx")
    sheet = load_workbook(path, data_only=True)["Báo cáo"]
    labels = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(1, 7)}
    own_id = uuid4()
    arrived = {"sha256": sha256, "batch_id": batch_id, "received_at": arrived_at}
    file = arrived | {"file_name": path.name, "size_bytes": path.stat().st_size, "archive_uri": str(copy)}
    submission = arrived | {
        "submission_id": own_id,
        "programme_code": labels["Mã chương trình"],
        "period": labels["Kỳ báo cáo"],
        "unit_code": labels["Mã đơn vị"],
        "agency_code": "UBND",
        "submission_type": "full",
        "form": "figures",
        "is_made_up": labels["Dữ liệu giả định"] == "có",
        "sheet": sheet.title,
        "part_columns": {"numerator": "D", "denominator": "E", "value": "F", "indicator": "A"},
    }
    lines = [
        _line(own_id, number, row, known.of_value(PROGRAMME, str(row[0]), str(submission["unit_code"])))
        for number, row in enumerate(sheet.iter_rows(min_row=8, values_only=True), start=8)
    ]
    return {"file": [file], "submission": [submission], "line": lines}


def _line(own_id: UUID, number: int, row: Sequence[Any], expects: Expects) -> dict[str, Any]:
    line: dict[str, Any] = {"submission_id": own_id, "row_no": number, "indicator_code": row[0]}
    problems = {}
    for part, value in zip(PARTS, row[3:6], strict=True):
        cell = cells.parse(value, expects if part == "value" else "count")
        line |= {f"{part}_raw": cell.raw, f"{part}_kind": cell.kind, part: cell.interval}
        if cell.problem:
            problems[part] = cell.problem
    return line | {"problems": json.dumps(problems) if problems else None}


def count(table: str) -> int:
    return _number(f"select count(*) from {table}")


def differences() -> int:
    """Lines of the baseline that are not, value for value, among ours."""
    return _number(f"select count(*) from ({LINES_OF.format('baseline')} except {LINES_OF.format('raw')}) as unlike")


def _number(query: str) -> int:
    from sqlalchemy import text

    with database.engine("owner").connect() as connection:
        return int(connection.execute(text(query)).scalar_one())
