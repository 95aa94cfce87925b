"""A made-up season for readers of the marts, and its files read a second time with pandas.

Bắc Ninh 2026: ten communes report in time, two late, one file comes back, two correct themselves, 86 are missing. Two
communes reported 2025, and six districts of An Giang 2022.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pandas as pd

from expectations import gate
from ingest import receiving
from pipeline import building
from publish.simulation import simulate
from warehouse import clock, database
from warehouse.settings import PROJECT_ROOT

ACTION, EMULATION = "bacninh-2026-2030", "angiang-emulation-2022"
PUNCTUAL = ["07210", "07246", "07264", "07282", "07288", "07294", "07306", "07333", "07351", "07399"]
LATE = ["07330", "07339"]
RETURNED = "07375"
REACHABLE = "07420"
"""Missing, and the only commune with an address."""
CORRECTED = ["07246", "07282"]
CORRECTED_LINES = ["5.1", "3.1"]
BASELINE = ["07210", "07246"]
DISTRICTS = ["889", "890", "891", "892", "893", "894"]
BUILT_AT = "2026-12-05T09:00:00+07:00"
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"

COLUMNS = ["indicator_code", "name", "unit", "numerator", "denominator", "value"]


@dataclass(frozen=True)
class Delivery:
    """Files that arrived at one time."""

    at: str
    paths: list[Path]


def play(folder: Path) -> list[Delivery]:
    """Write, receive, check and build the season; what arrived, in time."""
    building.prepare_catalogue()
    parts = {part: folder / part for part in ("baseline", "reports", "late", "corrections", "districts")}
    deliveries = [
        Delivery(
            "2026-02-01T08:00:00+07:00", simulate.simulate(ACTION, "2025", BASELINE, seed=5, out=parts["baseline"])
        ),
        Delivery(
            "2026-03-01T08:00:00+07:00", simulate.simulate(EMULATION, "2022", DISTRICTS, seed=5, out=parts["districts"])
        ),
        Delivery(
            "2026-11-20T08:00:00+07:00",
            simulate.simulate(
                ACTION,
                "2026",
                [*PUNCTUAL, RETURNED],
                seed=5,
                out=parts["reports"],
                defects={RETURNED: "negative_count"},
            ),
        ),
        Delivery("2026-12-02T08:00:00+07:00", simulate.simulate(ACTION, "2026", LATE, seed=5, out=parts["late"])),
        Delivery(
            "2026-12-03T08:00:00+07:00",
            simulate.simulate(
                ACTION, "2026", CORRECTED, seed=5, out=parts["corrections"], correction=1, lines=CORRECTED_LINES
            ),
        ),
    ]
    for delivery in deliveries:
        _receive(delivery)
    with database.connect() as connection:
        connection.execute(
            "insert into ops.contact (unit_code, role, email) values (%s, 'reporter', 'xa@example.org')", [REACHABLE]
        )
    with clock.at(BUILT_AT):
        building.build()
    return deliveries


def _receive(delivery: Delivery) -> None:
    batch = uuid4()
    with clock.at(delivery.at):
        for path in delivery.paths:
            receiving.receive(path, batch_id=batch, received_at=clock.now())
        gate.check(batch)


def read(deliveries: Sequence[Delivery]) -> pd.DataFrame:
    """Every line of every file: programme, period, unit, arrival, file and its cells, in the order of arrival.

    numerator, denominator: counts, missing where the cell is empty. yes: true or false where the cell is Có or Không.
    """
    frames = [_read(path, delivery.at) for delivery in deliveries for path in delivery.paths]
    return pd.concat(frames, ignore_index=True)


def _read(path: Path, at: str) -> pd.DataFrame:
    sheet = pd.read_excel(path, sheet_name="Báo cáo", header=None, dtype=str, engine="openpyxl")
    labels = dict(zip(sheet[0], sheet[1], strict=True))
    first = sheet.index[sheet[0] == "Mã chỉ tiêu"][0] + 1
    lines = sheet.iloc[first:, : len(COLUMNS)].set_axis(COLUMNS, axis=1)
    lines = lines[lines["indicator_code"].notna() & lines[["numerator", "denominator", "value"]].notna().any(axis=1)]
    return lines.assign(
        programme=labels["Mã chương trình"],
        period=labels["Kỳ báo cáo"],
        unit_code=labels["Mã đơn vị"],
        is_correction=labels["Loại báo cáo"] == "đính chính",
        at=at,
        file_name=path.name,
        numerator=pd.to_numeric(lines["numerator"]),
        denominator=pd.to_numeric(lines["denominator"]),
        yes=lines["value"].map({"Có": True, "Không": False}),
    )


def current(lines: pd.DataFrame) -> pd.DataFrame:
    """The newest line of each unit, period and indicator, without the rejected file."""
    accepted = lines[lines["unit_code"] != RETURNED]
    return accepted.drop_duplicates(["programme", "period", "unit_code", "indicator_code"], keep="last")


def seed(name: str, folder: str = "catalogue") -> pd.DataFrame:
    return pd.read_csv(SEEDS / folder / f"{name}.csv", dtype=str)


def communes_of_the_province() -> dict[str, str]:
    """Code and present name of the 99 communes of Bắc Ninh, from the official list."""
    units = seed("org_units", "geography")
    today = units[units["valid_to"].isna() & (units["unit_level"] == "commune") & (units["parent_code"] == "24")]
    return dict(zip(today["unit_code"], today["unit_name"], strict=True))


def answer(question: str) -> list[dict[str, object]]:
    """What the question's SQL returns to a BI tool."""
    statement = (PROJECT_ROOT / "docs" / "questions" / f"{question}.sql").read_text(encoding="utf-8")
    return read_as_bi(statement)


def read_as_bi(statement: str) -> list[dict[str, object]]:
    with database.connect("bi") as connection:
        cursor = connection.execute(statement.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
