"""The texts of letters about approvals, in Vietnamese: what waits for the approver, what goes back to its sender."""

from collections.abc import Sequence
from typing import Any

from alerts import templating
from alerts.templating import Text
from warehouse import wording
from warehouse.settings import get_settings

LISTED = 50
"""Reports that a letter names; the others are counted."""

STAGES = {"counting": "duyệt để tính vào số liệu", "publication": "duyệt để công bố"}


def compose(rows: Sequence[dict[str, Any]], *, is_returned: bool) -> Text:
    """One message about the reports of one recipient; rows: of alerts/ledger/due_approvals.sql."""
    settings = get_settings()
    values = {
        "reports": rows,
        "listed": LISTED,
        "stages": STAGES,
        "is_returned": is_returned,
        "address": f"{settings.pages_url}/phe-duyet" if settings.sign_in == "on" and not is_returned else "",
    }
    return templating.render("approval", _subject(rows, is_returned), values)


def _subject(rows: Sequence[dict[str, Any]], is_returned: bool) -> str:
    what = "bị người duyệt trả lại" if is_returned else "chờ duyệt"
    if len(rows) > 1:
        return f"{len(rows)} báo cáo {what}"
    (row,) = rows
    return f"Báo cáo {what}: {row['unit_name']}, {wording.period(row['period'])}"
