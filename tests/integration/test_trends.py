"""Milestones and trends of a made-up province, from its files through the gate and the build to the verdicts.

Each case is an indicator of its own with a history, a target and the class that its trend has to have; the rates and
the projection are worked out beside it in plain Python.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from psycopg.rows import dict_row

from pipeline import building, receiving
from publish.reading import progress
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from warehouse import clock, database
from warehouse.as_of import parse_timestamp, set_session_as_of

PROGRAMME = "xu-huong-gia-dinh"
PROVINCE, DISTRICT, COMMUNE = "91", "911", "91001"
LEVELS = {"province": PROVINCE, "district": DISTRICT, "commune": COMMUNE}
PARENTS = {DISTRICT: PROVINCE, COMMUNE: DISTRICT}
YEARS = {2020: "baseline", 2023: "owed", 2024: "owed", 2025: "owed", 2030: "owed", 2031: "owed"}
HEADER = ["programme", "period", "unit_code", "indicator", "numerator", "denominator", "value"]
SENT, CORRECTED, TODAY = "2032-01-05", "2032-01-20", "2032-02-01"
SCALES = {"per_1000": (1000, "false"), "percent": (100, "true"), "per_10000_unbounded": (10000, "false")}


@dataclass(frozen=True)
class Case:
    """One indicator. reported: its cell by year; target: comparator, number, year; start: what the plan states of 2020.

    trend: the class in the last year told; hold: the start already satisfies the target; milestone: of that year.
    """

    name: str
    reported: dict[int, str]
    target: tuple[str, float, int] | None
    trend: str | None
    better: str = "down"
    scale: str = "percent"
    level: str = "province"
    scope: str = "province"
    path: str = "linear"
    start: float | None = None
    hold: bool = False
    milestone: float | None = None
    measure: str = "rate"
    exact: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        numbers = {year: cell.replace(",", ".") for year, cell in self.reported.items()}
        object.__setattr__(
            self, "exact", {year: float(n) for year, n in numbers.items() if n.replace(".", "").isdigit()}
        )

    @property
    def year(self) -> int:
        return max(self.reported)


CASES = [
    Case(
        "the worked example",
        {2020: "20,0", 2025: "18,0"},
        ("<", 15, 2030),
        "acceleration_needed",
        scale="per_1000",
        path="constant_rate",
        milestone=math.sqrt(20 * 15),
    ),
    Case("met", {2024: "9", 2025: "8"}, ("<", 9, 2030), "target_met"),
    Case("fast enough", {2024: "12,5", 2025: "10"}, ("≤", 5, 2030), "on_track"),
    Case("too slow", {2023: "11", 2024: "10,5", 2025: "10"}, ("≤", 5, 2030), "acceleration_needed"),
    Case("rising", {2023: "9", 2024: "9,5", 2025: "10"}, ("≤", 5, 2030), "reversing"),
    Case("rising under the target", {2024: "2", 2025: "4"}, ("<", 9, 2030), "target_met"),
    Case("standing still", {2023: "7,7", 2024: "7,7", 2025: "7,7"}, ("≤", 6.4, 2030), "reversing"),
    Case("one year only", {2025: "10"}, ("≤", 5, 2030), "insufficient_data"),
    Case(
        "one year, and what the plan states",
        {2025: "10"},
        ("≤", 5, 2030),
        "acceleration_needed",
        start=12,
        milestone=8.5,
    ),
    Case("zero in the series", {2023: "0", 2024: "12", 2025: "10"}, ("≤", 5, 2030), "insufficient_data"),
    Case("zero in the series, and met", {2023: "0", 2024: "6", 2025: "5"}, ("≤", 5, 2030), "target_met"),
    Case("zero reached", {2024: "2", 2025: "0"}, ("<", 1, 2030), "target_met"),
    Case(
        "zero wanted", {2020: "8", 2025: "4"}, ("≤", 0, 2030), "acceleration_needed", path="constant_rate", milestone=4
    ),
    Case("all wanted", {2024: "92", 2025: "96"}, ("≥", 100, 2030), "acceleration_needed", better="up"),
    Case("all reached", {2024: "99", 2025: "100"}, ("≥", 100, 2030), "target_met", better="up"),
    Case("gap closing in time", {2020: "75", 2025: "90"}, ("≥", 95, 2030), "on_track", milestone=85, better="up"),
    Case(
        "gap closing too slowly",
        {2020: "88", 2025: "90"},
        ("≥", 95, 2030),
        "acceleration_needed",
        milestone=91.5,
        better="up",
    ),
    Case("gap widening", {2024: "92", 2025: "90"}, ("≥", 95, 2030), "reversing", better="up"),
    Case("looser than the start, kept", {2020: "2", 2025: "3"}, ("<", 9, 2030), "target_met", hold=True, milestone=9),
    Case("looser than the start, lost", {2020: "2", 2025: "10"}, ("<", 9, 2030), "reversing", hold=True, milestone=9),
    Case("an interval over the target", {2024: "6", 2025: "4-6"}, ("≤", 5, 2030), "insufficient_data"),
    Case("an interval below the target", {2024: "6", 2025: "<5"}, ("<", 5, 2030), "target_met"),
    Case("an interval on the way", {2023: "12,5", 2024: "<12", 2025: "10"}, ("≤", 5, 2030), "acceleration_needed"),
    Case("target year come and missed", {2024: "12", 2030: "10"}, ("≤", 5, 2030), None, milestone=5),
    Case("target year come and met", {2024: "12", 2030: "5"}, ("≤", 5, 2030), "target_met", milestone=5),
    Case("target year gone", {2030: "12", 2031: "10"}, ("≤", 5, 2030), None, milestone=5),
    Case("in a district", {2024: "12,5", 2025: "10"}, ("≤", 5, 2030), "on_track", level="district", scope="district"),
    Case("in a commune", {2020: "10", 2025: "8"}, ("≤", 5, 2030), None, level="commune", milestone=7.5),
    Case("head count", {2024: "12", 2025: "10"}, ("≤", 5, 2030), None, measure="count"),
    Case("better without end", {2024: "8", 2025: "9"}, ("≥", 12, 2030), None, scale="per_10000_unbounded", better="up"),
    Case("better neither way", {2024: "8", 2025: "9"}, ("≥", 12, 2030), None, better=""),
    Case("the nation's, for comparison", {2024: "12,5", 2025: "10"}, ("≤", 5, 2030), None, scope="national"),
    Case("without a target", {2024: "12,5", 2025: "10"}, None, None),
]
CODES = {case.name: f"T{number}" for number, case in enumerate(CASES, 1)}


@pytest.fixture(scope="module", autouse=True)
def rows(own_database, tmp_path_factory) -> Iterator[dict[str, dict[str, Any]]]:
    """The row of fct_target_progress that each case is about, by the case's name."""
    folder = tmp_path_factory.mktemp("trends")
    with own_catalogue() as catalogue:
        draw(catalogue)
        with clock.at(f"{SENT}T08:00:00+07:00"):
            receive(folder / "all.csv", [(case, year, cell) for case in CASES for year, cell in case.reported.items()])
        with clock.at(f"{CORRECTED}T08:00:00+07:00"):
            receive(folder / "correction.csv", [(CASES[0], 2020, "18,0")], "correction")
        with clock.at(f"{TODAY}T08:00:00+07:00"):
            building.build()
            yield progress_of(f"{SENT}T12:00:00+07:00")


def draw(catalogue: OwnCatalogue) -> None:
    """A province of one district of one commune, and a programme in which each of them reports for itself."""
    units = [
        {
            "unit_id": f"{code}@start",
            "unit_code": code,
            "unit_name": f"Đơn vị giả định {code}",
            "unit_type": "xã" if level == "commune" else "",
            "unit_level": level,
            "parent_code": PARENTS.get(code, ""),
        }
        for level, code in LEVELS.items()
    ]
    catalogue.draw_map(units, [])
    for seed, seed_rows in catalogue_rows().items():
        catalogue.append(seed, [{"programme_code": PROGRAMME} | row for row in seed_rows])


def catalogue_rows() -> dict[str, list[dict[str, object]]]:
    return {
        "programmes": [
            {
                "name_vi": "Chương trình giả định",
                "root_unit_code": PROVINCE,
                "starts_on": "2020-01-01",
                "ends_on": "2031-12-31",
                "period_type": "year",
                "data_window": "calendar",
                "day_off_rule": "stays",
                "min_coverage_pct": 100,
            }
        ],
        "periods": [
            {"period": year, "kind": kind, "data_from": f"{year}-01-01", "data_to": f"{year}-12-31"}
            for year, kind in YEARS.items()
        ],
        "reporters": [
            {
                "unit_level": level,
                "agency_code": "UBND",
                "form": "figures",
                "is_owed": "false",
                "feeds_rollup": "false",
                "within_unit_code": PROVINCE,
                "period_from": "2020",
                "period_to": "2031",
                "is_assumption": "true",
            }
            for level in LEVELS
        ],
        "indicators": [indicator(case) for case in CASES],
        "indicator_measures": [
            {"indicator_code": CODES[case.name], "unit_level": level, "measure": case.measure}
            for case in CASES
            for level in LEVELS
        ],
        "targets": [target(case) for case in CASES if case.target],
        "baselines": [
            {
                "indicator_code": CODES[case.name],
                "unit_code": PROVINCE,
                "period": "2020",
                "measure": case.measure,
                "value_low": case.start,
                "value_high": case.start,
                "low_closed": "true",
                "high_closed": "true",
            }
            for case in CASES
            if case.start is not None
        ],
    }


def indicator(case: Case) -> dict[str, object]:
    factor, is_part = SCALES[case.scale]
    return {
        "indicator_code": CODES[case.name],
        "sort_order": int(CODES[case.name][1:]),
        "name_vi": case.name,
        "aggregation": "ratio",
        "factor": factor,
        "is_part_of_whole": is_part,
        "numerator_vi": "số giả định",
        "denominator_vi": "số giả định",
        "direction": case.better,
        "milestone_path": case.path,
        "is_required": "false",
        "is_sensitive": "false",
        "min_coverage_pct": 100,
        "hard_min": 0,
        "hard_max": factor,
        "code_source": "ours",
        "made_by": "our reading",
    }


def target(case: Case) -> dict[str, object]:
    assert case.target
    comparator, number, year = case.target
    return {
        "indicator_code": CODES[case.name],
        "target_scope": case.scope,
        "bound_unit_code": PROVINCE if case.scope == "province" else "",
        "target_year": year,
        "measure": case.measure,
        "comparator": comparator,
        "target_high" if comparator in ("<", "≤") else "target_low": number,
        "raw": f"{comparator}{number}",
        "comparator_source": "annex",
    }


def receive(file: Path, cells: list[tuple[Case, int, str]], submission_type: str = "full") -> None:
    """A file in long form with one value per line, received and validated; each report in it has to be accepted."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter=";")
        writer.writerow([*HEADER, "submission_type", "made_up"])
        for case, year, cell in sorted(cells, key=lambda each: (each[1], each[0].level)):
            unit = LEVELS[case.level]
            writer.writerow([PROGRAMME, year, unit, CODES[case.name], "", "", cell, submission_type, "có"])
    for receipt in receiving.receive([str(file)]):
        assert {report["status"] for report in receipt.submissions} <= {"accepted", "accepted_with_warnings"}, receipt


def progress_of(timestamp: str | None = None) -> dict[str, dict[str, Any]]:
    """By the case's name the row that it is about, as of a time or of the newest version."""
    with database.connect() as connection:
        set_session_as_of(connection, parse_timestamp(timestamp) if timestamp else None)
        rows = (
            connection.cursor(row_factory=dict_row)
            .execute("select * from fct_target_progress where programme_code = %s", [PROGRAMME])
            .fetchall()
        )
    keys = ("indicator_code", "period", "unit_code", "measure")
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows)
    return {case.name: found[CODES[case.name], str(case.year), LEVELS[case.level], case.measure] for case in CASES}


def slope(points: dict[int, float]) -> float:
    """b of the least-squares line through (year, ln of the value)."""
    years, logarithms = list(points), [math.log(value) for value in points.values()]
    mean_year, mean = sum(years) / len(years), sum(logarithms) / len(logarithms)
    across = sum((year - mean_year) * (each - mean) for year, each in zip(years, logarithms, strict=True))
    return across / sum((year - mean_year) ** 2 for year in years)


def worked_out(case: Case) -> tuple[float | None, float | None, float | None]:
    """Observed rate, required rate and projection of a case that has a trend class, by the rule in plain words."""
    assert case.target and case.trend
    _, goal, target_year = case.target
    years_left = target_year - case.year
    now = case.exact.get(case.year)
    if years_left <= 0 or now is None:
        return None, None, None

    def away(value: float) -> float:
        return 100 - value if case.better == "up" else value

    series = {year: away(value) for year, value in case.exact.items()}
    if case.start is not None:
        series.setdefault(2020, away(case.start))
    required = None if case.trend == "target_met" else 1 - (away(goal) / away(now)) ** (1 / years_left)
    if len(series) < 2 or min(series.values()) <= 0:
        return None, required, None
    rate = slope(series)
    projected = away(away(now) * math.exp(rate * years_left))
    if case.scale == "percent":
        projected = min(max(projected, 0), 100)
    return 1 - math.exp(rate), required, projected


def test_there_are_cases_of_every_class():
    assert len(CASES) >= 20
    assert {case.trend for case in CASES} == {*progress.TRENDS, None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_trend_has_its_class(rows, case):
    assert rows[case.name]["trend_class"] == case.trend


@pytest.mark.parametrize("case", [case for case in CASES if case.trend], ids=lambda case: case.name)
def test_rates_and_projection_are_those_of_the_rule(rows, case):
    row = rows[case.name]
    reported = [row[name] for name in ("observed_annual_rate", "required_annual_rate", "projected_value")]
    for ours, theirs in zip(reported, worked_out(case), strict=True):
        assert ours == theirs if theirs is None else float(ours) == pytest.approx(theirs, abs=1e-8)
    if case.trend == "acceleration_needed":
        assert float(row["acceleration"]) == pytest.approx(float(reported[1] / reported[0]))
    else:
        assert row["acceleration"] is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_milestone_is_where_the_way_from_the_start_leads(rows, case):
    row = rows[case.name]
    assert row["is_hold_target"] == case.hold
    assert (row["milestone"] is None) == (case.milestone is None)
    if case.milestone is not None:
        assert float(row["milestone"]) == pytest.approx(case.milestone)


def test_the_worked_example_in_its_own_words(rows):
    row = rows["the worked example"]
    rounded = [round(row[name], 4) for name in ("observed_annual_rate", "required_annual_rate")]
    assert [float(each) for each in rounded] == [0.0209, 0.0358]
    assert float(row["projected_value"]) == pytest.approx(16.2)
    assert float(round(row["acceleration"], 2)) == 1.72
    assert progress.trend(row) == "cần tăng tốc ×1,7 (dự báo 2030: 16,2)"
    figure = {"period": "2025", "value_low": Decimal(18), "value_high": Decimal(18)}
    assert progress.milestone(row | figure) == "mốc 2025 <17,32: chậm so với lộ trình"


def test_a_corrected_year_changes_the_trend_from_then_on(rows):
    assert rows["the worked example"]["trend_class"] == "acceleration_needed"
    newest = progress_of()["the worked example"]
    assert (newest["trend_class"], newest["observed_annual_rate"]) == ("reversing", 0)


def test_a_scorecard_shows_each_figure_once():
    with database.connect() as connection:
        seen = connection.execute(
            "select indicator_code, period, trend_class from rpt_provincial_scorecard where programme_code = %s",
            [PROGRAMME],
        ).fetchall()
    reported = [(CODES[case.name], str(year)) for case in CASES for year in case.reported if case.level == "province"]
    assert sorted(reported) == sorted((code, period) for code, period, _ in seen)
    assert ("T3", "2025", "on_track") in seen
