"""A small plan with a line of each kind, in the words of the real ones."""

from decimal import Decimal

from publish.forms.types import Form, Line
from publish.simulation.made_up import Trajectory

HEALTH = "Mục tiêu 1: Về phát triển toàn diện trẻ em"


def line(code: str, **given: object) -> Line:
    usual = {
        "name": f"Chỉ tiêu {code}",
        "unit": "%",
        "objective": HEALTH,
        "heading": "",
        "measure": "rate",
        "aggregation": "ratio",
        "factor": Decimal(100),
        "numerator": f"trẻ em của {code}",
        "denominator": "trẻ em",
        "is_part_of_whole": True,
        "is_required": True,
    }
    return Line(code=code, **(usual | given))


DEATHS = {"heading": "Chỉ tiêu 3: Tỷ suất tử vong trẻ em", "factor": Decimal(1000), "is_part_of_whole": False}

LINES = (
    line("1", measure="yes_no", aggregation="share_of_units", factor=None, is_part_of_whole=False),
    line("3.1", denominator="trẻ đẻ sống", **DEATHS),
    line("3.2", denominator="trẻ đẻ sống", **DEATHS),
    line("5.1", denominator="trẻ em dưới 1 tuổi"),
    line("8.1", numerator="trẻ em có hoàn cảnh đặc biệt"),
    line("8.2", denominator="trẻ em có hoàn cảnh đặc biệt"),
    line("9", aggregation="sum", factor=None, is_part_of_whole=False),
)

FORM = Form(
    programme_code="bacninh-2026-2030",
    programme_name="Chương trình hành động vì trẻ em",
    period="2026",
    unit_code="07228",
    unit_name="Phường Đa Mai",
    unit_level="commune",
    lines=LINES,
)


def trajectory(baseline: str | None, target: str | None, direction: str = "up") -> Trajectory:
    return Trajectory(baseline and Decimal(baseline), target and Decimal(target), direction, 0.2)


WAYS = {
    "1": trajectory(None, "75"),
    "3.1": trajectory("2", "9", "down"),
    "3.2": trajectory("2.6", "10", "down"),
    "5.1": trajectory("96", "97"),
    "8.1": trajectory("2", "2", "down"),
    "8.2": trajectory("96", "97"),
    "9": trajectory(None, None),
}
