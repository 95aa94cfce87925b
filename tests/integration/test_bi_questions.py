"""The ten questions of docs/bi.md: one table and no join each, and what pandas makes of the same files."""

import re
from collections import Counter
from decimal import Decimal

import pandas as pd
import pytest

from tests.integration import bi_season
from tests.integration.bi_season import ACTION, EMULATION, answer, ratio
from warehouse.settings import PROJECT_ROOT

QUESTIONS = PROJECT_ROOT / "docs" / "questions"
FACTORS = bi_season.seed("indicators").set_index(["programme_code", "indicator_code"])
ROUNDING = Decimal("1e-12")


@pytest.fixture(scope="module")
def lines(own_database, tmp_path_factory):
    return bi_season.read(bi_season.play(tmp_path_factory.mktemp("season")))


@pytest.fixture(scope="module")
def reported(lines):
    """The newest line of each commune and indicator of 2026."""
    newest = bi_season.current(lines)
    return newest[(newest["programme"] == ACTION) & (newest["period"] == "2026")]


def test_each_question_reads_one_table_and_stands_on_the_page():
    page = (PROJECT_ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
    statements = {file.stem: file.read_text(encoding="utf-8") for file in sorted(QUESTIONS.glob("*.sql"))}

    assert len(statements) == 10
    for name, statement in statements.items():
        tables = re.findall(r"\b(?:from|join) (\S+)", statement)
        assert len(tables) == 1 and tables[0].startswith("marts.rpt_"), name
        assert f"```sql\n{statement}```" in page, name


def test_communes_that_have_not_reported(reported):
    names = bi_season.communes_of_the_province()
    expected = {code: name for code, name in names.items() if code not in set(reported["unit_code"])}

    found = answer("not_reported")
    assert len(names) == 99 and len(expected) == 87
    assert {row["unit_code"]: row["unit_name"] for row in found} == expected
    assert len(found) == len(expected)


def test_the_province_is_the_sum_of_its_communes_divided_once(reported):
    found = {row["indicator_code"]: row for row in answer("province_value")}
    ratios = [code for code in found if _aggregation(code) == "ratio"]

    assert len(found) == 33 and len(ratios) == 30
    for code in ratios:
        of_line = reported[(reported["indicator_code"] == code) & reported["denominator"].notna()]
        numerator, denominator = of_line["numerator"].sum(), of_line["denominator"].sum()
        row = found[code]
        assert (row["numerator"], row["denominator"]) == (numerator, denominator), code
        assert abs(row["value"] - ratio(numerator, denominator, _factor(code))) < ROUNDING, code
        assert (row["units_reporting"], row["units_expected"]) == (len(of_line), 99), code
        assert round(row["coverage_pct"], 6) == round(Decimal(len(of_line) * 100) / 99, 6), code


def test_two_years_of_a_commune(lines):
    found = answer("two_years")
    newest = bi_season.current(lines)
    own = newest[(newest["unit_code"] == "07210") & (newest["programme"] == ACTION)]
    expected = {(row.period, row.indicator_code): _value(row) for row in own.itertuples()}

    assert len(found) == 33
    for row in found:
        for year in ("2025", "2026"):
            value, wanted = row[f"value_{year}"], expected.get((year, row["indicator_code"]))
            assert (value is None) == (wanted is None), row
            assert value is None or abs(value - wanted) < ROUNDING, row
    assert sum(row["value_2025"] is not None for row in found) > 25


def test_who_is_behind_the_path_to_2030(lines, reported):
    baseline = {
        (row.unit_code, row.indicator_code): _value(row)
        for row in bi_season.current(lines).itertuples()
        if (row.programme, row.period) == (ACTION, "2025")
    }
    expected = {
        (row.unit_code, row.indicator_code)
        for row in reported.itertuples()
        if _is_behind(row, baseline.get((row.unit_code, row.indicator_code)))
    }

    found = answer("behind_the_path")
    assert {(row["unit_code"], row["indicator_code"]) for row in found if row["unit_code"] != "24"} == expected
    assert len(expected) > 10 and {code for _, code in expected} > {"13"}
    assert {row["target_year"] for row in found} == {2030}


def test_the_ranking_begins_with_the_best_and_ends_with_those_without_a_figure(reported):
    of_line = reported[reported["indicator_code"] == "5.1"]
    values = {row.unit_code: ratio(row.numerator, row.denominator, Decimal(100)) for row in of_line.itertuples()}
    ranks = {code: 1 + sum(other > value for other in values.values()) for code, value in values.items()}

    found = answer("ranking")
    assert len(found) == 99
    assert {row["unit_code"]: row["rank"] for row in found[:12]} == ranks
    assert {row["rank"] for row in found[12:]} == {None}
    assert {row["units_ranked"] for row in found[:12]} == {12}


def test_who_was_late():
    found = answer("late")
    names = bi_season.communes_of_the_province()

    # received on 2 December, due before 30 November
    assert {(row["unit_code"], row["unit_name"], row["days_late"]) for row in found} == {
        (code, names[code], 3) for code in bi_season.LATE
    }
    assert {row["agency_name"] for row in found} == {f"UBND {names[code]}" for code in bi_season.LATE}
    assert all(row["unit_code"] in str(row["file_name"]) for row in found)


def test_what_has_changed_and_by_which_file(lines):
    expected = {}
    for row in lines[lines["is_correction"]].itertuples():
        before = lines[
            (lines["unit_code"] == row.unit_code)
            & (lines["period"] == row.period)
            & (lines["indicator_code"] == row.indicator_code)
            & ~lines["is_correction"]
        ].iloc[0]
        if (before["numerator"], before["denominator"]) != (row.numerator, row.denominator):
            expected[row.unit_code, row.indicator_code] = (_value(before), _value(row), row.file_name)

    found = {(row["unit_code"], row["indicator_code"]): row for row in answer("changed_since")}
    assert len(expected) > 1
    assert found.keys() == expected.keys()
    for key, (before, after, file) in expected.items():
        assert abs(found[key]["old_value"] - before) < ROUNDING and abs(found[key]["new_value"] - after) < ROUNDING
        assert (found[key]["file_name"], found[key]["figure_change_vi"]) == (file, "thay đổi")
        assert str(found[key]["changed_on"]) == "2026-12-03"


def test_verdicts_of_the_communes(reported):
    of_line = reported[reported["indicator_code"] == "5.1"]
    counted = Counter(
        _verdict(ratio(row.numerator, row.denominator, Decimal(100)), Decimal(97)) for row in of_line.itertuples()
    )
    counted["chưa có số liệu"] = 99 - len(of_line)

    assert {row["verdict_vi"]: row["communes"] for row in answer("verdicts")} == {
        verdict: number for verdict, number in counted.items() if number
    }


def test_small_counts_of_sensitive_indicators(reported):
    sensitive = {code for programme, code in FACTORS.index if programme == ACTION and _is_sensitive(code)}
    of_communes = {
        (row.unit_code, row.indicator_code, row.numerator)
        for row in reported.itertuples()
        if row.indicator_code in sensitive and 1 <= row.numerator <= 4
    }
    sums = reported.groupby("indicator_code")["numerator"].sum()
    of_province = {("24", code, sums[code]) for code in sensitive & set(sums.index) if 1 <= sums[code] <= 4}

    found = answer("small_counts")
    assert len(of_communes) > 10
    assert {(row["unit_code"], row["indicator_code"], row["numerator"]) for row in found} == of_communes | of_province


def test_the_districts_of_a_map_that_has_ended(lines):
    newest = bi_season.current(lines)
    of_line = newest[(newest["programme"] == EMULATION) & (newest["indicator_code"] == "CT1")]
    values = {row.unit_code: ratio(row.numerator, row.denominator, Decimal(100)) for row in of_line.itertuples()}

    found = {row["unit_code"]: row for row in answer("former_districts")}
    assert len(found) == 11 and len(values) == 6
    assert {code for code, row in found.items() if row["value_printed"] == "–"} == found.keys() - values.keys()
    for code, value in values.items():
        assert found[code]["target_printed"] == "≥75"
        assert found[code]["verdict_vi"] == _verdict(value, Decimal(75), year=2022)


def _aggregation(code: str, programme: str = ACTION) -> str:
    return str(FACTORS.loc[(programme, code), "aggregation"])


def _factor(code: str) -> Decimal:
    return Decimal(str(FACTORS.loc[(ACTION, code), "factor"]))


def _is_sensitive(code: str) -> bool:
    return str(FACTORS.loc[(ACTION, code), "is_sensitive"]).lower() == "true"


def _value(row) -> Decimal | None:
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
    return ratio(cells["numerator"], cells["denominator"], _factor(code))


def _is_behind(row, baseline: Decimal | None) -> bool:
    """Whether a commune is short of the milestone of 2026, one of five years after its baseline of 2025."""
    value = _value(row)
    targets = bi_season.seed("targets")
    of_province = targets[
        (targets["programme_code"] == ACTION)
        & (targets["indicator_code"] == row.indicator_code)
        & (targets["target_scope"] == "province")
    ]
    if value is None or of_province.empty:
        return False
    target = of_province.iloc[0]
    if row.indicator_code == "13":  # the path is constant: the lower end of the range, beyond which it is met
        return value < Decimal(target["target_low"])
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
    return {"≥": value < milestone, ">": value <= milestone, "≤": value > milestone, "<": value >= milestone}[
        target["comparator"]
    ]


def _verdict(value: Decimal, target: Decimal, year: int = 2026) -> str:
    if value > target:
        return "Đạt vượt KH"
    return "Đạt" if value == target else "Không đạt" if year == 2022 else "chưa đạt"
