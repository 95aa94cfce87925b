"""Random seasons: what the attacker recovers of them, and what it costs to prevent that."""

import pytest

from publish.disclosure import rule
from tests.unit.publish.disclosure import seasons

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_recovered_from_all_levels_maps_periods_and_publications(seed: int):
    season = seasons.play(seed, publications=3, communes=5)
    found = season.attack()
    assert len(found) > 20
    assert [key for key, bound in found.items() if bound.is_recovered] == []
    for (at, *place), bound in found.items():
        truth = season.truth[at][tuple(place)]
        assert bound.low <= truth <= bound.high
        if season.by_name[place[0], place[1]].level == "commune" and place[2] in seasons.QUARTERS:
            assert bound.low <= rule.SMALLEST, "a commune's count of 1 must not be ruled out"


def test_the_same_attacker_recovers_counts_where_only_they_are_suppressed():
    found = seasons.play(SEEDS[0], publications=2, communes=5, with_complementary=False).attack()
    assert sum(bound.is_recovered for bound in found.values()) > 10


def test_the_same_attacker_recovers_counts_where_each_publication_is_protected_by_itself():
    found = seasons.play(SEEDS[0], publications=3, communes=5, with_earlier=False).attack()
    assert any(bound.is_recovered for bound in found.values())
