"""What of today's catalogue a draft of the plan's own text proposes by itself: right, drafted and expected by field.

The texts of the five plans are tests/fixtures/plans. Rows of the catalogue that come from elsewhere are not expected:
national targets, indicators with a code of ours, the points of a score sheet beside its criteria.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from ingest.plans.vocabulary import plain
from pipeline.catalogue_drafting import Drafted

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "dbt_project" / "seeds" / "catalogue"
PLANS = ROOT / "tests" / "fixtures" / "plans"
FILES = {
    "bacninh-2026-2030": "000_6962923d4d476e9a.txt",
    "bacgiang-maternal-child-2025": "004_d8f0b99f222f495c.txt",
    "angiang-emulation-2022": "001_d3dcf06d711e9e14.txt",
    "langson-child-friendly-2024": "003_289b0af28913b556.txt",
    "haiphong-directive28": "002_30d68d31be693cc7.txt",
}
SAME_KIND = {
    "OCR": "wording",
    "overlapping duty, missing recipient": "overlapping duty",
    "target looser than 2023 actual": "target looser than baseline",
    "text vs annex comparator": "text vs annex",
}
"""Kinds of contradictions that were written by hand, and what the rules call them."""

Row = Mapping[str, str | None]
ALIKE = 0.85


class Score(NamedTuple):
    """right: drafted and as today's catalogue has it."""

    right: int
    drafted: int
    expected: int

    def __str__(self) -> str:
        return f"{_percent(self.right, self.drafted)} / {_percent(self.right, self.expected)}"


def _percent(part: int, whole: int) -> str:
    return f"{part}:{whole}" if whole else "–"


def catalogue(seed: str, programme: str) -> list[dict[str, str]]:
    with (CATALOGUE / f"{seed}.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["programme_code"] == programme]


def scores(found: Drafted) -> dict[str, Score]:
    """By field; precision is right:drafted and recall right:expected."""
    made = {seed: [row.cells for row in found.drafts if row.seed == seed] for seed in ("indicators", "targets")}
    made |= {seed: [row.cells for row in found.drafts if row.seed == seed] for seed in ("baselines", "agencies")}
    pairs, expected = _pairs(found.programme, made["indicators"])
    by_field = {"indicator": Score(len(pairs), len(made["indicators"]), len(expected))}
    for name, column in FIELDS.items():
        by_field[name] = _of_column(column, pairs, made["indicators"], expected)
    codes = {drafted["indicator_code"]: row["indicator_code"] for drafted, row in pairs}
    by_field |= _of_targets(found.programme, made["targets"], codes)
    by_field["baseline"] = _of_baselines(found.programme, made["baselines"])
    by_field |= _of_agencies(found.programme, made["agencies"])
    by_field["deadline"] = _of_deadlines(found)
    return by_field


FIELDS = {
    "name": "name_vi",
    "unit": "unit_vi",
    "objective": "objective_vi",
    "aggregation": "aggregation",
    "direction": "direction",
    "lead agency": "lead_agency_vi",
}


def _pairs(programme: str, drafted: Sequence[Row]) -> tuple[list[tuple[Row, Row]], list[Row]]:
    """The rows of one indicator, by code, else by the line of the plan; and all rows that the plan itself numbers."""
    rows = catalogue("indicators", programme)
    by_code = {row["indicator_code"]: row for row in rows}
    by_line = {row["source_line"]: row for row in rows if row["code_source"] == "ours"}
    pairs = [
        (each, by_code.get(each["indicator_code"] or "") or by_line.get(each["source_line"] or "")) for each in drafted
    ]
    known = [(each, row) for each, row in pairs if row]
    expected = [row for row in rows if row["code_source"] == "plan" or any(row is of for _, of in known)]
    return known, expected


def _of_column(column: str, pairs: Sequence[tuple[Row, Row]], drafted: Sequence[Row], expected: Sequence[Row]) -> Score:
    right = sum(bool(each.get(column)) and _same(each.get(column), row[column]) for each, row in pairs)
    return Score(right, sum(bool(row.get(column)) for row in drafted), sum(bool(row[column]) for row in expected))


def _same(one: str | None, other: str | None) -> bool:
    return plain(one or "").rstrip(" .") == plain(other or "").rstrip(" .")


def _equal(one: str | None, other: str | None) -> bool:
    """Texts, or numbers however they are written."""
    numbers = [float(value) for value in (one, other) if value and re.fullmatch(r"\d+(\.\d+)?", value)]
    return (one or "") == (other or "") or (len(numbers) == 2 and numbers[0] == numbers[1])


def _of_targets(programme: str, drafted: Sequence[Row], codes: Mapping[str | None, str | None]) -> dict[str, Score]:
    rows = {
        (row["indicator_code"], row["target_scope"], row["target_year"]): row
        for row in catalogue("targets", programme)
        if row["target_scope"] != "national"
    }
    pairs = [
        (each, rows.get((codes.get(each["indicator_code"]), each["target_scope"], each["target_year"])))
        for each in drafted
    ]
    known = [(each, row) for each, row in pairs if row]

    def score(*columns: str) -> Score:
        right = sum(all(_equal(each[name], row[name]) for name in columns) for each, row in known)
        return Score(right, len(drafted), len(rows))

    return {
        "target": Score(len(known), len(drafted), len(rows)),
        "target value": score("target_low", "target_high"),
        "comparator": score("comparator"),
        "measure": score("measure"),
        "bound unit": score("bound_unit_code"),
    }


def _of_baselines(programme: str, drafted: Sequence[Row]) -> Score:
    columns = ("raw", "value_low", "value_high", "unit_code")
    rows = {(row["indicator_code"], row["period"]): row for row in catalogue("baselines", programme)}
    pairs = [(each, rows.get((each["indicator_code"], each["period"]))) for each in drafted]
    right = sum(all(_equal(each[name], row[name]) for name in columns) for each, row in pairs if row)
    return Score(right, len(drafted), len(rows))


def _of_agencies(programme: str, drafted: Sequence[Row]) -> dict[str, Score]:
    rows = catalogue("agencies", programme)
    pairs = [(each, agency_of(each["name_vi"] or "", rows)) for each in drafted]
    known = [(each, row) for each, row in pairs if row]
    same_code = sum(each["agency_code"] == row["agency_code"] for each, row in known)
    return {
        "agency": Score(len(known), len(drafted), len(rows)),
        "agency code": Score(same_code, len(drafted), len(rows)),
    }


def agency_of(name: str, rows: Sequence[Row]) -> Row | None:
    """The agency of the catalogue that has the name, or nearly."""
    alike = {_alike(plain(name), plain(row["name_vi"] or "")): row for row in rows}
    return alike[max(alike)] if alike and max(alike) >= ALIKE else None


def _alike(one: str, other: str) -> float:
    """How alike two names are; a name with its place behind it is nearly the same one."""
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio if one == other else max(ratio, 0.99 * one.startswith(other), 0.99 * other.startswith(one))


def _of_deadlines(found: Drafted) -> Score:
    """A day that comes again every year counts once for each who reports by it."""
    agencies = catalogue("agencies", found.programme)
    codes = {agency.code: agency_of(agency.name, agencies) for agency in found.plan.agencies}
    expected = {
        (row["unit_level"], row["agency_code"], row["unit_code"], row["deadline_on"][5:], row["reading"])
        for row in catalogue("deadlines", found.programme)
    }
    drafted = {
        (
            each.level,
            (known["agency_code"] or "") if (known := codes.get(each.agency)) else each.agency,
            each.unit_code,
            f"{each.month:02}-{each.day:02}",
            each.reading,
        )
        for each in found.plan.deadlines
    }
    return Score(len(drafted & expected), len(drafted), len(expected))


def contradictions(found: Drafted) -> tuple[set[str], set[str], int]:
    """Numbers of the catalogue's contradictions that a rule found and that none did; findings that are none of them."""
    rules = {(each.kind, each.code) for each in found.plan.findings}
    known, missed, matched = set(), set(), set()
    for row in catalogue("contradictions", found.programme):
        kind = SAME_KIND.get(row["kind"], row["kind"])
        keys = {(kind, row["indicator_code"]), (kind, "")} & rules
        matched |= keys
        (known if keys else missed).add(row["contradiction_no"])
    return known, missed - known, len(rules - matched)


def table(by_programme: Mapping[str, Mapping[str, Score]]) -> list[str]:
    """Lines of a Markdown table: a row per field, a column per plan."""
    fields = list(next(iter(by_programme.values())))
    head = ["field", *by_programme]
    rows = [[field, *(str(found[field]) for found in by_programme.values())] for field in fields]
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
