"""A small made-up catalogue: two provinces of two communes each, and two programmes that all communes owe.

All of it is made up (số liệu giả định). Reports go into raw and ops as the loader and the gate leave them.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.integration.own_catalogue import OwnCatalogue
from warehouse import database

PROGRAMMES = ["dung-giua-chung-a", "dung-giua-chung-b"]
PERIODS = ["2025", "2026"]
PROVINCES = {"91": ["91001", "91002"], "92": ["92001", "92002"]}
COMMUNES = [commune for communes in PROVINCES.values() for commune in communes]
INDICATORS = {"1": "rate", "2": "count"}
BEGAN = datetime(2026, 12, 1, tzinfo=UTC)


def draw(catalogue: OwnCatalogue) -> None:
    units = [(code, "province", "") for code in PROVINCES]
    units += [(commune, "commune", province) for province, communes in PROVINCES.items() for commune in communes]
    catalogue.draw_map(
        [
            {
                "unit_id": code,
                "unit_code": code,
                "unit_name": f"Đơn vị giả định {code}",
                "unit_type": "tỉnh" if level == "province" else "xã",
                "unit_level": level,
                "parent_code": parent,
            }
            for code, level, parent in units
        ],
        [],
    )
    for programme in PROGRAMMES:
        add_programme(catalogue, {"programme_code": programme})


def add_programme(catalogue: OwnCatalogue, named: dict[str, str]) -> None:
    programme = {"name_vi": "Chương trình giả định", "starts_on": "2024-01-01", "ends_on": "2030-12-31"}
    programme |= {"period_type": "year", "data_window": "calendar", "day_off_rule": "stays", "min_coverage_pct": "100"}
    owing = {"unit_level": "commune", "agency_code": "UBND", "form": "figures", "is_owed": "true"}
    owing |= {"feeds_rollup": "true", "period_from": "2025", "period_to": "2026", "is_assumption": "true"}
    catalogue.append("programmes", [named | programme])
    catalogue.append(
        "periods",
        [
            named | {"period": year, "kind": "owed", "data_from": f"{year}-01-01", "data_to": f"{year}-12-31"}
            for year in PERIODS
        ],
    )
    catalogue.append("reporters", [named | owing | {"within_unit_code": province} for province in PROVINCES])
    for code, measure in INDICATORS.items():
        indicator = {"indicator_code": code, "sort_order": code, "name_vi": "Chỉ tiêu giả định", "is_required": "true"}
        indicator |= {"aggregation": "ratio" if measure == "rate" else "sum", "is_part_of_whole": "false"}
        indicator |= {"factor": "100" if measure == "rate" else "", "numerator_vi": "số", "denominator_vi": "số"}
        indicator |= {
            "milestone_path": "none",
            "is_sensitive": "false",
            "code_source": "ours",
            "made_by": "our reading",
        }
        catalogue.append("indicators", [named | indicator])
        catalogue.append(
            "indicator_measures",
            [
                named | {"indicator_code": code, "unit_level": level, "measure": measure}
                for level in ("commune", "province")
            ],
        )


def report(programme: str, period: str, commune: str, kind: str, cases: int, status: str = "accepted") -> None:
    """A report and its verdict, as loader and gate leave them: of two lines, a correction of the first one only."""
    submission = uuid4()
    with database.connect() as connection:
        (decided,) = connection.execute("select count(*) from ops.submission_verdict").fetchall()[0]
        at = BEGAN + timedelta(minutes=decided)
        connection.execute(
            "insert into raw.file values (%s, 'made-up.csv', 1, 'made up', %s, %s)",
            [submission.hex * 2, submission, at],
        )
        connection.execute(
            "insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, "
            "submission_type, is_made_up, received_at) values (%s, %s, %s, %s, %s, %s, %s, true, %s)",
            [submission, submission.hex * 2, submission, programme, period, commune, kind, at],
        )
        for row, code in enumerate(INDICATORS):
            if kind == "full" or (kind == "correction" and row == 0):
                connection.execute(
                    "insert into raw.line (submission_id, row_no, indicator_code, numerator_kind, numerator, "
                    "denominator_kind, denominator, value_kind) values "
                    "(%s, %s, %s, 'exact', numrange(%s, %s, '[]'), 'exact', '[200,200]', 'missing')",
                    [submission, row, code, cases, cases],
                )
        connection.execute(
            "insert into ops.submission_verdict (submission_id, unit_id, status, rules_version, decided_at) "
            "values (%s, %s, %s, '1', %s)",
            [submission, commune, status, at],
        )


def report_everything() -> None:
    for programme in PROGRAMMES:
        for period in PERIODS:
            for number, commune in enumerate(COMMUNES):
                report(programme, period, commune, "full", 90 + number)


def change(catalogue: OwnCatalogue, seed: str, column: str, values: tuple[str, str], number: int) -> None:
    """One row of a seed gets the other of two values: the same again puts it back."""
    rows = catalogue.rows(seed)
    row = rows[number % len(rows)]
    row[column] = values[row[column] == values[0]]
    catalogue.replace(seed, rows)
