"""Made-up figures of many units at once: plausible, repeatable, and unusual as often as their frequencies."""

import numpy as np
import pytest

from publish.forms.queries import Scheduled
from publish.simulation import columns, csv_rows
from publish.simulation.frequencies import Frequencies
from tests.unit.publish.plans import LINES, WAYS

USUAL_LINES = Frequencies(missing_lines=0, not_applicable_lines=0, value_only_lines=0, nil_lines=0, censored_lines=0)
UNITS = [f"{number:05d}@2025-07-01" for number in range(400)]
REPORT = Scheduled("07228@2025-07-01", "07228", "Phường Đa Mai", "commune", "UBND", "", "figures", True, True, True, "")
AT = {line.code: at for at, line in enumerate(LINES)}


def drawn(frequencies=USUAL_LINES, seed=7, redraw=0):
    population = columns.populations(UNITS, "commune", seed)
    return columns.draw(LINES, WAYS, population, frequencies, np.random.default_rng([seed, redraw]))


def numbers(cells, part, code):
    return cells.texts[part][:, AT[code]].astype(int)


def test_the_same_seed_draws_the_same_cells_and_another_one_does_not():
    same, again, other = drawn(), drawn(), drawn(seed=8)
    assert (same.texts["numerator"] == again.texts["numerator"]).all()
    assert (same.texts["numerator"] != other.texts["numerator"]).any()


def test_a_redraw_has_other_events_among_the_same_people():
    first, second = drawn(), drawn(redraw=1)
    assert (numbers(first, "denominator", "5.1") == numbers(second, "denominator", "5.1")).all()
    assert (numbers(first, "numerator", "5.1") != numbers(second, "numerator", "5.1")).any()


def test_a_part_is_never_more_than_its_whole_and_lies_around_the_plan():
    cells = drawn()
    part, whole = numbers(cells, "numerator", "5.1"), numbers(cells, "denominator", "5.1")
    assert (part <= whole).all()
    centre = WAYS["5.1"].centre(LINES[AT["5.1"]])
    assert abs(part.sum() / whole.sum() - centre) < 0.05


def test_the_stricter_of_two_deaths_is_counted_within_the_looser():
    cells = drawn()
    assert (numbers(cells, "numerator", "3.1") <= numbers(cells, "numerator", "3.2")).all()


def test_a_group_that_one_line_counts_is_the_whole_of_another():
    cells = drawn()
    assert (numbers(cells, "numerator", "8.1") == numbers(cells, "denominator", "8.2")).all()


@pytest.mark.parametrize("kind", ["missing", "not_applicable", "value_only", "nil"])
def test_a_kind_of_line_is_as_frequent_as_its_share_and_no_line_is_two(kind):
    cells = drawn(Frequencies(missing_lines=0.2, not_applicable_lines=0.2, value_only_lines=0.2, nil_lines=0.2))
    ratios = [AT[code] for code in ("3.1", "5.1", "8.2")]
    assert 0.15 < cells.kinds[kind][:, ratios].mean() < 0.25
    assert sum(there.astype(int) for there in cells.kinds.values()).max() == 1


def test_only_few_cases_are_written_as_a_bound():
    cells = drawn(
        Frequencies(missing_lines=0, not_applicable_lines=0, value_only_lines=0, nil_lines=0, censored_lines=1)
    )
    censored = cells.kinds["censored"]
    assert censored.any()
    assert (cells.numerators[censored] < 5).all()
    assert set(cells.texts["numerator"][censored]) == {b"<5"}


def test_a_file_has_a_line_for_each_chosen_cell_and_is_cut_between_reports():
    cells = drawn()
    chosen = np.ones((400, len(LINES)), dtype=bool)
    chosen[3] = False
    rows = csv_rows.rows([REPORT] * 400, "plan;2026", LINES, cells, chosen, "full")
    text = rows.content().decode().splitlines()
    assert text[0].startswith("programme;period;unit_code")
    assert len(text) == 1 + 399 * len(LINES)
    assert {line.count(";") for line in text} == {10}
    parts = list(rows.parts(10))
    assert {part.counts()["lines"] for part in parts} == {2 * len(LINES)} | {len(LINES)}
    assert b"".join(part.content()[len(csv_rows.HEADER) :] for part in parts) == rows.content()[len(csv_rows.HEADER) :]


def test_an_error_changes_one_line_of_the_wrong_reports_alone():
    cells = drawn()
    is_wrong = np.arange(400) % 4 == 0
    at = csv_rows.line_with_an_error(LINES)
    changed = csv_rows.with_errors(cells, is_wrong, at, np.random.default_rng(1))
    differs = np.logical_or.reduce([changed.texts[part] != cells.texts[part] for part in cells.texts])
    assert (differs.any(axis=1) == is_wrong).all()
    assert (differs.any(axis=0) == (np.arange(len(LINES)) == at)).all()
