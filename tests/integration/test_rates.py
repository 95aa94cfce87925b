"""Rates of random reports, at any time and day by day, against plain Python that reads the same reports.

Everything is made up: a map of two provinces whose districts ended, two programmes, reports that are refused,
corrected, retracted, late, or judged in another order than they came, a deadline that is moved and acts that excuse.
Set RATES_SEED to look at other ones.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from pipeline import building
from tests.integration import grain
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue
from tests.integration.reports import VERDICT, verdict
from warehouse import clock, database
from warehouse.clock import ZONE

SEED = int(os.environ.get("RATES_SEED", "20261130"))
FIRST_BUILD, SECOND_BUILD = datetime(2026, 12, 4, 18, tzinfo=ZONE), datetime(2027, 2, 1, 9, tzinfo=ZONE)
COMMUNES, DISTRICTS = "gia-dinh-xa", "gia-dinh-huyen"
PROVINCES = ("91", "92")
MADE_UP = "số liệu giả định"
REQUIRED = {("commune", "UBND"): {"1", "2"}, ("commune", "CA"): {"4"}, ("province", "UBND"): set()}
OTHER_LINES = {("commune", "UBND"): {"3"}}
KINDS = {"7": "exact", "KPS": "nil", "không áp dụng": "not_applicable", "": "missing"}
RATES = ("submitted", "on_time", "accepted", "complete")

Ancestor = tuple[str, str, str]
"""Programme, period and the id of a place."""


@dataclass(frozen=True)
class Sent:
    """One report: when it arrived, when the gate decided, and its content by indicator."""

    received: datetime
    decided: datetime
    kind: str
    status: str
    lines: dict[str, str]
    submission_id: UUID = field(default_factory=uuid4)

    @property
    def is_accepted(self) -> bool:
        return self.status != "rejected"


@dataclass(frozen=True)
class Terms:
    """What was decided of an obligation from a time on."""

    since: datetime
    deadline: datetime | None
    is_excused: bool = False


@dataclass
class Owed:
    """One obligation and its terms in time; places: where it is counted below the country."""

    programme: str
    period: str
    code: str
    agency: str
    terms: list[Terms]
    required: set[str]
    ancestors: list[str]
    form: str = "figures"
    sent: list[Sent] = field(default_factory=list)

    def terms_at(self, instant: datetime) -> Terms | None:
        begun = [terms for terms in self.terms if terms.since <= instant]
        return begun[-1] if begun else None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.programme, self.period, self.code, self.agency

    def status_at(self, instant: datetime) -> tuple[dict[str, bool], int]:
        """Which of the four it is at a time, and how many required lines are present: the reports, replayed."""
        arrived: list[Sent] = []
        lines: dict[str, str] = {}
        for report in self.sent:
            if report.decided > instant:
                continue
            if report.is_accepted and report.kind == "retraction":
                arrived, lines = [], {}
                continue
            arrived.append(report)
            if report.is_accepted:
                lines = report.lines if report.kind == "full" else lines | report.lines
        terms = self.terms_at(instant)
        deadline = terms.deadline if terms else None
        arrivals = [report.received for report in arrived if report.is_accepted]
        lines_present = sum(lines.get(code, "") != "" for code in self.required)
        return {
            "submitted": bool(arrived),
            "on_time": bool(arrivals) and deadline is not None and min(arrivals) < deadline,
            "accepted": bool(arrivals),
            "complete": bool(arrivals) and lines_present == len(self.required),
        }, lines_present


def at(day: str, hour: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), ZONE)


BEGINS = {COMMUNES: at("2026-01-01"), DISTRICTS: at("2023-01-01")}


# --- what is owed -----------------------------------------------------------------------------------------------------


def obligations() -> list[Owed]:
    """Communes of today owe two reports for 2026, provinces a document; old ones one for 2023, and their districts one
    without a date for 2024.

    The agency's date was moved on 2026-12-12, when it had passed; one commune is excused since 2026-11-25, another from
    the beginning.
    """
    owed = []
    for province in PROVINCES:
        above = f"{province}@start"
        for number in range(12):
            code = f"{province}{number:03}"
            ancestors = [f"{code}@2025-07-01", above]
            own = [Terms(BEGINS[COMMUNES], at("2026-12-12" if code == "91003" else "2026-11-30"))]
            if code == "91004":
                own.append(Terms(at("2026-11-25"), at("2026-11-30"), is_excused=True))
            is_excused = code == "92005"
            moved = [
                Terms(BEGINS[COMMUNES], at("2026-12-06"), is_excused),
                Terms(at("2026-12-12"), at("2026-12-16"), is_excused),
            ]
            owed.append(Owed(COMMUNES, "2026", code, "UBND", own, REQUIRED["commune", "UBND"], ancestors))
            owed.append(Owed(COMMUNES, "2026", code, "CA", moved, REQUIRED["commune", "CA"], ancestors))
        of_province = [Terms(BEGINS[COMMUNES], at("2026-12-20"))]
        owed.append(Owed(COMMUNES, "2026", province, "UBND", of_province, set(), [above], "document"))
    for number in range(3):
        ancestors = [f"9{number + 50}@start", "91@start"]
        undated = [Terms(BEGINS[DISTRICTS], None)]
        owed.append(Owed(DISTRICTS, "2024", f"9{number + 50}", "UBND", undated, {"1"}, ancestors))
        for commune in range(2):
            code = f"9{number}8{commune}0"
            dated = [Terms(BEGINS[DISTRICTS], at("2023-12-15"))]
            owed.append(Owed(DISTRICTS, "2023", code, "UBND", dated, {"1"}, [f"{code}@start", *ancestors]))
    return owed


def draw(catalogue: OwnCatalogue) -> None:
    """The map and the programmes of obligations()."""
    units = [unit("91", "province"), unit("92", "province")]
    lineage = []
    units += [unit(f"{p}{n:03}", "commune", p, since="2025-07-01") for p in ("91", "92") for n in range(12)]
    for number in range(3):
        units.append(unit(f"9{number + 50}", "district", "91", until="2025-07-01"))
        for commune in range(2):
            old, new = f"9{number}8{commune}0", f"91{number * 2 + commune:03}"
            units.append(unit(old, "commune", f"9{number + 50}", until="2025-07-01"))
            lineage.append(
                {"old_unit_id": f"{old}@start", "old_code": old, "old_name": MADE_UP}
                | {"new_unit_id": f"{new}@2025-07-01", "new_code": new, "new_name": MADE_UP}
                | {"relation": "whole", "effective_on": "2025-07-01"}
            )
    catalogue.draw_map(units, lineage)
    add_programmes(catalogue)


def unit(code: str, level: str, parent: str = "", since: str = "", until: str = "") -> dict[str, str]:
    return {
        "unit_id": f"{code}@{since or 'start'}",
        "unit_code": code,
        "unit_name": f"Đơn vị giả định {code}",
        "unit_type": "xã" if level == "commune" else "",
        "unit_level": level,
        "parent_code": parent,
        "valid_from": since,
        "valid_to": until,
    }


def add_programmes(catalogue: OwnCatalogue) -> None:
    """Rows of the two programmes; what a column does not say here is empty."""
    yearly = {"period_type": "year", "data_window": "calendar", "day_off_rule": "stays", "min_coverage_pct": 100}
    reported = {"name_vi": MADE_UP, "root_unit_code": "91", "ends_on": "2028-12-31"}
    catalogue.append(
        "programmes",
        [
            {"programme_code": code, "starts_on": f"{begins:%Y-%m-%d}"} | reported | yearly
            for code, begins in BEGINS.items()
        ],
    )
    catalogue.append(
        "periods",
        [
            {"programme_code": programme, "period": period, "kind": kind}
            | {"data_from": f"{period}-01-01", "data_to": f"{period}-12-31"}
            for programme, period, kind in (
                (COMMUNES, "2026", "owed"),
                (COMMUNES, "2027", "owed"),
                (DISTRICTS, "2022", "baseline"),
                (DISTRICTS, "2023", "owed"),
                (DISTRICTS, "2024", "owed"),
            )
        ],
    )
    reporting = [
        (COMMUNES, "commune", agency, p, "figures", "2026", "2027") for agency in ("UBND", "CA") for p in PROVINCES
    ]
    reporting += [(COMMUNES, "province", "UBND", p, "document", "2026", "2027") for p in PROVINCES]
    reporting.append((DISTRICTS, "commune", "UBND", "91", "figures", "2022", "2023"))
    reporting.append((DISTRICTS, "district", "UBND", "91", "figures", "2024", "2024"))
    catalogue.append(
        "reporters",
        [
            {"programme_code": programme, "unit_level": level, "agency_code": agency, "form": form}
            | {"is_owed": "true", "feeds_rollup": "false", "within_unit_code": root, "is_assumption": "true"}
            | {"period_from": first, "period_to": last}
            for programme, level, agency, root, form, first, last in reporting
        ],
    )
    dates = [
        (COMMUNES, "2026", "commune", "UBND", "", 1, "2026-11-30", "exclusive", ""),
        (COMMUNES, "2026", "commune", "UBND", "91003", 1, "2026-12-11", "inclusive", ""),
        (COMMUNES, "2026", "commune", "CA", "", 1, "2026-12-05", "inclusive", ""),
        (COMMUNES, "2026", "commune", "CA", "", 2, "2026-12-15", "inclusive", "2026-12-12"),
        (COMMUNES, "2026", "province", "UBND", "", 1, "2026-12-20", "exclusive", ""),
        (COMMUNES, "2027", "commune", "UBND", "", 1, "2027-11-30", "exclusive", ""),
        (DISTRICTS, "2023", "commune", "UBND", "", 1, "2023-12-15", "exclusive", ""),
    ]
    names = ("programme_code", "period", "unit_level", "agency_code", "unit_code", "revision", "deadline_on")
    names = (*names, "reading", "decided_on")
    reported = {"is_assumption": "true", "phrase_vi": MADE_UP}
    catalogue.append("deadlines", [dict(zip(names, row, strict=True)) | reported for row in dates])
    excused = {"programme_code": COMMUNES, "period": "2026", "act": "giả định", "reason_vi": MADE_UP}
    catalogue.append(
        "exemptions",
        [
            excused | {"unit_code": "91004", "agency_code": "UBND", "decided_on": "2026-11-25"},
            excused | {"unit_code": "92005", "agency_code": "CA"},
        ],
    )
    add_indicators(catalogue)


def add_indicators(catalogue: OwnCatalogue) -> None:
    """1 and 2 are required of the unit itself, 3 is not, 4 is required of the agency CA."""
    required_lines = {
        COMMUNES: {"1": "commune", "2": "commune", "3": "commune", "4": "commune"},
        DISTRICTS: {"1": "district"},
    }
    levels = [(p, code, level) for p, codes in required_lines.items() for code, level in codes.items()]
    levels.append((DISTRICTS, "1", "commune"))
    catalogue.append(
        "indicators",
        [
            {"programme_code": programme, "indicator_code": code, "sort_order": code, "name_vi": MADE_UP}
            | {"aggregation": "sum", "is_part_of_whole": "false", "numerator_vi": MADE_UP, "milestone_path": "none"}
            | {"is_required": str(code != "3").lower(), "is_sensitive": "false", "min_coverage_pct": 100, "hard_min": 0}
            | {"code_source": "ours", "made_by": "our reading"}
            for programme, codes in required_lines.items()
            for code in codes
        ],
    )
    catalogue.append(
        "indicator_measures",
        [
            {"programme_code": programme, "indicator_code": code, "unit_level": level, "measure": "count"}
            for programme, code, level in levels
        ],
    )
    catalogue.append("agencies", [{"programme_code": COMMUNES, "agency_code": "CA", "name_vi": "Công an giả định"}])
    catalogue.append(
        "indicator_agencies",
        [
            {"programme_code": COMMUNES, "indicator_code": "4", "agency_code": "CA"}
            | {"is_required": "true", "is_figure": "true"}
        ],
    )


# --- what came --------------------------------------------------------------------------------------------------------


def send(owed: list[Owed], chance: random.Random) -> None:
    """Up to six reports for each; verdicts fall on every sixth hour, so that some share an instant or a midnight."""
    for report in owed:
        deadline = report.terms[-1].deadline
        begins = (deadline or at("2026-03-01")) - timedelta(days=45)
        indicators = report.required | OTHER_LINES.get(("commune", report.agency), set())
        for _ in range(chance.choice((0, 1, 1, 2, 3, 4, 6))):
            received = begins + timedelta(minutes=chance.randrange(70 * 24 * 60))
            if deadline and chance.random() < 0.1:
                received = deadline - timedelta(microseconds=chance.randrange(2))
            decided = received + timedelta(hours=chance.randrange(72))
            decided += timedelta(hours=6 - decided.hour % 6, minutes=-decided.minute, microseconds=-decided.microsecond)
            lines = {code: chance.choice(list(KINDS)) for code in indicators if chance.random() < 0.9}
            kind = chance.choices(("full", "correction", "retraction"), (6, 3, 1))[0]
            status = chance.choices(("accepted", "accepted_with_warnings", "rejected"), (5, 1, 2))[0]
            report.sent.append(
                Sent(received, decided.replace(second=0), kind, status, {} if kind == "retraction" else lines)
            )
        report.sent.sort(key=lambda sent: sent.decided)


def insert(owed: list[Owed], since: datetime, until: datetime) -> int:
    """What was decided in that time, as loader and gate would leave it: verdicts in the order of their time."""
    found = sorted(
        ((sent.decided, number, sent, report) for report in owed for number, sent in enumerate(report.sent)),
        key=lambda row: row[:2],
    )
    chosen = [(sent, report) for decided, _, sent, report in found if since < decided <= until]
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into raw.file values (%s, 'made-up.csv', 1, 'made up', %s, %s)",
            [(sent.submission_id.hex * 2, sent.submission_id, sent.received) for sent, _ in chosen],
        )
        cursor.executemany(
            "insert into raw.submission (submission_id, sha256, batch_id, programme_code, period, unit_code, "
            "agency_code, submission_type, form, is_made_up, received_at) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, true, %s)",
            [
                (id_ := sent.submission_id, id_.hex * 2, id_, *report.key, sent.kind, report.form, sent.received)
                for sent, report in chosen
            ],
        )
        cursor.executemany(
            "insert into raw.line (submission_id, row_no, indicator_code, numerator_raw, numerator_kind, numerator, "
            "denominator_kind, value_kind) values (%s, 1, %s, %s, %s, %s, 'missing', 'missing')",
            [
                (sent.submission_id, code, text, KINDS[text], {"7": "[7,7]", "KPS": "[0,0]"}.get(text))
                for sent, report in chosen
                if report.form == "figures"
                for code, text in sent.lines.items()
            ],
        )
        cursor.executemany(VERDICT, [verdict(sent.submission_id, sent.decided, sent.status) for sent, _ in chosen])
    return len(chosen)


@pytest.fixture(scope="module")
def history(own_database: str) -> Iterator[list[Owed]]:
    """All reports, taken in by two builds: the second knows the first and does only what changed."""
    owed = obligations()
    send(owed, random.Random(SEED))
    with own_catalogue() as catalogue:
        draw(catalogue)
        building.prepare_catalogue()
        before = insert(owed, datetime.min.replace(tzinfo=UTC), FIRST_BUILD)
        with clock.at(FIRST_BUILD):
            building.build()
        after = insert(owed, FIRST_BUILD, SECOND_BUILD)
        with clock.at(SECOND_BUILD):
            building.build()
        assert min(before, after) > 30
        yield owed


@pytest.fixture
def session(history: list[Owed]) -> Iterator[psycopg.Connection]:
    with database.connect("bi") as connection:
        connection.row_factory = dict_row
        yield connection


# --- what the rates have to be ----------------------------------------------------------------------------------------


def counted(owed: Sequence[Owed], instant: datetime) -> dict[Ancestor, tuple[int, ...]]:
    """For every ancestor what is owed, what of it has a date, and the four counts, at a time."""
    found: dict[Ancestor, list[int]] = defaultdict(lambda: [0] * 6)
    provinces: dict[tuple[str, str], set[str]] = defaultdict(set)
    for report in owed:
        terms = report.terms_at(instant)
        if terms and not terms.is_excused:
            flags, _ = report.status_at(instant)
            provinces[report.programme, report.period].add(report.ancestors[-1])
            for ancestor in [*report.ancestors, "VN"]:
                row = (1, terms.deadline is not None, *flags.values())
                sums = found[report.programme, report.period, ancestor]
                found[report.programme, report.period, ancestor] = [a + b for a, b in zip(sums, row, strict=True)]
    return {
        ancestor: tuple(sums)
        for ancestor, sums in found.items()
        if ancestor[2] != "VN" or len(provinces[ancestor[0], ancestor[1]]) > 1
    }


def reported(rows: Sequence[dict]) -> dict[Ancestor, tuple[int, ...]]:
    """The rows of a mart, whose percentages have to be those of their counts."""
    for row in rows:
        for rate in RATES:
            base = row["obligations_dated"] if rate == "on_time" else row["obligations"]
            share = row[f"{rate}_pct"]
            assert share is None if base == 0 else float(share) == pytest.approx(100 * row[f"reports_{rate}"] / base)
    return {
        (row["programme_code"], row["period"], row["unit_id"]): (
            row["obligations"],
            row["obligations_dated"],
            *(row[f"reports_{rate}"] for rate in RATES),
        )
        for row in rows
    }


def set_as_of(session: psycopg.Connection, instant: datetime) -> None:
    session.execute("select set_config('baocao.as_of', %s, false)", [instant.isoformat()])


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZONE) - timedelta(microseconds=1)


def instants_of(owed: Sequence[Owed]) -> list[datetime]:
    """The very instants of some verdicts, those just before them, and some at which nothing happens."""
    decided = sorted({sent.decided for report in owed for sent in report.sent})
    chosen = random.Random(SEED).sample(decided, 8)
    before = [instant - timedelta(microseconds=1) for instant in chosen[:4]]
    decisions = [at("2026-11-25"), at("2026-11-30"), at("2026-12-12")]
    return [*chosen, *before, *decisions, at("2023-12-16"), at("2022-12-31"), SECOND_BUILD]


def test_every_kind_of_history_is_among_them(history):
    seen = defaultdict(int)
    for report in history:
        kinds = [sent.kind for sent in report.sent if sent.is_accepted]
        stages = [report.status_at(sent.decided)[0] for sent in report.sent]
        pairs = list(pairwise(stages))
        seen["retracted"] += "retraction" in kinds
        seen["corrected"] += "correction" in kinds
        seen["incomplete again"] += any(
            one["complete"] and two["accepted"] and not two["complete"] for one, two in pairs
        )
        seen["withdrawn"] += any(one["accepted"] and not two["submitted"] for one, two in pairs)
        before, after = (report.status_at(at("2026-12-12") - timedelta(microseconds=us))[0] for us in (1, 0))
        seen["on time by decision"] += after["on_time"] > before["on_time"]
        seen["in another order"] += any(one.received > two.received for one, two in pairwise(report.sent))
        seen["late"] += any(stage["accepted"] and not stage["on_time"] for stage in stages)
        seen["in one moment"] += len({sent.decided for sent in report.sent}) < len(report.sent)
        seen["refused"] += any(not sent.is_accepted for sent in report.sent)
    assert {kind: number for kind, number in seen.items() if number == 0} == {}


def test_rates_are_those_of_plain_python_at_any_moment(history, session):
    for instant in instants_of(history):
        set_as_of(session, instant)
        rows = session.execute("select * from marts.rpt_reporting_rates where period <> '2027'").fetchall()
        assert reported(rows) == counted(history, instant), (SEED, instant)


def test_required_lines_are_those_of_plain_python_at_any_moment(history, session):
    for instant in instants_of(history):
        set_as_of(session, instant)
        rows = session.execute(
            "select programme_code, period, unit_code, agency_code, lines_reported, is_complete "
            "from marts.fct_report_obligation where period <> '2027'"
        ).fetchall()
        expected = {}
        for report in history:
            if not report.terms_at(instant):
                continue
            flags, lines_present = report.status_at(instant)
            expected[report.key] = (lines_present if flags["accepted"] else 0, flags["complete"])
        assert {tuple(row.values())[:4]: tuple(row.values())[4:] for row in rows} == expected, (SEED, instant)


def test_each_day_is_told_as_it_ended(history, session):
    set_as_of(session, SECOND_BUILD)
    rows = session.execute("select * from marts.rpt_reporting_rates_daily").fetchall()
    days: dict[tuple[str, str, date], list[dict]] = defaultdict(list)
    for row in rows:
        days[row["programme_code"], row["period"], row["day"]].append(row)

    assert len(days) > 100
    for (programme, period, day), of_day in days.items():
        reports = [report for report in history if (report.programme, report.period) == (programme, period)]
        assert reported(of_day) == counted(reports, end_of(day)), (SEED, programme, period, day)


def test_the_days_begin_before_the_first_date_and_end_after_the_last_but_never_after_the_moment(history, session):
    spans = "select min(day) as first, max(day) as last from marts.rpt_reporting_rates_daily where programme_code = %s"
    counting = {
        programme: [
            sent.decided.date()
            for report in history
            if report.programme == programme and not report.terms[0].is_excused
            for sent in report.sent
            if sent.kind != "retraction" or not sent.is_accepted
        ]
        for programme in (COMMUNES, DISTRICTS)
    }
    set_as_of(session, SECOND_BUILD)
    communes = session.execute(spans, [COMMUNES]).fetchone()
    districts = session.execute(spans, [DISTRICTS]).fetchone()
    set_as_of(session, at("2026-11-10", 12))
    early = session.execute(spans, [COMMUNES]).fetchone()

    assert communes["first"] == min(date(2026, 10, 30), *counting[COMMUNES])
    assert communes["last"] == date(2026, 12, 19) + timedelta(days=30)
    assert districts["first"] == min(date(2023, 11, 14), *counting[DISTRICTS])
    assert date(2026, 1, 1) < districts["last"] < date(2026, 6, 1)
    assert early["last"] == date(2026, 11, 10)


def test_a_day_that_is_not_over_is_told_as_far_as_it_has_gone(history, session):
    communes = [report for report in history if report.programme == COMMUNES]
    verdict = next(sent.decided for report in communes for sent in report.sent if sent.decided.hour == 12)
    for instant in (verdict, verdict - timedelta(microseconds=1)):
        set_as_of(session, instant)
        rows = session.execute(
            "select * from marts.rpt_reporting_rates_daily where programme_code = %s and day = %s",
            [COMMUNES, instant.date()],
        ).fetchall()
        assert rows
        assert reported(rows) == counted(communes, instant)


def test_the_country_is_told_where_units_of_several_provinces_owe(history, session):
    set_as_of(session, SECOND_BUILD)
    rows = session.execute("select * from marts.rpt_reporting_rates where unit_code = 'VN'").fetchall()

    assert {(row["programme_code"], row["unit_level"]) for row in rows} == {(COMMUNES, "country")}


def test_every_mart_keeps_its_grain(history):
    assert grain.broken() == []
