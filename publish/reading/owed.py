"""What a unit and the units below it owe for a period, and by when: the text where there is no figure yet."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from warehouse import code_labels, wording

Row = dict[str, Any]

STATUSES = code_labels.vietnamese("report_status")

OWED = """
select obligation.unit_code = %(unit)s as is_own, obligation.agency_code, agency.agency_name, obligation.status,
       obligation.last_on_time_on, count(*) as reports
from marts.fct_report_obligation as obligation
join marts.bridge_org_unit_ancestor as ancestor using (unit_id)
left join marts.dim_agency as agency
    on agency.programme_code = obligation.programme_code and agency.agency_code = obligation.agency_code
where obligation.programme_code = %(programme)s and obligation.period = %(period)s
    and ancestor.ancestor_code = %(unit)s
group by 1, 2, 3, 4, 5
order by is_own desc, last_on_time_on nulls last, agency_code, status
"""


def of_unit(connection: psycopg.Connection, programme: str, unit: str, period: str) -> list[Row]:
    """The reports of a unit and of those below it as of the session's time, alike ones counted together."""
    values = {"programme": programme, "unit": unit, "period": period}
    return connection.cursor(row_factory=dict_row).execute(OWED, values).fetchall()


def for_display(rows: list[Row]) -> list[str]:
    """ "UBND: chưa đến hạn, ngày cuối 29/11/2026": one line for each kind of report that is owed."""
    if not rows:
        return ["Không có báo cáo nào phải nộp về đơn vị này trong kỳ."]
    return ["Báo cáo phải nộp trong kỳ:", *(f"  {_line(row)}" for row in rows)]


def _line(row: Row) -> str:
    who = row["agency_name"] or row["agency_code"]
    if not row["is_own"]:
        who = f"{row['reports']} đơn vị bên dưới ({who})"
    day = f", ngày cuối {wording.day(row['last_on_time_on'])}" if row["last_on_time_on"] else ""
    return f"{who}: {STATUSES[row['status']]}{day}"
