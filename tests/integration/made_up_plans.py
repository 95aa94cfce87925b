"""Plans of their own for the 98 communes of Bắc Ninh beside Đa Mai, as an office's own catalogue, and their reports.

All of it is made up (kế hoạch giả định), drawn from the commune's code alone, and says so. What should come of it is
computed here once more, from the drawn numbers and in fractions, with nothing of the project's own.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random

from warehouse.settings import PROJECT_ROOT

PROGRAMME, PROVINCE, DA_MAI, YEAR = "bacninh-2026-2030", "24", "07228", "2026"
MADE_UP = "giả định"
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
OWN_INDICATOR, OWNER = "R.1", "07246"
"""An indicator of one commune's plan, which the programme does not have."""
NOT_REPORTING = 7
"""Every so many communes one sends no report."""
SCORED = {"TC1": "2", "TC2": "5.1", "TC3": "20.1", "TC4": "22"}
"""Lines of a made-up score sheet, each of ten points for one indicator whose target is met."""

Row = dict[str, str]
Bound = tuple[str, Fraction]
"""A comparator and its number."""


@dataclass(frozen=True)
class Target:
    indicator: str
    year: int
    measure: str
    comparator: str
    number: Fraction

    @property
    def raw(self) -> str:
        return "Có" if self.comparator == "yes" else f"{self.comparator}{decimal(self.number).replace('.', ',')}"


@dataclass
class Plan:
    """What one commune promises, and what it reports: numerator and denominator, or a yes or no."""

    unit: str
    targets: list[Target] = field(default_factory=list)
    report: dict[str, tuple[int, int] | bool] = field(default_factory=dict)


def rows(seed: str) -> list[Row]:
    (path,) = SEEDS.glob(f"*/{seed}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def decimal(number: Fraction) -> str:
    return str(int(number)) if number.denominator == 1 else f"{float(number):.1f}"


def communes() -> list[str]:
    """The 99 of today's Bắc Ninh."""
    return sorted(
        {row["unit_code"] for row in rows("org_units") if row["parent_code"] == PROVINCE and _is_of_today(row)}
    )


def _is_of_today(row: Row) -> bool:
    return row["unit_level"] == "commune" and not row["valid_to"]


def indicators() -> dict[str, Row]:
    return {row["indicator_code"]: row for row in rows("indicators") if row["programme_code"] == PROGRAMME}


def shipped_targets(scope: str) -> list[Target]:
    """Of Đa Mai's plan (commune) or of the province's, as the seeds have them."""
    return [
        Target(row["indicator_code"], int(row["target_year"]), row["measure"], *_read(row))
        for row in rows("targets")
        if row["programme_code"] == PROGRAMME and row["target_scope"] == scope
    ]


def _read(row: Row) -> Bound:
    if row["comparator"] == "between":  # 2 to 3 %, and more is better
        return "≥", Fraction(row["target_low"])
    return row["comparator"], Fraction(row["target_low"] or row["target_high"])


def draw() -> dict[str, Plan]:
    """The plan of each commune by its code: Đa Mai's is the real one."""
    of_province = {target.indicator: target for target in shipped_targets("province")}
    plans = {}
    for place, unit in enumerate(communes()):
        random = Random(unit)
        plan = plans[unit] = Plan(unit)
        if unit == DA_MAI:
            plan.targets = shipped_targets("commune")
        else:
            left_out = set(random.sample(sorted(of_province), 4))
            for code, target in of_province.items():
                if code not in left_out:
                    plan.targets += _promised(random, target, is_rate=place % 5 == 0)
        if unit == OWNER:
            plan.targets.append(Target(OWN_INDICATOR, 2030, "rate", "≥", Fraction(80)))
        if place % NOT_REPORTING:
            plan.report = _reported(random, unit)
    return plans


def _promised(random: Random, target: Target, is_rate: bool) -> Iterable[Target]:
    code, share = target.indicator, Fraction(random.randint(850, 1000), 1000)
    if code in ("1", "21"):
        yield Target(code, 2030, "yes_no", "yes", Fraction(1))
    elif code in ("11.1", "11.2") and not is_rate:
        yield Target(code, 2030, "count", random.choice("<≤"), Fraction(random.randint(1, 9)))
    elif code == "13":
        yield Target(code, 2030, "change", "≥", Fraction(random.randint(5, 30), 10))
    elif target.comparator in "≥>":
        number = Fraction(round(target.number * share * 10), 10)
        yield Target(code, 2030, "rate", random.choice("≥>"), number)
        if random.random() < 0.3:
            yield Target(code, 2028, "rate", "≥", number - random.randint(1, 9))
    else:
        number = Fraction(max(round(target.number * (Fraction(6, 10) + share * random.randint(0, 7) / 10) * 10), 1), 10)
        yield Target(code, 2030, "rate", random.choice("<≤"), number)


def _reported(random: Random, unit: str) -> dict[str, tuple[int, int] | bool]:
    report: dict[str, tuple[int, int] | bool] = {}
    for code, row in indicators().items():
        among = random.randint(200, 999)
        if row["aggregation"] == "share_of_units":
            report[code] = random.random() < 0.7
        elif row["aggregation"] == "relative_change":
            report[code] = random.randint(3, 9), random.randint(9, 12)
        elif row["factor"] == "100000":
            report[code] = random.randint(0, 6), 10 * among
        elif row["direction"] == "up":
            report[code] = among - random.randint(0, among // 12), among
        else:
            report[code] = random.randint(0, among // 20), among
    if unit == OWNER:
        report[OWN_INDICATOR] = 170, 200
    return report


# --- what is written ------------------------------------------------------------------------------


def write_catalogue(folder: Path, plans: Mapping[str, Plan]) -> None:
    """The folder of BAOCAO_CATALOGUE; Đa Mai's plan is shipped."""
    own = [plan for unit, plan in plans.items() if unit != DA_MAI]
    named = {"programme_code": PROGRAMME}
    write(
        folder / "unit_plans.csv",
        [
            named
            | {
                "unit_code": plan.unit,
                "agency_code": "UBND",
                "document_vi": f"Kế hoạch {MADE_UP} của xã, phường {plan.unit}",
                "is_made_up": "true",
            }
            for plan in own
        ],
    )
    write(folder / "targets.csv", [_target_row(plan.unit, target) for plan in own for target in plan.targets])
    note = {"plan_unit_code": OWNER, "contradiction_no": "900", "indicator_code": "2"}
    write(folder / "contradictions.csv", [named | note | {"kind": MADE_UP, "reading_a": "90", "reading_b": "91"}])
    write(folder / "annex_footnotes.csv", [named | note | {"footnote_vi": f"Phần lời ghi 90 ({MADE_UP})."}])
    indicator = {"plan_unit_code": OWNER, "sort_order": "900", "name_vi": f"Chỉ tiêu riêng ({MADE_UP})", "unit_vi": "%"}
    indicator |= {"indicator_code": OWN_INDICATOR, "aggregation": "ratio", "factor": "100", "is_part_of_whole": "true"}
    indicator |= {"direction": "up", "milestone_path": "linear", "is_required": "true", "is_sensitive": "false"}
    indicator |= {"hard_min": "0", "hard_max": "100", "code_source": "ours", "made_by": "our reading"}
    indicator |= {"numerator_vi": "số trẻ em", "denominator_vi": "tổng số trẻ em"}
    write(folder / "indicators.csv", [named | indicator])
    measure = {"indicator_code": OWN_INDICATOR, "unit_level": "commune", "measure": "rate"}
    write(folder / "indicator_measures.csv", [named | measure])
    sheet = {"unit_level": "commune", "verdict_rule": "ranked", "title_vi": f"Bảng điểm ({MADE_UP})"}
    write(folder / "score_sheets.csv", [named | sheet | {"is_assumption": "true"}])
    line = {"kind": "line", "name_vi": f"Đạt chỉ tiêu ({MADE_UP})", "max_points": "10", "points_rule": "indicators_met"}
    section = {"criterion_code": "TC", "sort_order": "1", "kind": "section", "max_points": "40", "points_rule": "sum"}
    lines = [
        line | {"criterion_code": code, "parent_code": "TC", "sort_order": str(number)}
        for number, code in enumerate(SCORED, 2)
    ]
    write(folder / "criteria.csv", [named | row for row in [section | {"name_vi": MADE_UP}, *lines]])
    parts = [{"criterion_code": code, "indicator_code": part, "part": "figure"} for code, part in SCORED.items()]
    write(folder / "criterion_indicators.csv", [named | row for row in parts])


def _target_row(unit: str, target: Target) -> Row:
    number = decimal(target.number)
    is_low, is_high = target.comparator in "≥>" or target.comparator == "yes", target.comparator in ("<", "≤", "yes")
    return {
        "programme_code": PROGRAMME,
        "indicator_code": target.indicator,
        "target_scope": "commune",
        "bound_unit_code": unit,
        "target_year": str(target.year),
        "measure": target.measure,
        "comparator": target.comparator,
        "target_low": number if is_low else "",
        "target_high": number if is_high else "",
        "exceeded_when": "never",
        "raw": target.raw,
        "comparator_source": "annex",
        "source": MADE_UP,
    }


def write(path: Path, written: list[Row]) -> None:
    columns = list(dict.fromkeys(name for row in written for name in row))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="")
        writer.writeheader()
        writer.writerows(written)


def write_reports(path: Path, plans: Mapping[str, Plan]) -> None:
    """One file with the report of every commune that reports."""
    lines = []
    for plan in plans.values():
        for code, figure in plan.report.items():
            cells = (
                {"value": "Có" if figure else "Không"}
                if isinstance(figure, bool)
                else {"numerator": str(figure[0]), "denominator": str(figure[1])}
            )
            named = {"programme": PROGRAMME, "period": YEAR, "unit_code": plan.unit, "indicator": code}
            lines.append(named | {"numerator": "", "denominator": "", "value": "", "note": MADE_UP} | cells)
    write(path, lines)


# --- what should come of it -----------------------------------------------------------------------


def figure(plan: Plan, code: str, measure: str) -> Fraction | None:
    """The exact figure of a commune; None where it did not report."""
    reported = plan.report.get(code)
    if reported is None or isinstance(reported, bool):
        return None if reported is None else Fraction(reported)
    cases, among = reported
    if measure == "count":
        return Fraction(cases)
    if measure == "change":
        return Fraction(among - cases, among) * 100
    factor = int(indicators()[code]["factor"]) if code != OWN_INDICATOR else 100
    return Fraction(cases, among) * factor


def is_met(target: Target, value: Fraction) -> bool:
    return {
        "<": value < target.number,
        "≤": value <= target.number,
        ">": value > target.number,
        "≥": value >= target.number,
        "yes": value == 1,
    }[target.comparator]


def deciding(plan: Plan, code: str, of_province: Mapping[str, Target]) -> tuple[str, Target] | None:
    """The commune's own target, of its years the next; else the province's."""
    own = [target for target in plan.targets if target.indicator == code and target.year >= int(YEAR)]
    if own:
        return "commune", min(own, key=lambda target: target.year)
    return ("province", of_province[code]) if code in of_province else None


def verdict(plan: Plan, code: str, measure: str, of_province: Mapping[str, Target]) -> tuple[str, int, str] | None:
    """Scope and year of the target that decides, and the verdict on the commune's figure of a measure."""
    found = deciding(plan, code, of_province)
    if found is None:
        return None
    scope, target = found
    value = figure(plan, code, measure)
    if target.measure != measure:
        return scope, target.year, "not_comparable"
    if value is None:
        return scope, target.year, "no_data"
    return scope, target.year, "met" if is_met(target, value) else "not_met"
