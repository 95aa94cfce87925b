"""Two hundred made-up provinces, one build: every figure is the one that plain Python makes of the same texts.

Set HISTORIES_SEED to look at other histories than those of the default; a failure prints the seed and the case.
"""

import csv
import os
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from pipeline import building, receiving
from tests.integration import grain, reference
from tests.integration import made_up_histories as histories
from tests.integration.made_up_histories import Case
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.reference import Figure
from warehouse import clock, database
from warehouse.as_of import set_session_as_of
from warehouse.settings import aware

SEED = int(os.environ.get("HISTORIES_SEED", "20250701"))
CASES = histories.cases(200, SEED)
CASE_OF = {unit: case.number for case in CASES for unit in case.map.units}
BATCH_DAYS = ["2027-01-10", "2027-01-20", "2027-02-05", "2027-02-20"]
TODAY = "2027-03-01"
HEADER = ["programme", "period", "unit_code", "unit_id", "indicator", "numerator", "denominator", "value"]
HEADER += ["submission_type", "made_up"]

FullKey = tuple[str, str, str, str, str, str]
"""A programme and a period, and a key of the reference."""


@pytest.fixture(scope="module", autouse=True)
def rejected_reports(own_database, tmp_path_factory) -> Iterator[set[tuple[int, str, str, str, str]]]:
    """All reports were received batch by batch; then one build. Gives the reports that were rejected."""
    folder = tmp_path_factory.mktemp("histories")
    rejected = set()
    with own_catalogue() as catalogue:
        draw(catalogue)
        for batch, day in enumerate(BATCH_DAYS):
            with clock.at(f"{day}T08:00:00+07:00"):
                for receipt in receiving.receive([str(write(folder / str(batch), batch))]):
                    file = int(Path(receipt.file).stem)
                    rejected |= {
                        (batch, file, report["programme"], report["period"], report["unit"])
                        for report in receipt.submissions
                        if report["status"] == "rejected"
                    }
        with clock.at(f"{TODAY}T08:00:00+07:00"):
            building.build()
            yield rejected


def draw(catalogue: OwnCatalogue) -> None:
    """The made-up map, and two programmes: one reported by its communes, one by its districts."""
    lineage, weights = [], []
    for case in CASES:
        for old, successor_units in case.map.successors.items():
            for successor in successor_units:
                lineage.append(
                    {
                        "old_unit_id": old,
                        "old_code": histories.code(old),
                        "old_name": "Đơn vị cũ giả định",
                        "new_unit_id": successor,
                        "new_code": histories.code(successor),
                        "new_name": "Đơn vị mới giả định",
                        "relation": "whole" if len(successor_units) == 1 else "partial",
                        "effective_on": histories.began(successor),
                    }
                )
        for old, shares in case.map.shares.items():
            weights += [
                {
                    "old_unit_id": old,
                    "new_unit_id": successor,
                    "weight": Decimal(share.numerator) / share.denominator,
                    "basis_vi": "tỷ trọng giả định",
                    "source": "made up",
                }
                for successor, share in shares.items()
            ]
    catalogue.draw_map([row for case in CASES for row in case.rows], lineage)
    catalogue.replace("split_weights", weights)
    for programme, level in ((histories.BY_COMMUNES, "commune"), (histories.BY_DISTRICTS, "district")):
        add_programme(catalogue, programme, level)


def add_programme(catalogue: OwnCatalogue, programme: str, level: str) -> None:
    provinces = sorted({histories.code(unit.unit_id) for case in CASES for unit in of_level(case, "province")})
    named = {"programme_code": programme}
    catalogue.append(
        "programmes",
        [
            named
            | {
                "name_vi": "Chương trình giả định",
                "starts_on": "2024-01-01",
                "ends_on": "2026-12-31",
                "period_type": "year",
                "data_window": "calendar",
                "day_off_rule": "stays",
                "min_coverage_pct": 100,
            }
        ],
    )
    catalogue.append(
        "periods",
        [
            named | {"period": period, "kind": "owed", "data_from": f"{period}-01-01", "data_to": last_day}
            for period, last_day in histories.LAST_DAYS.items()
        ],
    )
    catalogue.append(
        "reporters",
        [
            named
            | {
                "unit_level": level,
                "agency_code": "UBND",
                "form": "figures",
                "is_owed": "true",
                "feeds_rollup": "true",
                "within_unit_code": province,
                "period_from": "2024",
                "period_to": "2026",
                "is_assumption": "true",
            }
            for province in provinces
        ],
    )
    for order, (code, indicator) in enumerate(histories.REPORTED_BY[programme].items()):
        catalogue.append(
            "indicators",
            [
                named
                | {
                    "indicator_code": code,
                    "sort_order": order,
                    "name_vi": f"Chỉ tiêu giả định {code}",
                    "aggregation": indicator.aggregation,
                    "factor": indicator.factor if indicator.aggregation in ("ratio", "none") else "",
                    "is_part_of_whole": str(indicator.is_part).lower(),
                    "numerator_vi": "số giả định",
                    "denominator_vi": "số giả định",
                    "milestone_path": "none",
                    "is_required": "true",
                    "is_sensitive": "false",
                    "min_coverage_pct": indicator.min_coverage,
                    "hard_min": "" if indicator.hard_min is None else indicator.hard_min,
                    "hard_max": "" if indicator.hard_max is None else indicator.hard_max,
                    "code_source": "ours",
                    "made_by": "our reading",
                }
            ],
        )
        catalogue.append(
            "indicator_measures",
            [
                named | {"indicator_code": code, "unit_level": of_level_, "measure": measure}
                for of_level_, measure in indicator.measures.items()
            ],
        )


def of_level(case: Case, level: str) -> Iterable[reference.Unit]:
    return (unit for unit in case.map.units.values() if unit.level == level)


def sent(batch: int) -> Iterator[tuple[int, histories.Report, histories.Event]]:
    """The events of a batch, each with the number of its file: what a unit sends second is in the second file."""
    for case in CASES:
        for report, events in case.events.items():
            of_batch = [event for event in events if event.batch == batch]
            yield from ((file, report, event) for file, event in enumerate(of_batch))


def write(folder: Path, batch: int) -> Path:
    """The batch's files in a folder."""
    folder.mkdir()
    for file, (programme, period, unit), event in sent(batch):
        path = folder / f"{file}.csv"
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines, delimiter=";")
            if is_new:
                writer.writerow(HEADER)
            for indicator, parts in event.lines.items() or [("", ("", "", ""))]:
                writer.writerow([programme, period, histories.code(unit), unit, indicator, *parts, event.kind, "có"])
    return folder


def figures_as_of(instant: datetime | None = None) -> dict[FullKey, Figure]:
    """Every figure of the marts as of a time, in the reference's terms."""
    query = """
        select programme_code, period, unit_id, boundary_basis, indicator_code, measure, numerator, denominator,
            value, value_low, value_high, units_expected, units_reporting, coverage_pct, is_provisional, is_estimated
        from fct_indicator_rollup
    """
    found: dict[FullKey, Figure] = {}
    with database.connect() as connection:
        set_session_as_of(connection, instant)
        for row in connection.execute(query):
            key, numbers, reach = row[:6], row[6:11], row[11:]
            numerator, denominator, value, low, high = (None if n is None else Fraction(n) for n in numbers)
            assert value == (low if low is not None and low == high else None), key
            expected, reporting, coverage, is_provisional, is_estimated = reach
            assert coverage is None if expected == 0 else float(coverage) == pytest.approx(reporting * 100 / expected)
            found[key] = Figure(numerator, denominator, low, high, expected, reporting, is_provisional, is_estimated)
    return found


def expected_after(batch: int) -> dict[FullKey, Figure]:
    """The same, made by the reference from what had been accepted with this batch."""
    return {
        (programme, period, *key): figure
        for case in CASES
        for programme, indicators in histories.REPORTED_BY.items()
        for period in histories.LAST_DAYS
        for key, figure in reference.figures(
            case.map, case.owing(programme, period), case.known(programme, period, batch), indicators
        ).items()
    }


def agree(made: Figure, expected: Figure) -> bool:
    exact = made == expected
    return exact or (
        all(
            getattr(made, name) == getattr(expected, name)
            for name in ("numerator", "denominator", "expected", "reporting", "is_provisional", "is_estimated")
        )
        and all(nearly(getattr(made, name), getattr(expected, name)) for name in ("low", "high"))
    )


def nearly(made: Fraction | None, expected: Fraction | None) -> bool:
    if made is None or expected is None:
        return made is expected
    return abs(made - expected) <= Fraction(1, 10**12) * max(1, abs(expected))


def differences(made: dict[FullKey, Figure], expected: dict[FullKey, Figure]) -> list[str]:
    """Those of the smallest case first: figures that are absent, that should be absent, and that differ."""
    wrong = [key for key in made.keys() | expected.keys() if not (key in made and key in expected)]
    wrong += [key for key in made.keys() & expected.keys() if not agree(made[key], expected[key])]
    size = {case.number: len(case.map.units) for case in CASES}
    wrong.sort(key=lambda key: (size[case_of(key)], key))
    return [
        f"seed {SEED}, case {case_of(key)}, {key}\n  marts:     {made.get(key)}\n  reference: {expected.get(key)}"
        for key in wrong
    ]


def case_of(key: FullKey) -> int:
    return CASE_OF[key[2].removesuffix("/unallocated")]


def assert_agrees(made: dict[FullKey, Figure], expected: dict[FullKey, Figure]) -> None:
    wrong = differences(made, expected)
    assert not wrong, f"{len(wrong)} of {len(expected)} figures differ.\n" + "\n".join(wrong[:10])


def test_the_histories_hold_everything_that_can_happen():
    """A generator that has stopped to split, correct or withdraw would prove nothing."""
    changed = [(case, successor_units) for case in CASES for successor_units in case.map.successors.values()]
    successor_units = [len(successor_units) for _, successor_units in changed]
    chains = [
        case
        for case, successor_units in changed
        if any(successor in case.map.successors for successor in successor_units)
    ]
    merged = [case for case in CASES if len(case.map.successor_units) == 2]
    communes = [(case, unit.unit_id) for case in CASES for unit in of_level(case, "commune")]
    lost = [unit for case, unit in communes if case.map.area_today(unit) == {None}]
    kinds = [event.kind for case in CASES for events in case.events.values() for event in events]
    spoilt = [event for case in CASES for events in case.events.values() for event in events if event.is_spoilt]

    assert len(CASES) == 200
    assert min(successor_units.count(1), successor_units.count(2), successor_units.count(3)) > 20 and len(lost) > 20
    assert min(len(merged), len(chains)) > 20 and sum(len(case.map.shares) for case in CASES) > 50
    assert min(kinds.count("correction"), kinds.count("retraction"), len(spoilt)) > 100


def test_the_door_rejects_the_spoilt_reports_and_no_other(rejected_reports):
    spoilt = {
        (batch, file, programme, period, histories.code(unit))
        for batch in range(histories.BATCHES)
        for file, (programme, period, unit), event in sent(batch)
        if event.is_spoilt
    }
    assert rejected_reports == spoilt


def test_every_figure_of_every_unit_is_the_references():
    expected = expected_after(histories.BATCHES - 1)

    assert len(expected) > 20_000
    assert_agrees(figures_as_of(), expected)


@pytest.mark.parametrize("batch", range(histories.BATCHES - 1))
def test_as_of_a_moment_between_two_batches_every_figure_is_what_was_known_then(batch):
    since, until = (aware(f"{day}T08:00:00+07:00") for day in BATCH_DAYS[batch : batch + 2])
    instant = since + (until - since) * random.Random(SEED + batch).random()

    assert_agrees(figures_as_of(min(instant, until - timedelta(microseconds=1))), expected_after(batch))


def test_a_provinces_counts_are_the_same_on_both_maps():
    """From the marts alone. What is exact below is exact above; shares are not restated."""
    figures = figures_as_of()
    compared = 0
    for case in CASES:
        for programme, indicators in histories.REPORTED_BY.items():
            for period, (code, indicator) in product(histories.LAST_DAYS, indicators.items()):
                for measure in indicator.measures_above() - {"share"}:
                    on = {
                        basis: [
                            figures[programme, period, unit.unit_id, basis, code, measure]
                            for unit in of_level(case, "province")
                            if (programme, period, unit.unit_id, basis, code, measure) in figures
                        ]
                        for basis in ("as_reported", "current")
                    }
                    if all(figure.numerator is not None for figure in on["as_reported"]):
                        assert added(on["as_reported"]) == added(on["current"]), (SEED, case.number, period, code)
                        compared += len(on["current"])
    assert compared > 500


def added(figures: Iterable[Figure]) -> tuple[Fraction, int, int]:
    """Cases, and how many units were to report and did."""
    all_ = list(figures)
    return (
        sum((figure.numerator or Fraction(0) for figure in all_), Fraction(0)),
        sum(figure.expected for figure in all_),
        sum(figure.reporting for figure in all_),
    )


def test_every_mart_keeps_its_grain():
    assert grain.broken() == []
