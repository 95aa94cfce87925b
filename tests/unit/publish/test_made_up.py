"""Made-up counts are plausible, hang together, and can be repeated."""

from dataclasses import replace

import pytest

from publish import made_up
from publish.defects import DEFECTS
from tests.unit.publish.plans import FORM, WAYS

SEEDS = range(30)


def test_the_same_seed_gives_the_same_counts_and_another_seed_gives_others():
    assert made_up.counts(FORM, WAYS, 7) == made_up.counts(FORM, WAYS, 7)
    assert made_up.counts(FORM, WAYS, 7) != made_up.counts(FORM, WAYS, 8)
    assert made_up.counts(FORM, WAYS, 7) != made_up.counts(replace(FORM, unit_code="09169"), WAYS, 7)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_part_is_larger_than_its_whole_and_groups_hang_together(seed):
    filled = made_up.counts(FORM, WAYS, seed)
    for line in FORM.lines:
        if line.is_part_of_whole:
            assert 0 <= filled[line.code]["numerator"] <= filled[line.code]["denominator"]
    assert filled["8.2"]["denominator"] == filled["8.1"]["numerator"], "the children whom 8.1 counts"
    assert filled["3.1"]["denominator"] == filled["3.2"]["denominator"], "the same live births"
    assert filled["3.1"]["numerator"] <= filled["3.2"]["numerator"], "who dies as a newborn dies under one"
    assert filled["5.1"]["denominator"] < filled["8.1"]["denominator"], "children under one are children"


def test_rates_lie_around_the_way_from_baseline_to_target():
    filled = [made_up.counts(FORM, WAYS, seed)["5.1"] for seed in SEEDS]
    rate = 100 * sum(cell["numerator"] for cell in filled) / sum(cell["denominator"] for cell in filled)
    assert 94.5 < rate < 98


def test_a_redraw_changes_the_events_and_leaves_the_population():
    first, second = made_up.counts(FORM, WAYS, 7), made_up.counts(FORM, WAYS, 7, redraw=1)
    assert first["5.1"] != second["5.1"]
    assert first["5.1"]["denominator"] == second["5.1"]["denominator"]


@pytest.mark.parametrize("name", DEFECTS)
def test_every_defect_changes_the_report(name):
    sound, spoiled = made_up.counts(FORM, WAYS, 7), made_up.counts(FORM, WAYS, 7)
    form = DEFECTS[name](FORM, spoiled)
    assert (form, spoiled) != (FORM, sound)
