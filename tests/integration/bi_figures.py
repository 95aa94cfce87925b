"""Figures, milestones and verdicts of bi_season, computed from the cells of its files and nothing of the warehouse."""

from decimal import Decimal

import pandas as pd

from tests.integration import bi_season
from tests.integration.bi_season import ACTION

FACTORS = bi_season.seed("indicators").set_index(["programme_code", "indicator_code"])


def ratio(numerator: float, denominator: float, factor: Decimal) -> Decimal:
    return Decimal(int(numerator)) / Decimal(int(denominator)) * factor


def aggregation(code: str, programme: str = ACTION) -> str:
    return str(FACTORS.loc[(programme, code), "aggregation"])


def factor(code: str) -> Decimal:
    return Decimal(str(FACTORS.loc[(ACTION, code), "factor"]))


def is_sensitive(code: str) -> bool:
    return str(FACTORS.loc[(ACTION, code), "is_sensitive"]).lower() == "true"


def value(row) -> Decimal | None:
    """A commune's own figure from its cells: a rate, a count (11.1, 11.2), a reduction (13) or yes and no."""
    code = row["indicator_code"] if isinstance(row, pd.Series) else row.indicator_code
    cells = row if isinstance(row, pd.Series) else pd.Series(row._asdict())
    if isinstance(cells["yes"], bool):
        return Decimal(int(cells["yes"]))
    if code in ("11.1", "11.2"):
        return Decimal(int(cells["numerator"]))
    if pd.isna(cells["denominator"]) or cells["denominator"] == 0:
        return None
    if code == "13":
        return ratio(cells["denominator"] - cells["numerator"], cells["denominator"], Decimal(100))
    return ratio(cells["numerator"], cells["denominator"], factor(code))


def is_behind(row, baseline: Decimal | None) -> bool:
    """Whether a commune is short of the milestone of 2026, one of five years after its baseline of 2025."""
    own = value(row)
    targets = bi_season.seed("targets")
    of_province = targets[
        (targets["programme_code"] == ACTION)
        & (targets["indicator_code"] == row.indicator_code)
        & (targets["target_scope"] == "province")
    ]
    if own is None or of_province.empty:
        return False
    target = of_province.iloc[0]
    if row.indicator_code == "13":  # the path is constant: the lower end of the range, beyond which it is met
        return own < Decimal(target["target_low"])
    if baseline is None or target["measure"] != "rate" or row.indicator_code in ("11.1", "11.2"):
        return False
    is_up = target["comparator"] in ("≥", ">")
    goal = Decimal(target["target_low"] if is_up else target["target_high"])
    meets = {"≥": baseline >= goal, ">": baseline > goal, "≤": baseline <= goal, "<": baseline < goal}
    path = FACTORS.loc[(ACTION, row.indicator_code), "milestone_path"]
    if meets[target["comparator"]] or path == "constant":
        milestone = goal
    elif path == "constant_rate" and baseline > 0 and goal > 0:
        milestone = baseline * (goal / baseline) ** (Decimal(1) / 5)
    else:
        milestone = baseline + (goal - baseline) / 5
    return {"≥": own < milestone, ">": own <= milestone, "≤": own > milestone, "<": own >= milestone}[
        target["comparator"]
    ]


def verdict(value: Decimal, target: Decimal, year: int = 2026) -> str:
    if value > target:
        return "Đạt vượt KH"
    return "Đạt" if value == target else "Không đạt" if year == 2022 else "chưa đạt"
