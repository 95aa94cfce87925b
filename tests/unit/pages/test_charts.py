"""The line of the years: a gap where a period is missing, a bar where only bounds are known."""

from dataclasses import replace
from decimal import Decimal

from pages import charts
from pages.charts import Point
from pages.language import Text

LABEL = Text("nhãn", "label")


def points(*ends: tuple[str | None, str | None] | None) -> list[Point]:
    found = []
    for at, pair in enumerate(ends):
        low, high = pair or (None, None)
        found.append(Point(str(2024 + at), Decimal(low) if low else None, Decimal(high) if high else None))
    return found


def exact(value: str) -> tuple[str, str]:
    return value, value


def test_a_missing_period_interrupts_the_line_and_is_never_drawn_as_zero():
    chart = charts.draw(points(exact("90"), exact("92"), None, exact("95"), exact("96")), None, [], LABEL)

    assert len(chart.dots) == 4
    assert [len(line.split()) for line in chart.lines if line] == [2, 2]
    assert {float(y) for _, y in chart.dots} >= {charts.MARGIN, charts.HEIGHT - charts.MARGIN}


def test_no_line_leads_to_a_figure_of_few_reports():
    few = replace(points(exact("0"))[0], is_joined=False)
    chart = charts.draw([few, *points(exact("77"), exact("78"))], None, [], LABEL)

    assert len(chart.dots) == 3 and [len(line.split()) for line in chart.lines if line] == [2]


def test_a_bound_is_a_bar_to_the_edge_and_an_interval_a_bar_between_its_ends():
    chart = charts.draw(points(("96", None), ("2", "3"), exact("97")), None, [], LABEL)

    (_, top, bottom), (_, upper, lower) = chart.bars
    assert (top, len(chart.dots)) == ("0", 1)
    assert float(bottom) < charts.HEIGHT and float(upper) < float(lower)


def test_target_and_milestones_lie_on_the_scale_of_the_figures():
    chart = charts.draw(points(exact("90"), exact("95")), Decimal(100), [Decimal(90), Decimal(95)], LABEL)

    assert float(chart.target) == charts.MARGIN
    assert chart.path == chart.lines[0]


def test_without_a_figure_there_is_no_picture():
    assert charts.draw(points(None, None), Decimal(5), [Decimal(1), None], LABEL) is None


def test_one_period_alone_is_a_dot_in_the_middle():
    (dot,) = charts.draw(points(exact("5")), None, [], LABEL).dots

    assert dot == (f"{charts.WIDTH / 2:.1f}", f"{charts.HEIGHT / 2:.1f}")
