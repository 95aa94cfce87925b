"""Made-up counts are plausible, hang together, and can be repeated."""

from dataclasses import replace
from decimal import Decimal

import pytest

from publish.forms.types import MET_OR_NOT
from publish.simulation import made_up
from publish.simulation.error_cases import DEFECTS
from tests.unit.publish import plans
from tests.unit.publish.plans import FORM, WAYS, trajectory

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


def test_a_place_reports_what_its_units_reported_but_for_a_few_cases():
    below = [made_up.counts(replace(FORM, unit_code=f"{code}"), WAYS, 7) for code in range(10)]
    province_form = replace(
        FORM,
        unit_code="24",
        unit_level="province",
        lines=tuple(
            replace(form_line, measure="share") if form_line.code == "1" else form_line for form_line in FORM.lines
        ),
    )
    own = made_up.counts(province_form, WAYS, 7)
    figures = made_up.summed(province_form, own, below, 7)
    assert figures["5.1"]["denominator"] == sum(cells["5.1"]["denominator"] for cells in below)
    assert 0 <= sum(cells["5.1"]["numerator"] for cells in below) - figures["5.1"]["numerator"] <= 2
    yes = sum(cells["1"]["value"] == "Có" for cells in below)
    assert figures["1"]["denominator"] == 10
    assert 0 <= yes - figures["1"]["numerator"] <= 2
    assert set(figures) == set(own)


def points(code: str, **given: object):
    usual = {"measure": "points", "aggregation": "none", "factor": None, "is_part_of_whole": False}
    return plans.line(code, **(usual | given))


def drawn(form_line, seeds=range(200)) -> list:
    trajectories = {form_line.code: trajectory(None, None)}
    form = replace(FORM, lines=(form_line,))
    return [made_up.counts(form, trajectories, seed)[form_line.code]["value"] for seed in seeds]


def test_points_are_halves_of_the_most_that_a_line_can_give_and_mostly_many():
    given = drawn(points("I.1", hard_max=Decimal(10), score_role="self"))
    assert all(0 <= own <= 10 and own * 2 == int(own * 2) for own in given)
    assert 7.5 < sum(given) / len(given) < 9.5
    unknown = drawn(points("3", score_role="self"))
    assert min(unknown) >= 0
    assert len(set(unknown)) > 10


def test_whoever_checks_begins_with_the_units_own_points_and_never_gives_more():
    own = drawn(points("I.1", hard_max=Decimal(10), score_role="self"))
    checked = drawn(points("I.1", hard_max=Decimal(10), score_role="verified"))
    assert all(0 <= again <= given for given, again in zip(own, checked, strict=True))
    agreed = sum(given == again for given, again in zip(own, checked, strict=True))
    assert 120 < agreed < 180


def test_few_lose_points_and_then_all_of_them():
    lost = drawn(points("V.1", hard_max=Decimal(5), score_role="verified", score_kind="deduction"))
    assert set(lost) == {0, 5}
    assert 5 < lost.count(5) < 40


def test_a_yes_or_no_is_answered_in_the_words_of_its_line():
    assert set(drawn(plans.line("1.dat", measure="yes_no", aggregation="none", answers=MET_OR_NOT))) == set(MET_OR_NOT)


def test_boys_to_a_girl_are_around_the_usual_ratio_and_no_unit_has_all_the_same():
    form_line = plans.line(
        "sr", name="Tỷ số giới tính khi sinh", denominator="bé gái sinh ra sống", is_part_of_whole=False
    )
    form, trajectories = replace(FORM, lines=(form_line,)), {"sr": trajectory(None, None)}
    counted = [made_up.counts(form, trajectories, seed)["sr"] for seed in range(50)]
    ratios = {cells["numerator"] / cells["denominator"] for cells in counted}
    assert 1.05 < sum(ratios) / len(ratios) < 1.15
    assert len(ratios) > 40
