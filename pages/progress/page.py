"""The page "The way to 2030" of a province, programme and period."""

from collections import Counter

import psycopg

from pages import choices, terms
from pages.language import Shown, Text, figure
from pages.layout import Fact, Field, Page, Section
from pages.progress import data, tables
from pages.view import View
from publish import formatting

TITLE = Text("Đường đến 2030", "The way to 2030")
PROVINCE = Text("Tỉnh, thành phố", "Province")
ON_TODAYS_MAP = Text(
    "Theo địa giới hiện nay: số của đơn vị đã sắp xếp được tính lại cho đơn vị hôm nay. Chỉ tiêu kế hoạch được "
    "đánh giá theo địa giới của kỳ báo cáo, nên ở đây không có đánh giá.",
    "On today's map: figures of former units are restated for the units of today. Targets are evaluated on the map "
    "of the reporting period, so there are no verdicts here.",
)
HOW_TO_READ = Text(
    "Bấm vào một số liệu để xem tệp và ô đã tạo ra nó. Trong hình: nét liền là kết quả, cột là khoảng giá trị khi chỉ "
    "biết giới hạn, nét đứt là chỉ tiêu kế hoạch, nét chấm là các mốc; kỳ thiếu số liệu để trống.",
    "Choose a figure to see the files and cells behind it. In the pictures the line is the result, a bar an interval "
    "where only bounds are known, the dashed line the target, the dotted one the milestones; gaps are missing periods.",
)
COUNTED = ("met", "not_met", "undetermined", "no_data")


def make(connection: psycopg.Connection, view: View) -> Page:
    chosen = choices.programme_and_period(connection, view)
    unit = view.get("unit") or chosen.programme.root_unit_code
    units = choices.units_with_code(connection, unit)
    progress = data.read(connection, chosen, unit, view.basis)
    name = next((each["unit_name"] for each in units if each["unit_id"] == progress.unit_id), units[0]["unit_name"])
    programme, period = chosen.keys["programme"], chosen.keys["period"]
    indicators = tables.of_indicators(progress, view, programme, period)
    return Page(
        title=Text(f"{TITLE.vi}: {name}", f"{TITLE.en}: {name}"),
        lead=Text(
            f"{chosen.programme.name_vi}, {terms.period(period).vi}.",
            f"{chosen.programme.name_vi}, {terms.period(period).en}.",
        ),
        notices=notices(progress, view),
        fields=[_unit_field(connection, unit, name), *chosen.fields()],
        facts=facts(progress),
        sections=[
            Section("chi-tieu", Text("Chỉ tiêu theo mục tiêu", "Indicators by goal"), [HOW_TO_READ], indicators),
            tables.each_period(progress, chosen, view),
        ],
        has_basis=True,
    )


def notices(progress: data.Progress, view: View) -> list[Shown]:
    made_up = [terms.MADE_UP] if progress.is_made_up else []
    made_up += [terms.MADE_UP_PLAN] if any(plan["is_made_up"] for plan in progress.plans) else []
    return [*made_up, *([ON_TODAYS_MAP] if view.basis == "current" else [])]


def facts(progress: data.Progress) -> list[Fact]:
    """How many indicators have each verdict, and how many are behind their path."""
    rows = progress.main_rows()
    verdicts = Counter(row["verdict"] for row in rows)
    behind = sum(row["milestone_verdict"] == "not_met" and row["milestone_basis"] != "target" for row in rows)
    labels = {
        "met": Text("chỉ tiêu đã đạt", "targets met"),
        "not_met": Text("chỉ tiêu chưa đạt", "targets not met"),
        "undetermined": Text("chưa xác định được", "undetermined"),
        "no_data": Text("chưa có số liệu", "no data yet"),
    }
    counted = [Fact(labels[code], figure(formatting.number(verdicts[code]))) for code in COUNTED] if rows else []
    late = Fact(Text("chậm so với lộ trình", "behind the path"), figure(formatting.number(behind)))
    return [*counted, late] if rows else []


def _unit_field(connection: psycopg.Connection, unit: str, name: str) -> Field:
    options = [(row["unit_code"], f"{row['unit_name']} ({row['unit_code']})") for row in choices.provinces(connection)]
    others = [option for option in options if option[0] != unit]
    options = sorted([*others, (unit, f"{name} ({unit})")])
    return Field("unit", PROVINCE, unit, options)
