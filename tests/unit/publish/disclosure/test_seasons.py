"""Random seasons of every plan: what the attacker recovers of them. Two hundred of them are `make attack`."""

import pytest

from publish.disclosure import rule
from tests.unit.publish.disclosure import seasons

ROUNDING = 1e-6
BY_NAME = {plan.name: plan for plan in seasons.PLANS}


def recovered(season: seasons.Season) -> list[object]:
    return [key for key, bound in season.attack().items() if bound.is_recovered]


@pytest.mark.parametrize("seed", range(len(seasons.PLANS)), ids=[plan.name for plan in seasons.PLANS])
def test_nothing_is_recovered_from_all_levels_maps_periods_and_publications(seed: int):
    season = seasons.play(seed, publications=2, communes=4)
    found = season.attack()
    assert len(found) > 8
    assert [key for key, bound in found.items() if bound.is_recovered] == []
    for (at, *place, number), bound in found.items():
        low, high = season.truth[at][tuple(place)][number]
        assert bound.low - ROUNDING <= low <= high <= bound.high + ROUNDING
        if season.by_name[place[1], place[2]].level == "commune" and place[3] not in season.plan.wholes:
            assert bound.low <= rule.SMALLEST or len(season.plan.indicators) > 1, "a count of 1 must not be ruled out"


def test_the_same_attacker_recovers_counts_where_only_they_are_suppressed():
    assert len(recovered(seasons.play(3, publications=2, communes=4, with_complementary=False))) > 10


def test_the_same_attacker_recovers_counts_where_each_publication_is_protected_by_itself():
    assert recovered(seasons.play(3, publications=3, communes=4, with_earlier=False))


@pytest.mark.parametrize(("plan", "seed"), [("newborns and infants", 7), ("a half and its year", 13)])
def test_the_same_attacker_recovers_counts_where_it_is_forgotten_what_cannot_be_more(plan: str, seed: int):
    """Newborns than infants, a half than its year."""
    season = seasons.play(seed, publications=3, communes=4, with_orders=False)
    assert season.plan is BY_NAME[plan]
    assert recovered(season)
