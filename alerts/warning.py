"""The text of letters about warnings that nobody confirmed, in Vietnamese: which reports, how many, how to confirm."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from alerts import templating
from alerts.templating import Text
from warehouse import wording
from warehouse.settings import get_settings

LISTED, INDICATORS = 50, 20
"""Reports that a letter names, and indicators of each; the others are counted. It quotes nothing of a report."""


def compose(rows: Sequence[dict[str, Any]], *, takes_replies: bool) -> Text:
    """One message about the reports of one recipient; rows: of alerts/ledger/due_warnings.sql."""
    values = {
        "reports": [row | {"address": _address(row)} for row in rows],
        "listed": LISTED,
        "indicators": INDICATORS,
        "warnings": sum(row["warnings"] for row in rows),
        "has_pages": get_settings().sign_in == "on",
        "takes_replies": takes_replies,
    }
    return templating.render("warning", _subject(rows), values)


def _address(row: dict[str, Any]) -> str:
    """The page on which it is confirmed."""
    keys = urlencode({"programme": row["programme_code"], "period": row["period"]})
    return f"{get_settings().pages_url}/bao-cao-cua-toi/xac-nhan?{keys}"


def _subject(rows: Sequence[dict[str, Any]]) -> str:
    if len(rows) > 1:
        return f"Số liệu chờ đơn vị xác nhận: {len(rows)} báo cáo"
    (row,) = rows
    return f"Số liệu chờ đơn vị xác nhận: {row['unit_name']}, {wording.period(row['period'])}"
