"""What holds between the counts of a unit is found in its lines."""

import csv
from decimal import Decimal
from pathlib import Path

from publish.disclosure.reading import Key, Links, _figure
from publish.disclosure.types import Count

PLACE = {"unit_id": "07210@start", "agency_code": "UBND"}


def links(*reported: tuple[str, str, int, int], **about: dict[str, object]) -> Links:
    """reported: indicator, period, numerator, denominator. about: columns of an indicator's figures."""
    rows, lines, counts = {}, {}, {}
    for indicator, period, numerator, denominator in reported:
        key = Key(indicator, period, "07210", "as_reported", "rate")
        rows[key] = {"aggregation": "ratio", "is_base_sensitive": False, "part_of_code": None} | about.get(
            indicator, {}
        )
        line = PLACE | {"indicator_code": indicator, "period": period}
        for part, number in (("numerator", numerator), ("denominator", denominator)):
            line |= {f"{part}_low": Decimal(number), f"{part}_high": Decimal(number)}
            name = f"{indicator}/{period}/07210@start/UBND/{part}={number}..{number}"
            counts[name] = Count(Decimal(number), Decimal(number))
        lines[key] = [line]
    return Links(counts, lines, rows)


def shown(terms: dict[str, Decimal]) -> dict[str, int]:
    return {name.replace("/07210@start/UBND/", " "): int(share) for name, share in terms.items()}


def test_a_half_and_two_quarters_are_their_year_and_a_half_alone_is_at_most_it():
    found = links(("a", "2026-H1", 2, 90), ("a", "2026-Q3", 1, 90), ("a", "2026-Q4", 3, 90), ("a", "2026", 6, 90))
    assert [shown(terms) for terms in found.relations()] == [
        {"a/2026 numerator=6..6": -1}
        | {f"a/2026-{part} numerator={number}..{number}": 1 for part, number in (("H1", 2), ("Q3", 1), ("Q4", 3))}
    ]
    assert list(found.orders()) == []
    alone = links(("a", "2026-H1", 2, 90), ("a", "2026", 6, 90))
    assert list(alone.relations()) == []
    assert [shown(terms) for terms in alone.orders()] == [{"a/2026 numerator=6..6": -1, "a/2026-H1 numerator=2..2": 1}]


def test_cases_of_a_narrower_indicator_are_at_most_those_of_the_wider_where_the_reports_say_so():
    nested = {"newborns": {"part_of_code": "infants"}}
    found = links(("newborns", "2026", 2, 90), ("infants", "2026", 5, 90), **nested)
    assert [shown(terms) for terms in found.orders()] == [
        {"infants/2026 numerator=5..5": -1, "newborns/2026 numerator=2..2": 1}
    ]
    assert list(links(("newborns", "2026", 6, 90), ("infants", "2026", 5, 90), **nested).orders()) == []


def test_cases_are_at_most_their_base_where_the_base_is_a_secret():
    assert list(links(("a", "2026", 1, 3)).orders()) == []
    secret = links(("a", "2026", 1, 3), a={"is_base_sensitive": True})
    assert [shown(terms) for terms in secret.orders()] == [{"a/2026 denominator=3..3": -1, "a/2026 numerator=1..1": 1}]


def test_a_base_that_is_a_secret_is_at_most_the_wider_cases_too():
    about = {"supported": {"is_base_sensitive": True, "part_of_code": "abused"}}
    found = links(("supported", "2026", 1, 3), ("abused", "2026", 5, 90), **about)
    assert {"abused/2026 numerator=5..5": -1, "supported/2026 denominator=3..3": 1} in [
        shown(terms) for terms in found.orders()
    ]


def test_points_and_answers_are_no_counts_and_zero_of_them_is_no_nil():
    row = {"unit_level": "district", "value_low": Decimal(0), "value_high": Decimal(0)}
    for measure, is_primary in (("points", True), ("yes_no", True), ("rate", False)):
        figure = _figure(Key("CT3.diem", "2022", "883", "as_reported", measure), row, [], {})
        assert (figure.sums, figure.is_primary) == ((), (is_primary,))


def test_of_the_shipped_plans_points_that_a_sensitive_figure_decides_are_sensitive():
    seeds = Path(__file__).parents[4] / "dbt_project" / "seeds" / "catalogue"

    def rows(name: str) -> list[dict[str, str]]:
        with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    sensitive = {
        (row["programme_code"], row["indicator_code"]) for row in rows("indicators") if row["is_sensitive"] == "true"
    }
    criteria: dict[tuple[str, str], set[bool]] = {}
    for part in rows("criterion_indicators"):
        place = (part["programme_code"], part["criterion_code"])
        criteria.setdefault(place, set()).add((part["programme_code"], part["indicator_code"]) in sensitive)
    assert {place for place, found in criteria.items() if len(found) > 1} == set()
    assert sum(True in found for found in criteria.values()) == 9
