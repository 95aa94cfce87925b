"""Communes that merge, are split, move and give their codes away between reports: all is as in plain Python.

Many made-up cases share two maps and two builds. Set SUCCESSIONS_SEED to look at others than those of the default; a
failure prints the seed and the smallest case.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from expectations import gate
from pipeline import building, completeness
from tests.integration import made_up_successions as made_up
from tests.integration import succession_reference as reference
from tests.integration.made_up_successions import INDICATORS, PERIODS, ROUNDS, SECOND_MAP, Case
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.succession_reference import Figure, Lines, Map, Report, Season
from warehouse import clock, database
from warehouse.as_of import set_session_as_of
from warehouse.settings import aware

SEED = int(os.environ.get("SUCCESSIONS_SEED", "20261101"))
CASES = made_up.cases(int(os.environ.get("SUCCESSIONS_CASES", "100")), SEED)
PROGRAMME, MADE_UP = "gia-dinh", "số liệu giả định"
AS_OF = [date(2025, 8, 11), date(2025, 12, 16), date(2026, 11, 10), date(2026, 11, 16)]
TODAY = date(2026, 12, 20)


@dataclass
class Verdict:
    """What became of a report: the unit that it is about, and whether it was accepted."""

    report: Report
    unit_id: str | None
    rule: str | None

    @property
    def is_accepted(self) -> bool:
        return self.rule is None


@dataclass
class Gate:
    """The verdicts by plain Python: per case in the order of arrival."""

    verdicts: dict[date, list[Verdict]] = field(default_factory=lambda: defaultdict(list))

    def check(self, map_: Map, day: date, reports: list[Report]) -> None:
        periods = {period.name: period for period in PERIODS}
        for report in reports:
            self.verdicts[day].append(Verdict(report, *reference.resolve(map_, periods[report.period], report)))

    def in_force(self, period: str, day: date) -> dict[str, Lines]:
        """The lines of each unit that has reported by the end of a day."""
        found: dict[str, Lines] = {}
        for verdict in self.until(day):
            if verdict.is_accepted and verdict.report.period == period and verdict.unit_id:
                if verdict.report.kind == "retraction":
                    found.pop(verdict.unit_id, None)
                elif verdict.report.kind == "full":
                    found[verdict.unit_id] = verdict.report.lines
                else:
                    found[verdict.unit_id] = {**found.get(verdict.unit_id, {}), **verdict.report.lines}
        return found

    def until(self, day: date) -> Iterator[Verdict]:
        return (verdict for on, verdicts in self.verdicts.items() if on <= day for verdict in verdicts)

    def statuses(self, period: reference.Period) -> dict[str, str]:
        """Of each unit that has sent something since it last withdrew."""
        found: dict[str, str] = {}
        for verdict in self.until(TODAY):
            unit = verdict.unit_id
            if verdict.report.period != period.name or unit is None:
                continue
            if verdict.is_accepted and verdict.report.kind == "retraction":
                found.pop(unit, None)
            elif verdict.is_accepted and found.get(unit, "rejected") == "rejected":
                found[unit] = "on_time" if verdict.report.received_on < period.deadline else "late"
            else:
                found.setdefault(unit, "rejected")
        return found


def checked(case: Case) -> Gate:
    gate_ = Gate()
    for day, reports in case.reports.items():
        gate_.check(case.map if day >= SECOND_MAP else case.first_map, day, reports)
    return gate_


NAMED_RULES = ("unit_ambiguous", "unit_misidentified", None)
"""What the gate calls its reasons where more than one unit may be meant, and no reason at all."""
GATES = {case.number: checked(case) for case in CASES}


@pytest.fixture(scope="module", autouse=True)
def submissions(empty_database: str) -> Iterator[dict[UUID, tuple[Case, Verdict]]]:
    """All rounds were received, the map changed among them. Gives each submission with its expected verdict."""
    found: dict[UUID, tuple[Case, Verdict]] = {}
    with own_catalogue() as catalogue:
        catalogue.draw_map([], [])
        draw(catalogue, [case.first_map for case in CASES])
        plan(catalogue)
        for day in ROUNDS:
            with clock.at(at(day)):
                if day == SECOND_MAP:
                    building.build()
                    draw(catalogue, [case.map for case in CASES])
                building.prepare_catalogue()
                batch = uuid4()
                found |= put(day, batch)
                gate.check(batch)
        with clock.at(at(TODAY)):
            building.build()
            yield found


def at(day: date) -> str:
    return f"{day}T08:00:00+07:00"


def draw(catalogue: OwnCatalogue, maps: list[Map]) -> None:
    """The rows of these maps in the catalogue, in place of others."""
    catalogue.replace(
        "org_units", [row for map_ in maps for unit in map_.units.values() for row in unit_rows(map_, unit)]
    )
    catalogue.replace(
        "org_unit_lineage",
        [lineage_row(map_, old, new) for map_ in maps for old, news in map_.successors.items() for new in news],
    )
    catalogue.replace(
        "split_weights",
        [
            {"old_unit_id": old, "new_unit_id": new, "weight": Decimal(share.numerator) / share.denominator}
            | {"basis_vi": MADE_UP, "source": MADE_UP}
            for map_ in maps
            for old, shares in map_.shares.items()
            for new, share in shares.items()
        ],
    )


def unit_rows(map_: Map, unit: reference.Unit) -> Iterator[dict[str, object]]:
    for version in unit.versions:
        yield {
            "unit_id": unit.unit_id,
            "unit_code": unit.code,
            "unit_name": version.name,
            "unit_type": "xã",
            "unit_level": unit.level,
            "parent_code": map_.units[version.parent_id].code if version.parent_id else "",
            "valid_from": "" if version.since == date.min else version.since,
            "valid_to": version.until or "",
        }


def lineage_row(map_: Map, old: str, new: str) -> dict[str, object]:
    return {
        "old_unit_id": old,
        "old_code": map_.units[old].code,
        "old_name": map_.units[old].versions[-1].name,
        "new_unit_id": new,
        "new_code": map_.units[new].code,
        "new_name": map_.units[new].versions[0].name,
        "relation": "whole" if len(map_.successors[old]) == 1 else "partial",
        "effective_on": map_.units[new].began,
    }


def plan(catalogue: OwnCatalogue) -> None:
    """One programme that every commune owes, due before 30 November of 2025 and of 2026."""
    provinces = [unit.code for case in CASES for unit in case.map.units.values() if unit.level == "province"]
    programme = {"name_vi": MADE_UP, "starts_on": "2025-01-01", "ends_on": "2030-12-31", "period_type": "year"}
    programme |= {"data_window": "calendar", "day_off_rule": "stays", "min_coverage_pct": 100}
    reporter = {"unit_level": "commune", "agency_code": "UBND", "form": "figures", "is_owed": "true"}
    reporter |= {"feeds_rollup": "true", "period_from": "2025", "period_to": "2026", "is_assumption": "true"}
    deadline = {"unit_level": "commune", "agency_code": "UBND", "revision": 1, "reading": "exclusive"}
    deadline |= {"phrase_vi": "trước ngày 30/11", "is_assumption": "true", "source": MADE_UP}
    indicator = {"name_vi": "Chỉ tiêu giả định", "numerator_vi": MADE_UP, "denominator_vi": MADE_UP}
    indicator |= {"milestone_path": "none", "is_required": "true", "is_sensitive": "false", "min_coverage_pct": 100}
    indicator |= {"hard_min": 0, "code_source": "ours", "made_by": "our reading"}
    share = {"indicator_code": "share", "sort_order": 1, "aggregation": "ratio", "factor": 100, "hard_max": 100}
    births = {"indicator_code": "births", "sort_order": 2, "aggregation": "sum", "is_part_of_whole": "false"}
    rows: dict[str, list[dict[str, object]]] = {
        "programmes": [programme],
        "periods": [{"period": period.name, "kind": "owed"} for period in PERIODS],
        "reporters": [reporter | {"within_unit_code": province} for province in provinces],
        "deadlines": [deadline | {"period": period.name, "deadline_on": period.deadline} for period in PERIODS],
        "indicators": [indicator | share | {"is_part_of_whole": "true"}, indicator | births],
        "indicator_measures": [
            {"indicator_code": code, "unit_level": level, "measure": measure}
            for code, measure in (("share", "rate"), ("births", "count"))
            for level in ("commune", "district", "province")
        ],
    }
    for seed, of_seed in rows.items():
        catalogue.append(seed, [{"programme_code": PROGRAMME} | row for row in of_seed])


def put(day: date, batch: UUID) -> dict[UUID, tuple[Case, Verdict]]:
    """The reports of a day in raw, as the loader leaves them: all in one file, second by second."""
    found = {uuid4(): (case, verdict) for case in CASES for verdict in GATES[case.number].verdicts[day]}
    files, sections, lines = batch.hex * 2, [], []
    for second, (submission, (_, verdict)) in enumerate(found.items()):
        report, received_at = verdict.report, aware(at(day)) - timedelta(hours=1) + timedelta(seconds=second)
        keys = [report.period, report.code, report.unit_id, report.unit_name, report.kind]
        sections.append([submission, files, batch, PROGRAMME, *keys, received_at])
        for row_no, (indicator, (numerator, denominator)) in enumerate(report.lines.items()):
            interval = f"[{denominator},{denominator}]" if denominator is not None else None
            kind = "exact" if interval else "missing"
            lines.append([submission, row_no, indicator, f"[{numerator},{numerator}]", kind, interval])
    with database.connect("loader") as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into raw.file values (%s, 'gia-dinh.csv', 1, 'made up', %s, %s)", [files, batch, at(day)]
        )
        cursor.executemany(
            "insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, unit_id, "
            "unit_name, submission_type, received_at, is_made_up) values (" + "%s, " * 10 + "true)",
            sections,
        )
        cursor.executemany(
            "insert into raw.line (submission_id, row_no, indicator_code, numerator_kind, numerator, denominator_kind, "
            "denominator, value_kind) values (%s, %s, %s, 'exact', %s, %s, %s, 'missing')",
            lines,
        )
    return found


FullKey = tuple[str, str, str, str]
"""A period, and a key of the reference."""


def figures_as_of(as_of: date | None = None) -> dict[FullKey, Figure]:
    query = """
        select period, unit_id, boundary_basis, indicator_code, numerator, denominator, units_expected,
            units_reporting, has_predecessors, is_estimated
        from fct_indicator_rollup
    """
    found: dict[FullKey, Figure] = {}
    with database.connect() as connection:
        set_session_as_of(connection, as_of and aware(at(as_of)))
        for *key, numerator, denominator, expected, reporting, has_predecessors, is_estimated in connection.execute(
            query
        ):
            sums = (None if part is None else Fraction(part) for part in (numerator, denominator))
            found[tuple(key)] = Figure(*sums, expected, reporting, has_predecessors, is_estimated)
    return found


def season(case: Case, period: reference.Period, day: date) -> Season:
    return Season(case.map, period, GATES[case.number].in_force(period.name, day))


CASE_OF = {unit: case for case in CASES for unit in case.map.units}
PROVINCES = {unit.unit_id for case in CASES for unit in case.map.units.values() if unit.level == "province"}


def assert_agrees(made: dict[tuple, object], expected: dict[tuple, object]) -> None:
    """Raises with the differences, those of the smallest cases first. The second part of a key is a unit."""

    def case_of(key: tuple) -> Case:
        return CASE_OF[key[1].removesuffix("/unallocated")]

    wrong = [key for key in made.keys() | expected.keys() if made.get(key) != expected.get(key)]
    wrong.sort(key=lambda key: (len(case_of(key).kinds), len(case_of(key).map.units), key))
    lines = [
        f"seed {SEED}, case {case_of(key).number}, {key}\n  made:     {made.get(key)}\n  expected: {expected.get(key)}"
        for key in wrong[:10]
    ]
    assert not wrong, f"{len(wrong)} of {len(expected)} differ.\n" + "\n".join(lines)


def test_the_cases_hold_everything_that_can_happen():
    """A generator that has stopped to merge, split or move would prove nothing."""
    kinds = [kind for case in CASES for kind in case.kinds]
    assert min(map(kinds.count, ("merge", "split", "mix", "rename", "away", "version", "lost"))) >= 10
    rules = [verdict.rule for gate_ in GATES.values() for verdict in gate_.until(TODAY)]
    assert min(map(rules.count, (*NAMED_RULES, "not_admissible"))) >= 15
    seasons = [season(case, period, day) for case in CASES for period in PERIODS for day in (*AS_OF, TODAY)]
    formers = [(found, unit) for found in seasons for unit in found.former() if unit in found.reports]
    assert sum(found.is_superseded(unit) for found, unit in formers) > 100
    assert sum(not found.successors(unit) for found, unit in formers) > 30
    assert sum(len(found.successors(unit)) > 1 for found, unit in formers) > 100


def test_the_gate_decides_for_each_file_as_the_rule_says(submissions):
    query = """
        select verdict.submission_id, verdict.unit_id, verdict.status,
            (select min(rule) from ops.submission_issue as issue
             where issue.submission_id = verdict.submission_id and severity = 'critical')
        from ops.submission_verdict as verdict
    """
    with database.connect() as connection:
        made = {
            submission: (
                unit,
                rule if rule in NAMED_RULES else "not_admissible",
            )
            for submission, unit, _, rule in connection.execute(query)
        }
    expected = {submission: (verdict.unit_id, verdict.rule) for submission, (_, verdict) in submissions.items()}
    wrong = [key for key in expected if made[key] != expected[key]]
    assert not wrong, f"{len(wrong)} of {len(expected)} differ:\n" + "\n".join(
        f"case {submissions[key][0].number} {submissions[key][1].report}\n made {made[key]} expected {expected[key]}"
        for key in wrong[:10]
    )


@pytest.mark.parametrize("day", [None, *AS_OF], ids=str)
def test_every_figure_of_every_unit_is_the_references(day):
    expected = {
        (period.name, *key): figure
        for case in CASES
        for period in PERIODS
        if day is None or period.since <= day
        for key, figure in reference.figures(season(case, period, day or TODAY), INDICATORS).items()
        if not key[0].startswith("VN/")
    }
    made = {key: figure for key, figure in figures_as_of(day).items() if not key[1].startswith("VN/")}
    assert_agrees(made, expected)


@pytest.mark.parametrize("day", [None, *AS_OF], ids=str)
def test_what_provinces_add_up_is_what_is_in_force_on_both_maps(day):
    made = figures_as_of(day)
    for period in PERIODS:
        for indicator in INDICATORS:
            in_force = sum(
                lines[indicator][0]
                for case in CASES
                for found in [season(case, period, day or TODAY)]
                for unit, lines in found.reports.items()
                if indicator in lines and found.counts(unit)
            )
            for basis in ("as_reported", "current"):
                sums = [
                    figure.numerator or 0
                    for (of_period, unit, of_basis, of_indicator), figure in made.items()
                    if (of_period, of_basis, of_indicator) == (period.name, basis, indicator)
                    and (unit in PROVINCES or unit == reference.COUNTRY_UNALLOCATED)
                ]
                assert sum(sums) == in_force, (period.name, basis, indicator)


def test_who_owes_is_who_exists_on_the_deadline_and_its_own_report_is_what_counts():
    with database.connect() as connection:
        rows = connection.execute("select period, unit_id, status from marts.fct_report_obligation")
        made = {(period, unit): status for period, unit, status in rows}
    expected = {}
    for case in CASES:
        for period in PERIODS:
            statuses = GATES[case.number].statuses(period)
            for unit in season(case, period, TODAY).owing():
                expected[period.name, unit] = statuses.get(unit, "missing")
    assert_agrees(made, expected)


def test_no_change_of_the_map_breaks_a_daily_check():
    with clock.at(at(TODAY)):
        counts = completeness.check().counts
    assert not any(count for (_, rule), count in counts.items() if rule == "report_without_obligation")
