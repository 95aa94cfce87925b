"""A period is closed after approval: its vintage stays, and what comes later counts and is marked."""

import json

import pytest

from expectations import gate
from pipeline import building, closing
from tests.integration.reports import put
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of
from warehouse.errors import WrongCall

PROGRAMME, DA_MAI = "bacninh-2026-2030", "07228"
REPORTED, CLOSED, CORRECTED = (f"2026-12-{day}T08:00:00+07:00" for day in ("01", "10", "15"))


def accept(timestamp: str, lines: dict, kind: str = "full") -> None:
    with clock.at(timestamp):
        gate.check(put(DA_MAI, lines, submission_type=kind))
        building.build()


def reported(as_of: str | None) -> list[tuple]:
    query = (
        "select known_from::date::text, numerator, is_after_closing from marts.fct_reported_value "
        "where unit_code = %s and indicator_code = '5.1' order by known_from"
    )
    with database.connect() as connection:
        if as_of:
            set_session_as_of(connection, parse_timestamp(as_of))
        return connection.execute(query, [DA_MAI]).fetchall()


def figure(as_of: str) -> int:
    query = (
        "select numerator from fct_indicator_rollup where unit_code = %s and period = '2026' "
        "and indicator_code = '5.1' and boundary_basis = 'as_reported'"
    )
    with database.connect() as connection:
        set_session_as_of(connection, parse_timestamp(as_of))
        return connection.execute(query, [DA_MAI]).fetchone()[0]


@pytest.fixture
def closed(own_database, command, monkeypatch):
    """Reported on 1 December, closed on the 10th, corrected on the 15th."""
    building.prepare_catalogue()
    accept(REPORTED, {"5.1": (291, 300)})
    monkeypatch.setenv("BAOCAO_NOW", CLOSED)
    prompt = closing.question(PROGRAMME, "2026", "Khoá sổ", "Không khoá")
    output = command("close", PROGRAMME, "2026", "--note", "thử nghiệm", "--json")
    assert output.code == 0
    again = command("close", PROGRAMME, "2026")
    monkeypatch.setenv("BAOCAO_NOW", CORRECTED)
    accept(CORRECTED, {"5.1": (280, 300)}, "correction")
    return json.loads(output.out), again, prompt


def test_what_comes_after_the_closing_counts_is_marked_and_leaves_the_vintage_readable(closed, command):
    output, again, prompt = closed

    assert prompt["subject"] == ("Khoá sổ năm 2026? Chương trình hành động vì trẻ em tỉnh Bắc Ninh giai đoạn 2026–2030")
    for counted in ("Phải nộp | 99 |", "Đã nhận | 1 |", "Quá hạn mà chưa nhận được | 98 |", "không có thời hạn | 0 |"):
        assert counted in prompt["body"]
    assert f"({DA_MAI})" not in prompt["body"]
    assert prompt["body"].count("(07") + prompt["body"].count("(09") == closing.LISTED_AT_MOST
    assert "và 38 báo cáo khác" in prompt["body"]
    assert (output["obligations"], output["accepted"], output["missing"]) == (99, 1, 98)
    assert output["closed_at"].startswith("2026-12-10T08:00:00")
    assert again.code == 2
    assert "was closed at 2026-12-10T08:00:00+07:00" in again.err
    assert reported(None) == [("2026-12-01", 291, False), ("2026-12-15", 280, True)]
    assert (figure(output["closed_at"]), figure(CORRECTED)) == (291, 280)
    assert command("close", PROGRAMME, "2025").code == 2
    assert command("close", PROGRAMME, "2040").code == 2
    the_same_answer_closes_once()


def the_same_answer_closes_once() -> None:
    """As Airflow tries a task again that was killed behind its commit. In the database of the test above."""
    lang_son = ("langson-child-friendly-2024", "2024")
    prompt = closing.question(*lang_son, "Khoá sổ", "Không khoá")
    decision = closing.Decision("Người duyệt", parse_timestamp("2026-12-15T09:00"), "số 12 (giả định)")

    assert "Công an" in prompt["body"]
    assert closing.kept_open_message(*lang_son, decision).endswith(f"({decision}).")
    assert "0/" in closing.close_as_decided(*lang_son, decision)
    assert closing.close_as_decided(*lang_son, decision).startswith(
        "Đã khoá langson-child-friendly-2024, năm 2024, lúc"
    )
    with pytest.raises(WrongCall, match="was closed at"):
        closing.close_as_decided(*lang_son, closing.Decision(None, parse_timestamp("2026-12-16")))
    with database.connect() as connection:
        query = "select note from ops.period_closing where programme_code = %s"
        notes = connection.execute(query, lang_son[:1]).fetchall()
    assert notes == [("Người duyệt trả lời lúc 09:00 ngày 15/12/2026: số 12 (giả định)",)]
