"""A run of the pipeline is late: the operator is notified. Overdue reports have their own ladder.

Airflow finds that a run was not through in time and calls this, in a process of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from warehouse import database, wording
from warehouse.logging import get_logger
from warehouse.settings import aware

log = get_logger(__name__)

STATES = {
    "queued": "đang chờ",
    "running": "đang chạy",
    "success": "đã xong, nhưng muộn",
    "failed": "thất bại",
}
"""Airflow's states of a run, in Vietnamese for whoever runs the warehouse."""

TEXT = """\
Lượt chạy {dag} của {of} lẽ ra phải xong trước {due}. Hiện nay: {state}.

Lời nhắc của lượt này có thể chưa được gửi. Các báo cáo không vì thế mà bị coi là trễ, và không ai bị nhắc hai lần \
khi chạy lại.

Xem lượt {run} trên trang Airflow; cần làm gì: docs/operate.md, "When a run is late".
"""


def notify_operator(context: Mapping[str, Any]) -> bool:
    """Warn in the log, and notify BAOCAO_OPERATOR; returns whether a server took it.

    context: `dag_run` (Airflow's REST document of the run) and `deadline` with its `deadline_time`. A run that was due
    before this warehouse did anything at all is nobody's fault, and only logged. Raises as `alerts.operators.notify`.
    """
    from alerts import operators

    run, due = context["dag_run"], aware(context["deadline"]["deadline_time"])
    if due < _first_run(otherwise=due):
        log.info("%s was due before this warehouse began", run["dag_run_id"])
        return False
    return operators.notify(_subject(run, due), _text(run, due))


def _first_run(otherwise: datetime) -> datetime:
    """When the first step of this warehouse ran."""
    with database.connect("loader") as connection:
        row = connection.execute("select min(started_at) from ops.pipeline_run").fetchone()
    return row[0] if row and row[0] else otherwise


def _subject(run: Mapping[str, Any], due: datetime) -> str:
    return f"Lượt {run['dag_id']} chưa xong lúc {wording.timestamp(due)}"


def _text(run: Mapping[str, Any], due: datetime) -> str:
    return TEXT.format(
        dag=run["dag_id"],
        of=wording.timestamp(aware(run["logical_date"])),
        due=wording.timestamp(due),
        state=STATES.get(run["state"], run["state"]),
        run=run["dag_run_id"],
    )
