"""Whatever a file does to its reader, to the database or by its name: it gets a receipt, and the others are read."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import inbox, receiving
from tests.fixtures import made_workbooks
from warehouse import database
from warehouse.settings import get_settings

HEADER = "programme;period;unit_code;indicator;numerator;denominator;value;note;agency;submission_type"
KEYS = ("bacninh-2026-2030", "2026", "07228", "5.1", "291", "300", "", "", "UBND", "correction")
LONG = "Kính gửi Ủy ban nhân dân, " * 400
"""Some ten kilobytes."""
ODD_TEXTS = {"nul": "_x0000_", "surrogate": "_xD800_", "long": LONG, "control": "_x0007_", "last": "_xFFFF_"}
CELLS = {"programme": "B1", "period": "B2", "unit": "B3", "indicator": "A5", "numerator": "C5", "note": "F5"}


@pytest.fixture(autouse=True)
def files_settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")


def drop(name: bytes | str, content: bytes | str) -> None:
    folder = Path(get_settings().inbox)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / os.fsdecode(name)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def csv_with(column: int, text: str) -> str:
    cells = [text if place == column else cell for place, cell in enumerate(KEYS)]
    return f"{HEADER}\n{';'.join(cells)}\n"


def workbook_with(place: str, text: str) -> bytes:
    own = {"A5": "5.1", "C5": "291", "D5": "300", place: text}
    cells = {cell: f'<c r="{cell}" t="str"><v>{written}</v></c>' for cell, written in own.items()}
    return made_workbooks.xlsx(cells)


def good(unit: str) -> str:
    return csv_with(2, unit)


def received_as_the_dag_does() -> dict[str, str]:
    loaded = [receiving.load(batch) for batch in receiving.plan_batches()]
    found = {receipt.file: receipt.status for receipt in receiving.check_and_issue_receipts(loaded)}
    assert not inbox.files_at([get_settings().inbox])
    return found


@pytest.mark.usefixtures("nothing_arrived")
def test_every_odd_text_in_every_place_has_its_receipt_and_the_good_files_are_accepted():
    for unit in ("07228", "07210"):
        drop(f"good_{unit}.csv", good(unit))
    for column in range(len(KEYS)):
        drop(f"long_{column}.csv", csv_with(column, LONG))
    for kind, text in ODD_TEXTS.items():
        for name, place in CELLS.items():
            drop(f"{kind}_{name}.xlsx", workbook_with(place, text))
    found = received_as_the_dag_does()
    assert len(found) == 2 + len(KEYS) + len(ODD_TEXTS) * len(CELLS)
    assert {found["good_07228.csv"], found["good_07210.csv"]} <= {"accepted", "accepted_with_warnings"}
    of_keys = [name for name in found if name.rpartition("_")[2][:-5] in ("programme", "period", "unit", "numerator")]
    assert {found[name] for name in of_keys} == {"rejected"}


@pytest.mark.usefixtures("nothing_arrived")
@pytest.mark.parametrize(
    ("name", "readable"),
    [
        (b"B\xb8o c\xb8o.csv", r"B\xb8o c\xb8o.csv"),
        (b"b\xe1o c\xe1o.csv", r"b\xe1o c\xe1o.csv"),
        (b"a\nb.csv", r"a\nb.csv"),
        (b"\xff\xfe\xff", r"\xff\xfe\xff"),
        ("b\u202ecsv.exe".encode(), r"b\u202ecsv.exe"),
        (b"%s{0}%(x)s.csv", "%s{0}%(x)s.csv"),
    ],
)
def test_a_file_of_any_name_is_received_and_named_readably(name, readable):
    drop(name, good("07228"))
    drop("other.csv", good("07210"))
    assert set(received_as_the_dag_does()) == {readable, "other.csv"}
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in (get_settings().home / "receipts").glob("*.json")]
    assert {document["file"] for document in kept} == {readable, "other.csv"}
    with database.connect("loader") as connection:
        assert set(connection.execute("select file_name from raw.file")) == {(readable,), ("other.csv",)}


@pytest.fixture
def refused_note(nothing_arrived: None) -> Iterator[str]:
    """A text that the database itself refuses in a line."""
    with database.connect() as connection:
        connection.execute("alter table raw.line add constraint refused check (note <> 'refused')")
    yield "refused"
    with database.connect() as connection:
        connection.execute("alter table raw.line drop constraint refused")


@pytest.mark.parametrize("others", [2, 40], ids=["here", "by readers"])
def test_a_file_that_the_database_refuses_is_answered_as_unreadable(others, refused_note):
    drop("bad.csv", csv_with(7, refused_note))
    for number in range(others):
        drop(f"{number}.csv", good("07228").replace("291", str(100 + number)))
    found = received_as_the_dag_does()
    assert found.pop("bad.csv") == "rejected"
    assert set(found) == {f"{number}.csv" for number in range(others)}
    with database.connect("loader") as connection:
        rules = connection.execute("select distinct rule from ops.submission_issue where severity = 'critical'")
        assert rules.fetchall() == [("file_unreadable",)]


@pytest.fixture
def refused_issue(nothing_arrived: None) -> Iterator[str]:
    """A text that the gate cannot write down where it finds it wrong: the check of every file beside it fails."""
    with database.connect() as connection:
        connection.execute("alter table ops.submission_issue add constraint refused check (raw <> 'refused')")
    yield "refused"
    with database.connect() as connection:
        connection.execute("alter table ops.submission_issue drop constraint refused")


@pytest.mark.parametrize("others", [0, 5], ids=["alone", "among others"])
def test_a_file_that_the_gate_fails_on_is_set_aside_and_the_others_are_checked(others, refused_issue):
    drop("bad.csv", csv_with(4, refused_issue))
    for number in range(others):
        drop(f"{number}.csv", good("07228").replace("291", str(100 + number)))
    found = received_as_the_dag_does()
    assert found.pop("bad.csv") == "rejected"
    assert len(found) == others and set(found.values()) <= {"accepted", "accepted_with_warnings"}
    with database.connect("loader") as connection:
        rules = connection.execute("select distinct rule from ops.submission_issue where severity = 'critical'")
        assert rules.fetchall() == [("file_unreadable",)]
