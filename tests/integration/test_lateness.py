"""A run of the pipeline that is late: told, unless this warehouse was not there yet."""

import logging

import pytest

from pipeline import lateness
from warehouse import database

LATE = {
    "dag_run": {
        "dag_id": "deadlines",
        "dag_run_id": "scheduled__2026-12-01",
        "logical_date": "2026-12-01T00:00:00Z",
        "state": "running",
    },
    "deadline": {"id": "1", "deadline_time": "2026-12-01T01:00:00+00:00"},
}


@pytest.mark.parametrize(("began", "warnings"), [("2026-11-30", 1), ("2026-12-02", 0), (None, 1)])
def test_a_late_run_is_told_unless_the_warehouse_began_after_it_was_due(clean_warehouse, caplog, began, warnings):
    with database.connect() as connection:
        if began:
            query = "insert into ops.pipeline_run (step, status, as_of, started_at) values ('build', 'failed', %s, %s)"
            connection.execute(query, [began, began])
    with caplog.at_level(logging.WARNING):
        assert lateness.notify_operator(LATE) is False
    assert len(caplog.records) == warnings
    if warnings:
        said = caplog.records[0].getMessage()
        assert said.startswith("Lượt deadlines chưa xong lúc 08:00 ngày 01/12/2026\n")
        assert "Lượt chạy deadlines của 07:00 ngày 01/12/2026 lẽ ra phải xong trước 08:00" in said
        assert "Hiện nay: đang chạy." in said
        assert "scheduled__2026-12-01" in said
