"""The plans sentence by sentence: each is a row of the catalogue or says why it is none, and no row lacks its sentence.

docs/plan_coverage holds line ranges and short quotations; the tables are compared with the catalogue and with
themselves.
"""

import csv
import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "dbt_project" / "seeds" / "catalogue"
COVERAGE = ROOT / "docs" / "plan_coverage"
BACGIANG = "bacgiang-maternal-child-2025"
LINES_OF_PLAN = {
    "bacninh-2026-2030": 247,
    "bacgiang-maternal-child-2025": 738,
    "haiphong-directive28": 996,
    "angiang-emulation-2022": 1339,
    "langson-child-friendly-2024": 410,
}
KINDS = {
    "agenda",
    "aim",
    "basis",
    "budget",
    "criterion",
    "deadline",
    "duty",
    "formality",
    "heading",
    "indicator",
    "inspection",
    "measure",
    "outline",
    "period",
    "recipient",
    "report",
    "review",
    "survey",
    "target",
}
KEYS = {
    "programmes": [],
    "agencies": ["agency_code"],
    "reporters": ["unit_level", "agency_code"],
    "deadlines": ["unit_level", "agency_code", "unit_code"],
    "report_recipients": ["unit_level", "agency_code"],
    "report_signatures": ["signature_no"],
    "indicators": ["indicator_code"],
    "unit_plans": ["unit_code"],
    "targets": ["indicator_code"],
    "baselines": ["indicator_code"],
    "criteria": ["criterion_code"],
    "score_sheets": ["unit_level"],
    "budget_lines": ["line_no"],
    "contradictions": ["contradiction_no"],
}
"""Seeds that a sentence may become a row of, and how a row is named after its seed: agencies:SYT."""

Row = dict[str, str]


@cache
def rows(seed: str) -> list[Row]:
    return _read(CATALOGUE / f"{seed}.csv")


@cache
def covered(programme: str) -> list[Row]:
    return _read(COVERAGE / f"{programme}.csv")


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def name_of(seed: str, row: Row) -> str:
    """reporters:commune/UBND; a seed with one row a programme by its own name."""
    parts = [row[column] for column in KEYS[seed] if row[column]]
    return f"{seed}:{'/'.join(parts)}" if parts else seed


def source_lines(row: Row, file: str) -> list[tuple[int, int]]:
    """The lines of the plan that a row comes from, as it says in source_line or after the file's name in source."""
    if row.get("source_line"):
        return [(int(row["source_line"]), int(row["source_line"]))]
    found = re.match(re.escape(file) + r":(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)", row.get("source", ""))
    ranges = [part.split("-") for part in found[1].split(",")] if found else []
    return [(int(ends[0]), int(ends[-1])) for ends in ranges]


def span(row: Row) -> tuple[int, int]:
    return int(row["first_line"]), int(row["last_line"])


def reports_of(row: Row) -> set[tuple[str, ...]]:
    """The programme, level, agency and period of each report that a row with a first and a last period is about."""
    who = row["programme_code"], row["unit_level"], row["agency_code"]
    periods = [each["period"] for each in rows("periods") if each["programme_code"] == who[0]]
    return {(*who, period) for period in periods if row["period_from"] <= period <= row["period_to"]}


def test_every_programme_has_its_table():
    assert {path.stem for path in COVERAGE.glob("*.csv")} == {row["programme_code"] for row in rows("programmes")}


@pytest.mark.parametrize("programme", LINES_OF_PLAN)
def test_the_ranges_take_in_every_line_of_the_plan(programme):
    spans = [span(row) for row in covered(programme)]
    (source,) = (row["source"] for row in rows("programmes") if row["programme_code"] == programme)

    assert {row["source_file"] for row in covered(programme)} == {source.split(":")[0]}
    assert (spans[0][0], spans[-1][1]) == (1, LINES_OF_PLAN[programme])
    assert [pair for pair in spans if pair[0] > pair[1]] == []
    gaps = [(before, after) for before, after in pairwise(spans) if after[0] - before[1] not in (0, 1)]
    assert gaps == [], "a range begins on the line where the one before it ends, or on the next"


@pytest.mark.parametrize("programme", LINES_OF_PLAN)
def test_a_sentence_is_a_row_that_exists_or_says_why_it_is_none(programme):
    existing = {
        name_of(seed, row) for seed in KEYS for row in rows(seed) if row.get("programme_code", programme) == programme
    }
    for sentence in covered(programme):
        named = sentence["rows"].split()
        assert set(named) <= existing, sentence
        assert named or sentence["reason_vi"], sentence
        assert sentence["kind"] in KINDS, sentence


@pytest.mark.parametrize("programme", LINES_OF_PLAN)
def test_a_row_of_the_catalogue_is_named_by_a_sentence_of_its_own_lines(programme):
    named = defaultdict(list)
    for sentence in covered(programme):
        for name in sentence["rows"].split():
            named[name].append(span(sentence))
    file = covered(programme)[0]["source_file"]
    unnamed = {
        name_of(seed, row)
        for seed in KEYS
        for row in rows(seed)
        if row["programme_code"] == programme
        and (lines := source_lines(row, file))
        and not any(first <= end and begin <= last for first, last in lines for begin, end in named[name_of(seed, row)])
    }

    contradictions = {
        name_of("contradictions", row) for row in rows("contradictions") if row["programme_code"] == programme
    }

    assert unnamed == set()
    assert contradictions <= set(named), "a contradiction knows its plan and not its line"


@pytest.mark.parametrize("programme", LINES_OF_PLAN)
def test_quotations_are_short(programme):
    quotations = [sentence["quotation"] for sentence in covered(programme)]

    assert all(quotations)
    assert [quotation for quotation in quotations if len(quotation) > 75] == []


def test_who_owes_a_report_has_a_recipient_or_the_row_says_that_none_is_named():
    owed = {report for row in rows("reporters") if row["is_owed"] == "true" for report in reports_of(row)}
    addressed = {report for row in rows("report_recipients") for report in reports_of(row)}
    unsaid = [row for row in rows("report_recipients") if not row["recipient_vi"]]

    assert owed <= addressed <= {report for row in rows("reporters") for report in reports_of(row)}
    assert [row for row in unsaid if row["basis_vi"] != "Kế hoạch không nêu nơi nhận."] == []
    assert {row["agency_code"] for row in unsaid} == {"VPHDND", "UBND-CK", "UBND-KSDN", "UBND-KSCN"}
    assert [row for row in rows("report_recipients") if row["is_assumption"] == "true" and not row["basis_vi"]] == []


def test_bac_giangs_money_of_two_years_is_the_total_that_the_plan_prints():
    amounts = {
        row["year"]: int(row["amount_vnd"])
        for row in rows("budget_lines")
        if row["programme_code"] == BACGIANG and row["amount_vnd"]
    }

    assert amounts == {"": 745_880_000, "2024": 378_940_000, "2025": 366_940_000}
    assert amounts[""] == amounts["2024"] + amounts["2025"]
