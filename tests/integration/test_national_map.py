"""Nothing is lost and nothing is made when the whole country's map changes.

A made-up programme, rows only: all 10 051 communes report for 2024, the 3 321 of today for two quarters of 2026.
The old and the new places of every count are found here from the lists themselves, in plain Python.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from uuid import uuid4

import psycopg
import pytest

from pipeline import building
from tests.integration.own_catalogue import own_catalogue, read
from warehouse import clock, database
from warehouse.settings import PROJECT_ROOT

PROGRAMME = "toan-quoc-gia-dinh"
DISTRICTS_OF_BAC_GIANG = ("213", "215", "216", "217", "218", "219", "220", "222", "223", "224")
DA_MAI = "07228@2025-07-01"
PREDECESSORS_OF_DA_MAI = ("07216@start", "07222@start", "07228@start", "07366@start", "07687@start")
GEOGRAPHY = PROJECT_ROOT / "dbt_project" / "seeds" / "geography"
UNITS = read(GEOGRAPHY / "org_units.csv")
LINEAGE = [row for row in read(GEOGRAPHY / "org_unit_lineage.csv") if row["old_unit_id"]]

OLD = {row["unit_id"]: row for row in UNITS if row["valid_to"] == "2025-07-01"}
TODAY = {row["unit_id"]: row for row in UNITS if not row["valid_to"]}
OLD_COMMUNES = [unit for unit, row in OLD.items() if row["unit_level"] == "commune"]
COMMUNES_OF_TODAY = [unit for unit, row in TODAY.items() if row["unit_level"] == "commune"]
SUCCESSORS: dict[str, list[str]] = defaultdict(list)
for row in LINEAGE:
    SUCCESSORS[row["old_unit_id"]].append(row["new_unit_id"])


def id_today(code: str) -> str:
    (found,) = (unit for unit, row in TODAY.items() if row["unit_code"] == code)
    return found


def old_district(commune: str) -> str:
    return f"{OLD[commune]['parent_code']}@start"


def old_province(commune: str) -> str:
    return f"{OLD[old_district(commune)]['parent_code']}@start"


PROVINCE_OF_TODAY = {row["unit_id"]: id_today(row["parent_code"]) for row in TODAY.values() if row["parent_code"]}
SUCCESSOR_OF_PROVINCE = {
    old_province(commune): PROVINCE_OF_TODAY[successor] for commune in OLD_COMMUNES for successor in SUCCESSORS[commune]
}


def rollup_unit_today(commune: str) -> str:
    """The commune that an old one went to as a whole, else its province's unallocated row."""
    successors = SUCCESSORS[commune]
    return successors[0] if len(successors) == 1 else f"{SUCCESSOR_OF_PROVINCE[old_province(commune)]}/unallocated"


PROGRAMME_ROWS = {
    "programmes": [
        {
            "programme_code": PROGRAMME,
            "name_vi": "Chương trình giả định của mọi xã",
            "starts_on": "2024-01-01",
            "ends_on": "2026-12-31",
            "period_type": "year",
            "data_window": "calendar",
            "day_off_rule": "stays",
            "min_coverage_pct": 100,
        }
    ],
    "periods": [
        {"programme_code": PROGRAMME, "period": period, "kind": "owed", "data_from": first, "data_to": last}
        for period, first, last in (
            ("2024", "2024-01-01", "2024-12-31"),
            ("2026-Q2", "2026-04-01", "2026-06-30"),
            ("2026-Q4", "2026-10-01", "2026-12-31"),
        )
    ],
    "reporters": [
        {
            "programme_code": PROGRAMME,
            "unit_level": "commune",
            "agency_code": "UBND",
            "form": "figures",
            "is_owed": "true",
            "feeds_rollup": "true",
            "within_unit_code": code,
            "period_from": "2024",
            "period_to": "2026-Q4",
            "is_assumption": "true",
        }
        for code in sorted({row["unit_code"] for row in UNITS if row["unit_level"] == "province"})
    ],
    "indicators": [
        {
            "programme_code": PROGRAMME,
            "indicator_code": code,
            "sort_order": order,
            "name_vi": name,
            "aggregation": aggregation,
            "factor": factor,
            "is_part_of_whole": part,
            "numerator_vi": "số giả định",
            "denominator_vi": "số giả định",
            "direction": "up",
            "milestone_path": "none",
            "is_required": "true",
            "is_sensitive": "false",
            "min_coverage_pct": 100,
            "hard_min": 0,
            "code_source": "ours",
            "made_by": "our reading",
        }
        for order, (code, name, aggregation, factor, part) in enumerate(
            [("1", "Trẻ được khám", "ratio", 100, "true"), ("2", "Trẻ đẻ sống", "sum", "", "false")], 1
        )
    ],
    "indicator_measures": [
        {"programme_code": PROGRAMME, "indicator_code": code, "unit_level": level, "measure": measure}
        for code, measure in (("1", "rate"), ("2", "count"))
        for level in ("commune", "district", "province")
    ],
}

Parts = tuple[int, int | None]
"""Cases, and those among whom they occurred where the indicator is a rate."""


def made_up(communes: Iterable[str], seed: int) -> dict[str, tuple[int, int]]:
    """Each commune's children: with a check-up, and born alive. Half of them small, so that a lost one shows."""
    chance = random.Random(seed)
    births = {commune: chance.choice([chance.randint(1, 9), chance.randint(10, 900)]) for commune in communes}
    return {commune: (chance.randint(0, born), born) for commune, born in births.items()}


SENT = {
    "2024": made_up(OLD_COMMUNES, 2024),
    "2026-Q2": made_up(COMMUNES_OF_TODAY, 20262),
    "2026-Q4": made_up(COMMUNES_OF_TODAY, 20264),
}
SENT_BY_DISTRICTS = {f"{code}@start": (int(code), 300) for code in DISTRICTS_OF_BAC_GIANG}


@pytest.fixture(scope="module", autouse=True)
def built_marts(own_database) -> Iterator[None]:
    """The country has reported, and the figures are made."""
    with own_catalogue() as catalogue, clock.at("2027-01-10T08:00:00+07:00"):
        for seed, rows in PROGRAMME_ROWS.items():
            catalogue.append(seed, rows)
        building.prepare_catalogue()
        for period, sent in SENT.items():
            put_into_raw(PROGRAMME, period, {unit: {"1": parts, "2": (parts[1], None)} for unit, parts in sent.items()})
        put_into_raw(
            "bacgiang-maternal-child-2025", "2024", {unit: {"I.2": parts} for unit, parts in SENT_BY_DISTRICTS.items()}
        )
        building.build()
        yield


def put_into_raw(programme: str, period: str, sent: Mapping[str, Mapping[str, Parts]]) -> None:
    """Accepted reports, one a unit, as loader and gate would have left them: sent is {unit_id: {indicator: parts}}."""
    file, now = uuid4(), clock.now()
    reports = {unit: uuid4() for unit in sent}
    with database.connect() as connection:
        connection.execute("insert into raw.file values (%s, 'made up', 1, 'made up', %s, %s)", [file.hex, file, now])
        copy(
            connection,
            "raw.submission",
            "submission_id, sha256, batch_id, programme_code, period, unit_code, is_made_up, received_at",
            ((report, file.hex, file, programme, period, code(unit), True, now) for unit, report in reports.items()),
        )
        copy(
            connection,
            "ops.submission_verdict",
            "submission_id, unit_id, status, rules_version, decided_at",
            ((report, unit, "accepted", "made up", now) for unit, report in reports.items()),
        )
        copy(
            connection,
            "raw.line",
            "submission_id, row_no, indicator_code, numerator_kind, numerator, denominator_kind, denominator, "
            "value_kind",
            (
                (reports[unit], row_no, indicator, *cell(cases), *cell(children), "missing")
                for unit, lines in sent.items()
                for row_no, (indicator, (cases, children)) in enumerate(lines.items(), 1)
            ),
        )


def copy(connection: psycopg.Connection, table: str, columns: str, rows: Iterable[tuple]) -> None:
    """All rows at once, and the statistics that a server keeps of a table by itself when it has time."""
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin".encode()) as lines:
        for row in rows:
            lines.write_row(row)
    connection.execute(f"analyze {table}".encode())


def cell(count: int | None) -> tuple[str, str | None]:
    return ("missing", None) if count is None else ("exact", f"[{count},{count}]")


def code(unit_id: str) -> str:
    return unit_id.partition("@")[0]


@dataclass(frozen=True)
class Figure:
    """A rollup unit in the marts: children with a check-up, born alive as a denominator and as a count, reach."""

    checked: int
    born: int
    counted: int
    reporting: int
    expected: int


@pytest.fixture(scope="module")
def rollups(built_marts) -> dict[tuple[str, str], dict[str, Figure]]:
    """By period and basis, the figures of each rollup unit."""
    query = """
        select rates.period, rates.boundary_basis, rates.unit_id, rates.numerator, rates.denominator, counts.numerator,
            rates.units_reporting, rates.units_expected
        from fct_indicator_rollup as rates
        join fct_indicator_rollup as counts using (programme_code, period, unit_id, boundary_basis)
        where programme_code = %s and rates.indicator_code = '1' and counts.indicator_code = '2'
    """
    found: dict[tuple[str, str], dict[str, Figure]] = defaultdict(dict)
    with database.connect() as connection:
        for period, basis, unit, *figures in connection.execute(query, [PROGRAMME]):
            found[period, basis][unit] = Figure(*figures)
    return found


def sum_of(sent: Iterable[tuple[int, int]]) -> Figure:
    """The expected figures of a rollup unit with these reports."""
    parts = list(sent)
    checked, born = sum(part[0] for part in parts), sum(part[1] for part in parts)
    return Figure(checked, born, born, len(parts), len(parts))


def gathered(sent: Mapping[str, tuple[int, int]], rollup_unit_of: Callable[[str], str]) -> dict[str, Figure]:
    """The expected figures of every rollup unit, when each report belongs to one."""
    by_rollup_unit: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for unit, parts in sent.items():
        by_rollup_unit[rollup_unit_of(unit)].append(parts)
    return {rollup_unit: sum_of(parts) for rollup_unit, parts in by_rollup_unit.items()}


def of_level(reported: Mapping[str, Figure], *units: Iterable[str]) -> dict[str, Figure]:
    requested = set().union(*units)
    return {unit: figure for unit, figure in reported.items() if unit in requested}


def test_the_lists_hold_what_this_test_stands_on():
    assert len(OLD_COMMUNES) == 10_051 and len(COMMUNES_OF_TODAY) == 3_321
    assert len({old_district(commune) for commune in OLD_COMMUNES}) == 691  # five island districts have no communes
    assert len(SUCCESSOR_OF_PROVINCE) == 63 and len(set(SUCCESSOR_OF_PROVINCE.values())) == 34
    assert Counter(min(len(SUCCESSORS[commune]), 2) for commune in OLD_COMMUNES) == {1: 9_592, 2: 440, 0: 19}


def test_as_reported_every_old_place_holds_its_own_reports(rollups):
    reported, sent = rollups["2024", "as_reported"], SENT["2024"]
    expected = gathered(sent, lambda commune: commune)
    expected |= gathered(sent, old_district) | gathered(sent, old_province)

    assert len(expected) == 10_051 + 691 + 63
    assert reported == expected


def test_on_todays_map_every_count_is_with_its_heir_or_in_the_unallocated_row_of_its_province(rollups):
    reported, sent = rollups["2024", "current"], SENT["2024"]
    expected = gathered(sent, rollup_unit_today) | gathered(
        sent, lambda commune: SUCCESSOR_OF_PROVINCE[old_province(commune)]
    )

    assert reported == expected
    assert (
        sum(reported[rollup_unit].reporting for rollup_unit in reported if rollup_unit.endswith("/unallocated"))
        == 440 + 19
    )


def test_the_five_communes_that_became_da_mai_add_up_to_da_mai(rollups):
    sent = SENT["2024"]
    predecessors = tuple(row["old_unit_id"] for row in LINEAGE if row["new_unit_id"] == DA_MAI)

    assert predecessors == PREDECESSORS_OF_DA_MAI
    assert rollups["2024", "current"][DA_MAI] == sum_of(sent[commune] for commune in predecessors)
    assert rollups["2024", "current"][DA_MAI].expected == 5
    assert rollups["2024", "as_reported"]["07228@start"] == sum_of([sent["07228@start"]])


def test_a_split_commune_and_one_without_successor_stay_whole_in_the_province_that_holds_them(rollups):
    reported, sent = rollups["2024", "current"], SENT["2024"]
    homeless = [commune for commune in OLD_COMMUNES if len(SUCCESSORS[commune]) != 1]
    by_province = gathered({commune: sent[commune] for commune in homeless}, rollup_unit_today)

    assert len(homeless) == 459
    assert {
        rollup_unit: reported[rollup_unit] for rollup_unit in reported if rollup_unit.endswith("/unallocated")
    } == by_province
    for commune in homeless:
        homes = {PROVINCE_OF_TODAY[successor] for successor in SUCCESSORS[commune]}
        assert homes <= {rollup_unit_today(commune).removesuffix("/unallocated")}


def test_every_parent_is_its_children_and_what_could_not_be_placed_below_it(rollups):
    """From the marts alone: dim_org_unit has each unit's parent."""
    query = "select unit_id, parent_id from marts.dim_org_unit where is_latest_version and parent_id is not null"
    with database.connect() as connection:
        parents = dict(connection.execute(query).fetchall())
    checked = Counter()
    for (period, basis), reported in rollups.items():
        below: dict[str, list[Figure]] = defaultdict(list)
        for rollup_unit, figures in reported.items():
            parent = rollup_unit.removesuffix("/unallocated") if "/" in rollup_unit else parents.get(rollup_unit)
            below[parent or "the country"].append(figures)
        for parent, children in below.items():
            if parent != "the country":
                assert reported[parent] == added(children), (period, basis, parent)
                checked[period, basis] += 1

    assert checked["2024", "as_reported"] == 691 + 63
    assert {checked[key] for key in checked if key != ("2024", "as_reported")} == {34}
    assert len(checked) == 6


def added(children: Iterable[Figure]) -> Figure:
    return Figure(*(sum(column) for column in zip(*map(astuple, children), strict=True)))


def test_the_provinces_are_the_same_on_both_maps(rollups):
    old, today = rollups["2024", "as_reported"], rollups["2024", "current"]
    for province in set(SUCCESSOR_OF_PROVINCE.values()):
        merged = [old[before] for before, successor in SUCCESSOR_OF_PROVINCE.items() if successor == province]
        assert today[province] == added(merged), province
    whole = sum_of(SENT["2024"].values())

    assert added(of_level(old, SUCCESSOR_OF_PROVINCE).values()) == whole
    assert added(of_level(today, SUCCESSOR_OF_PROVINCE.values()).values()) == whole


def test_ten_districts_that_ended_are_found_whole_in_todays_province_24():
    query = """
        select unit_id, boundary_basis, numerator, denominator, units_expected, units_reporting
        from fct_indicator_rollup
        where programme_code = 'bacgiang-maternal-child-2025' and period = '2024' and indicator_code = 'I.2'
            and split_part(unit_id, '@', 1) in ('24', '27')
    """
    with database.connect() as connection:
        reported = {(unit, basis): tuple(figures) for unit, basis, *figures in connection.execute(query)}
    whole = (sum(cases for cases, _ in SENT_BY_DISTRICTS.values()), 3_000, 10, 10)

    assert reported == {
        ("24@start", "as_reported"): whole,
        ("24@2025-07-01", "current"): whole,
        ("24@2025-07-01/unallocated", "current"): whole,
    }


def test_a_change_of_type_makes_no_new_unit_and_loses_nothing(rollups):
    """On 2026-09-20 Bắc Ninh became a city and twelve of its communes wards, between the two quarters."""
    changed = {row["unit_id"] for row in UNITS if row["valid_from"] == "2026-09-20"}
    communes = {unit for unit in COMMUNES_OF_TODAY if PROVINCE_OF_TODAY[unit] == "24@2025-07-01"}
    before, after = rollups["2026-Q2", "current"], rollups["2026-Q4", "current"]

    assert len(changed) == 13 and changed - {"24@2025-07-01"} <= communes and len(communes) == 99
    assert before.keys() == after.keys() == set(COMMUNES_OF_TODAY) | set(SUCCESSOR_OF_PROVINCE.values())
    for period, reported in (("2026-Q2", before), ("2026-Q4", after)):
        sent = SENT[period]
        assert reported["24@2025-07-01"] == sum_of(sent[commune] for commune in communes)
        assert of_level(reported, communes) == gathered(
            {unit: sent[unit] for unit in communes}, lambda commune: commune
        )
        assert reported == rollups[period, "as_reported"]
