"""Hand-made tables whose best suppression can be seen."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from publish.disclosure import rule
from publish.disclosure.protection import protect
from publish.disclosure.types import Count, Figure, Problem, Published


def exact(**values: int) -> dict[str, Count]:
    return {name: Count(Decimal(value), Decimal(value)) for name, value in values.items()}


def total(names: str, **weights: str) -> dict[str, Decimal]:
    return {name: Decimal(weights.get(name, "1")) for name in names.split()}


def figure(key: str, terms: Mapping[str, Decimal], counts: Mapping[str, Count], cost: float = 1) -> Figure:
    low = sum((weight * counts[name].low for name, weight in terms.items()), Decimal(0))
    return Figure(key, (terms,), (rule.is_primary(low, low),), cost)


def table(counts: Mapping[str, Count], totals: Mapping[str, Mapping[str, Decimal]], cost: float = 10) -> list[Figure]:
    own = [figure(name, total(name), counts) for name in counts]
    return own + [figure(key, terms, counts, cost) for key, terms in totals.items()]


def suppressed(counts, figures, **others) -> tuple[set[str], set[str]]:
    found = protect(Problem(counts, tuple(figures), **others))
    return set(found.primary), set(found.complementary)


def test_one_small_count_of_a_total_takes_one_neighbour_with_it():
    counts = exact(a=2, b=7, c=30, d=0)
    primary, complementary = suppressed(counts, table(counts, {"district": total("a b c d")}))
    assert primary == {"a"}
    assert len(complementary) == 1 and complementary <= {"b", "c"}


def test_two_small_counts_that_hide_one_another_need_nobody_else():
    counts = exact(a=3, b=3, c=9)
    assert suppressed(counts, table(counts, {"district": total("a b c")})) == ({"a", "b"}, set())


def test_small_counts_that_bound_one_another_too_tightly_need_a_third():
    """Of 1 + 1 an attacker who knows that neither is 0 knows both."""
    counts = exact(a=1, b=1, c=9)
    assert suppressed(counts, table(counts, {"district": total("a b c")})) == ({"a", "b"}, {"c"})


def test_a_unit_alone_with_its_cases_hides_its_district_too():
    """Its district has the same small count, so a second district has to hide both from the province."""
    counts = exact(a=2, b=0, c=6, d=11)
    totals = {"first": total("a b"), "second": total("c d"), "province": total("a b c d")}
    primary, complementary = suppressed(counts, table(counts, totals))
    assert primary == {"a", "first"}
    assert complementary in ({"second", "c"}, {"second", "d"}, {"province"})


def test_a_square_takes_the_four_corners():
    """Rows and columns, as of two maps: the small count, one in its row, one in its column, and where these cross."""
    counts = exact(**{f"{row}{column}": 20 for row in "abc" for column in "xyz"}) | exact(ax=2)
    totals = {row: total(" ".join(f"{row}{column}" for column in "xyz")) for row in "abc"}
    totals |= {column: total(" ".join(f"{row}{column}" for row in "abc")) for column in "xyz"}
    primary, complementary = suppressed(counts, table(counts, totals))
    assert primary == {"ax"}
    assert len(complementary) == 3
    rows, columns = {name[0] for name in complementary}, {name[1] for name in complementary}
    assert len(rows) == len(columns) == 2 and "a" in rows and "x" in columns


def test_the_same_sum_on_both_maps_is_one_decision():
    counts = exact(a=2, b=8)
    figures = [figure(f"{name}/{basis}", total(name), counts) for name in "ab" for basis in ("old", "new")]
    figures.append(figure("district", total("a b"), counts, 10))
    primary, complementary = suppressed(counts, figures)
    assert primary == {"a/old", "a/new"}
    assert complementary == {"b/old", "b/new"}


def test_a_weighted_share_of_a_public_count_is_no_secret_so_the_count_goes():
    counts = exact(a=6, b=20)
    figures = table(counts, {"successor": total("a", a="0.5"), "province": total("a b")})
    primary, complementary = suppressed(counts, figures)
    assert primary == {"successor"}
    assert complementary == {"a", "b"}


def test_quarters_that_add_up_to_a_year_are_one_table():
    counts = exact(q1=2, q2=9, year=11)
    relation = {"q1": Decimal(1), "q2": Decimal(1), "year": Decimal(-1)}
    primary, complementary = suppressed(counts, table(counts, {}), relations=(relation,))
    assert primary == {"q1"}
    assert len(complementary) == 1
    assert suppressed(counts, table(counts, {})) == ({"q1"}, set())


def at_most(part: str, whole: str) -> dict[str, Decimal]:
    return {part: Decimal(1), whole: Decimal(-1)}


def test_what_is_public_of_infants_bounds_their_newborns():
    """Of 4 and 5 newborns the sum is 9; with 5 infants in the second, four at least died in the first."""
    counts = exact(a=4, b=5, infants_a=9, infants_b=5, c=9)
    own = [figure(name, total(name), counts) for name in counts if name != "c"]
    figures = [*own, figure("c", total("c"), counts), figure("district", total("a b"), counts, 10)]
    nested = (at_most("a", "infants_a"), at_most("b", "infants_b"))
    assert suppressed(counts, figures) == ({"a"}, {"b"})
    primary, complementary = suppressed(counts, figures, orders=nested)
    assert primary == {"a"}
    assert complementary - {"b"}, "the infants of the second go too, or the district"


def test_a_half_bounds_its_year_where_the_other_half_is_not_there():
    counts = exact(a=2, b=7, half_b=7)
    figures = [figure(name, total(name), counts) for name in counts]
    figures.append(figure("district", total("a b"), counts, 10))
    assert suppressed(counts, figures, orders=(at_most("half_b", "b"),)) == ({"a"}, {"b", "half_b"})


def test_of_a_fifth_of_a_count_the_whole_count_is_varied_as_far_as_the_fifth_needs():
    counts = exact(a=1, b=6, c=8)
    figures = table(counts, {"successor": total("a", a="0.2"), "district": total("a b c")})
    primary, complementary = suppressed(counts, figures)
    assert primary == {"a", "successor"}
    assert complementary == {"district"}, "20 of a are not possible where all three are 15"


def test_a_correction_is_not_recovered_by_comparing_with_the_earlier_publication():
    """Before, all was public: 0 + 7 = 7. Now the first is 2: with 9 published it would be the difference."""
    counts = exact(a=2, b=7, before=0)
    earlier = [total("before"), total("b"), total("before b")]
    published = tuple(Published(terms, *[sum(counts[name].low for name in terms)] * 2) for terms in earlier)
    figures = [figure(name, total(name), counts) for name in "ab"] + [figure("district", total("a b"), counts, 10)]
    assert suppressed(counts, figures, published=published) == ({"a"}, {"district"})
    assert suppressed(counts, figures) == ({"a"}, {"b"})


def test_what_was_suppressed_once_stays_unknown_after_a_correction_to_a_larger_count():
    counts = exact(a=8, b=7, c=9, before=2)
    published = (
        Published(total("before b c"), Decimal(18), Decimal(18)),
        Published(total("c"), Decimal(9), Decimal(9)),
    )
    figures = [figure(name, total(name), counts) for name in "abc"] + [figure("sum", total("a b c"), counts, 10)]
    primary, complementary = suppressed(counts, figures, published=published, targets=(total("before"),))
    assert primary == set()
    assert complementary, "with 8 and 24 published, 7 is their difference with 9, and 2 the rest of 18"


def test_of_a_small_base_a_zero_is_suppressed_as_well_so_the_mark_says_nothing():
    assert rule.is_primary(Decimal(0), Decimal(0), base=Decimal(3))
    assert not rule.is_primary(Decimal(0), Decimal(0), base=Decimal(5))
    assert not rule.is_primary(Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("0", "0", False), ("1", "1", True), ("4", "4", True), ("5", "5", False), ("0", "4", True), ("4.5", "6", False)],
)
def test_counts_from_one_to_four_are_small_and_so_is_what_may_be(low, high, expected):
    assert rule.is_primary(Decimal(low), Decimal(high)) is expected


def test_a_count_of_which_nothing_is_known_is_treated_as_small():
    assert rule.is_primary(None, None)


def test_without_complementary_suppression_only_the_small_counts_go():
    counts = exact(a=2, b=7)
    problem = Problem(counts, tuple(table(counts, {"district": total("a b")})))
    assert protect(problem, with_complementary=False).keys == {"a"}
