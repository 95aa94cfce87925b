"""Files that officers hand in at the same time are received as one batch, and each gets its own receipt."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from uuid import UUID

import pytest

from pipeline import uploads
from pipeline.receiving_together import RECEIVING
from tests.integration import desk
from warehouse import database

PROGRAMME, UNITS = "bacninh-2026-2030", ["07228", "07210", "09169", "07246"]
LINES = "programme;period;unit_code;indicator;numerator;denominator;made_up\n{0};2026;{1};5.1;{2};300;có\n"
BATCHES = "select count(distinct batch_id) from raw.submission where unit_code = any(%s)"


@pytest.fixture(autouse=True)
def at_a_fixed_time(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOCAO_NOW", "2026-11-20T09:00:00+07:00")


def test_what_arrives_while_the_gate_is_at_work_is_the_next_batch_and_nobody_gets_anothers_receipt():
    accounts = {unit: desk.account(f"xa-{unit}@example.org", unit) for unit in UNITS}
    files = {unit: LINES.format(PROGRAMME, unit, 280 + number).encode() for number, unit in enumerate(UNITS)}
    files[UNITS[3]] = b"khong phai bao cao"
    with ThreadPoolExecutor(5) as officers:

        def hand_in(unit: str) -> Future[UUID]:
            return officers.submit(uploads.receive, accounts[unit], f"{unit}.csv", files[unit], None)

        with database.exclusive("gate"):
            first = hand_in(UNITS[0])
            until_waiting(first, at_work=True, waiting=0)
            others = [hand_in(unit) for unit in UNITS[1:]]
            again = officers.submit(uploads.receive, accounts[UNITS[1]], "lai.csv", files[UNITS[1]], None)
            until_waiting(first, at_work=True, waiting=4)
        taken = dict(zip(UNITS, [first.result(), *(each.result() for each in others)], strict=True))
        repeated = uploads.receipt(again.result())

    receipts = {unit: uploads.receipt(upload) for unit, upload in taken.items()}
    assert [receipts[unit].unit for unit in UNITS[:3]] == UNITS[:3]
    assert {receipts[unit].status for unit in (UNITS[0], UNITS[2])} == {"accepted_with_warnings"}
    assert receipts[UNITS[3]].status == "rejected"
    assert sorted([receipts[UNITS[1]].status, repeated.status]) == ["accepted_with_warnings", "duplicate"]
    with database.connect() as connection:
        assert connection.execute(BATCHES, [UNITS[:3]]).fetchone() == (2,)
        origins = connection.execute("select count(*) from ops.submission_origin").fetchone()
    assert origins == (4,), "of two files with the same bytes one is the report"


def until_waiting(first: Future[UUID], *, at_work: bool, waiting: int) -> None:
    for _ in range(6000):
        if RECEIVING.turn.locked() is at_work and len(RECEIVING.waiting) == waiting:
            return
        assert not first.done()
        sleep(0.02)
    raise AssertionError("nobody waits")
