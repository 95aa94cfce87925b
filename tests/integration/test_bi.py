"""The marts as a BI tool meets them: the ten questions of docs/bi.md, and what made natural queries wrong."""

import re
import stat
import unicodedata
from collections import Counter
from decimal import Decimal

import pandas as pd
import psycopg
import pytest
import yaml

from publish import formatting
from publish.reading import progress
from tests.integration import bi_figures, bi_season
from tests.integration.bi_figures import ratio
from tests.integration.bi_season import ACTION, EMULATION, answer, read_as_bi
from tests.integration.semantic_layer import SemanticLayer
from warehouse import database
from warehouse.settings import PROJECT_ROOT
from warehouse.superset import assets, comparison, environment

QUESTIONS = PROJECT_ROOT / "docs" / "questions"
ROUNDING = Decimal("1e-12")


@pytest.fixture(scope="module")
def lines(bi_warehouse):
    return bi_season.read(bi_warehouse)


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
        tables = re.findall(r"\b(?:from|join) (\S+)", re.sub("--.*", "", statement))
        assert len(tables) == 1 and tables[0].startswith("marts.rpt_"), name
        assert f"```sql\n{statement}```" in page, name


@pytest.mark.usefixtures("lines")
def test_the_statement_of_each_chart_of_superset_has_the_chart_s_columns():
    with database.connect("bi") as connection:
        for name, chart in assets.documents("chart").items():
            shown = [*assets.columns(chart["params"]), *assets.metrics(chart["params"])]
            described = connection.execute(
                f"select * from ({comparison.statement(name).decode()}) as statement limit 0"
            )
            assert len(described.description) == len(shown), name


@pytest.mark.usefixtures("lines")
def test_superset_reads_the_marts_through_a_service_file_of_its_own(monkeypatch):
    environment.write_service_file()
    environment.variables()
    monkeypatch.setenv("PGSERVICEFILE", environment.variables()["PGSERVICEFILE"])

    with psycopg.connect(f"service={environment.SERVICE}") as connection:
        assert connection.execute("select current_user").fetchone() == ("bi_reader",)
    private = [file for file in environment.home().iterdir() if file.is_file()]
    assert {file.name for file in private} == {"passwords.json", "pg_service.conf", "secrets.json"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
    assert stat.S_IMODE(environment.home().stat().st_mode) == 0o700
    assert [name for name in environment.variables() if name.startswith(("BAOCAO_DATABASE", "PGPASS"))] == []


def test_communes_that_have_not_reported(reported):
    names = bi_season.communes_of_the_province()
    expected = {code: name for code, name in names.items() if code not in set(reported["unit_code"])}

    found = answer("not_reported")
    assert len(names) == 99 and len(expected) == 87
    assert {row["unit_code"]: row["unit_name"] for row in found} == expected
    assert len(found) == len(expected)


def test_the_province_is_the_sum_of_its_communes_divided_once(reported):
    found = {row["indicator_code"]: row for row in answer("province_value")}
    ratios = [code for code in found if bi_figures.aggregation(code) == "ratio"]

    assert len(found) == 33 and len(ratios) == 30
    for code in ratios:
        of_line = reported[(reported["indicator_code"] == code) & reported["denominator"].notna()]
        numerator, denominator = of_line["numerator"].sum(), of_line["denominator"].sum()
        row = found[code]
        assert (row["numerator"], row["denominator"]) == (numerator, denominator), code
        assert abs(row["value"] - ratio(numerator, denominator, bi_figures.factor(code))) < ROUNDING, code
        assert (row["units_reporting"], row["units_expected"]) == (len(of_line), 99), code
        assert round(row["coverage_pct"], 6) == round(Decimal(len(of_line) * 100) / 99, 6), code


def test_two_years_of_a_commune(lines):
    found = answer("two_years")
    newest = bi_season.current(lines)
    own = newest[(newest["unit_code"] == "07210") & (newest["programme"] == ACTION)]
    expected = {(row.period, row.indicator_code): bi_figures.value(row) for row in own.itertuples()}

    assert len(found) == 33
    for row in found:
        for year in ("2025", "2026"):
            value, wanted = row[f"value_{year}"], expected.get((year, row["indicator_code"]))
            assert (value is None) == (wanted is None), row
            assert value is None or abs(value - wanted) < ROUNDING, row
    assert sum(row["value_2025"] is not None for row in found) > 25


def test_who_is_behind_the_path_to_2030(lines, reported):
    baseline = {
        (row.unit_code, row.indicator_code): bi_figures.value(row)
        for row in bi_season.current(lines).itertuples()
        if (row.programme, row.period) == (ACTION, "2025")
    }
    expected = {
        (row.unit_code, row.indicator_code)
        for row in reported.itertuples()
        if bi_figures.is_behind(row, baseline.get((row.unit_code, row.indicator_code)))
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
            expected[row.unit_code, row.indicator_code] = (
                bi_figures.value(before),
                bi_figures.value(row),
                row.file_name,
            )

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
        bi_figures.verdict(ratio(row.numerator, row.denominator, Decimal(100)), Decimal(97))
        for row in of_line.itertuples()
    )
    counted["chưa có số liệu"] = 99 - len(of_line)

    assert {row["verdict_vi"]: row["communes"] for row in answer("verdicts")} == {
        verdict: number for verdict, number in counted.items() if number
    }


def test_small_counts_of_sensitive_indicators(reported):
    sensitive = {
        code for programme, code in bi_figures.FACTORS.index if programme == ACTION and bi_figures.is_sensitive(code)
    }
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
        assert found[code]["verdict_vi"] == bi_figures.verdict(value, Decimal(75), year=2022)


OF_COMMUNES = """
    marts.fct_indicator_rollup as figure
    {join}
    where figure.programme_code = 'bacninh-2026-2030' and figure.period = '2026' and figure.indicator_code = '5.1'
        and figure.unit_level = 'commune' and figure.boundary_basis = 'current' and figure.measure = 'rate'
"""


@pytest.mark.parametrize("column", ["unit_id", "unit_code"])
def test_a_join_to_the_units_of_today_doubles_no_figure(lines, column):
    joined = f"join marts.{{}} as unit on unit.{column} = figure.{column}"
    today, versions = (joined.format(mart) for mart in ("dim_org_unit_current", "dim_org_unit"))

    assert len(read_as_bi("select 1 from" + OF_COMMUNES.format(join=today))) == 12
    assert len(read_as_bi("select 1 from" + OF_COMMUNES.format(join=versions))) > 12  # former names and bearers


def test_a_unit_has_one_verdict_and_everything_is_on_one_map(lines):
    rows = read_as_bi(
        "select programme_code, indicator_code, period, unit_id, is_current_map from rpt_indicator_progress"
    )

    assert len(rows) > 3000
    assert len({tuple(row.values())[:4] for row in rows}) == len(rows)
    assert {row["is_current_map"] for row in rows} == {True}


def _by_key(statement: str, *more: str) -> dict[tuple, dict]:
    key = ("programme_code", "indicator_code", "period", "unit_id", "measure", *more)
    return {tuple(row[name] for name in key): row for row in read_as_bi(statement)}


@pytest.mark.parametrize("boundary_basis", ["current", "as_reported"])
def test_printed_forms_are_those_of_workbooks_and_pages(lines, boundary_basis):
    of_map = "" if boundary_basis == "current" else "_as_reported"
    rows = read_as_bi(f"select * from rpt_indicator_progress{of_map} where has_figure")
    figures = _by_key(f"select * from fct_indicator_rollup where boundary_basis = '{boundary_basis}'")
    targets = _by_key("select * from fct_target_progress where is_main_target")
    bounds = {
        (row["programme_code"], row["indicator_code"]): row
        for row in read_as_bi("select programme_code, indicator_code, hard_min, hard_max from dim_indicator")
    }

    assert len(rows) > 400
    for row in rows:
        key = tuple(row[name] for name in ("programme_code", "indicator_code", "period", "unit_id", "measure"))
        shown = row | figures[key] | bounds[key[:2]]
        beside = progress.thresholds([shown])
        assert row["value_printed"] == progress.figure(shown, beside), row
        if row["comparator"]:
            printed = formatting.target(row["comparator"], row["target_low"], row["target_high"])
            assert row["target_printed"] == printed, row
        if row["milestone"] is not None:
            ends, comparator = [row["value_low"], row["value_high"]], targets[key]["milestone_comparator"]
            assert row["milestone_printed"] == formatting.milestone(comparator, row["milestone"], ends, beside), row
        verdict = "exceeded" if targets.get(key, {}).get("is_exceeded") else row["verdict"]
        assert row["verdict_vi"] == formatting.verdict(verdict, row["target_year"], row["period"]), row
    assert sum(row["milestone"] is not None for row in rows) > 20


def test_no_milestone_and_no_trend_without_a_reason(lines):
    rows = read_as_bi("select * from rpt_indicator_progress_as_reported")
    facts = read_as_bi(
        "select count(*) as facts, count(*) filter (where (milestone_verdict is null) = (milestone_reason is null)"
        " or (trend_class is null) = (trend_reason is null)) as wrong from fct_target_progress"
    )

    assert facts[0]["facts"] > 500 and facts[0]["wrong"] == 0
    assert [row for row in rows if not row["milestone_vi"] or not row["trend_vi"]] == []
    reasons = {row["trend_reason"] for row in rows if row["unit_level"] == "commune" and row["is_main_target"]}
    assert reasons == {"below_district", "not_comparable"}


def test_a_submission_leads_to_its_file_and_the_moment_of_its_receipt(lines):
    rows = read_as_bi(
        "select value.unit_code, file_name, received_at::text from marts.fct_reported_value as value"
        " join marts.dim_submission using (submission_id)"
        " where value.period = '2026' and indicator_code = '5.1' and known_to is null"
    )
    received = {row["unit_code"]: row["received_at"] for row in rows}

    assert len(rows) == 12
    assert received["07264"] == "2026-11-20 08:00:00+07" and received["07246"] == "2026-12-03 08:00:00+07"
    assert all(str(row["unit_code"]) in str(row["file_name"]) for row in rows)


CODES = {
    "aggregation": "dim_indicator.aggregation",
    "boundary_basis": "fct_indicator_rollup.boundary_basis",
    "figure_change": "rpt_changes.figure_change",
    "gate_status": "dim_submission.status",
    "measure": "fct_indicator_rollup.measure",
    "milestone_reason": "rpt_indicator_progress.milestone_reason",
    "milestone_verdict": "fct_target_progress.milestone_verdict",
    "period_kind": "dim_period.kind",
    "report_status": "fct_report_obligation.status",
    "score_reason": "fct_score.reason",
    "submission_type": "dim_submission.submission_type",
    "target_scope": "fct_target_progress.target_scope",
    "trend_class": "fct_target_progress.trend_class",
    "trend_reason": "rpt_indicator_progress.trend_reason",
    "unit_level": "fct_indicator_rollup.unit_level",
    "value_status": "fct_reported_value.value_status",
    "verdict": "rpt_indicator_progress.verdict",
}


def test_every_code_of_the_marts_has_a_label(lines):
    labels = {(row["code_list"], row["code"]) for row in read_as_bi("select code_list, code from marts.dim_code_label")}
    for code_list, column in CODES.items():
        mart, _, name = column.partition(".")
        codes = {row[name] for row in read_as_bi(f"select distinct {name} from marts.{mart}")} - {None}
        assert codes, column
        assert {(code_list, code) for code in codes} - labels == set(), column


def test_figures_have_days_and_each_table_has_one_statement_of_its_instant(lines):
    (figures,) = read_as_bi(
        "select distinct data_from::text, data_to::text, as_of::text from rpt_indicator_progress"
        " where programme_code = 'bacninh-2026-2030' and is_latest_period"
    )
    (status,) = read_as_bi("select distinct as_of::text from marts.rpt_reporting_status")
    (snapshot,) = read_as_bi("select figures_as_of::text, obligations_as_of::text from marts.dim_snapshot")

    assert (figures["data_from"], figures["data_to"]) == ("2026-01-01", "2026-12-31")
    assert str(figures["as_of"])[:10] == "2026-12-03"  # the last correction
    assert str(status["as_of"])[:10] == "2026-12-05"  # the build
    assert snapshot == {"figures_as_of": figures["as_of"], "obligations_as_of": status["as_of"]}


def test_who_has_not_reported_has_no_rank_and_comes_last(lines):
    rows = read_as_bi(
        "select unit_code, rank from rpt_score_ranking"
        " where programme_code = 'angiang-emulation-2022' and period = '2022' order by rank"
    )

    assert rows[0]["rank"] == 1 and len(rows) == 11
    assert {row["unit_code"] for row in rows[-5:]} == {"883", "884", "886", "887", "888"}
    assert {row["rank"] for row in rows[-5:]} == {None}


def test_who_can_be_reminded_is_a_column(lines):
    statement = (
        "select unit_code from marts.rpt_reporting_status"
        " where programme_code = 'bacninh-2026-2030' and is_latest_period and is_overdue and has_contact"
    )

    assert [row["unit_code"] for row in read_as_bi(statement)] == [bi_season.REACHABLE]


def test_a_tool_that_lists_tables_sees_the_marts_alone(lines):
    listed = {row["table_schema"] for row in read_as_bi("select table_schema from information_schema.tables")}

    assert listed - {"pg_catalog", "information_schema"} == {"marts"}


def test_names_sort_in_the_order_of_the_vietnamese_alphabet(lines):
    rows = read_as_bi("select distinct unit_name, unit_sort_key from marts.dim_org_unit order by unit_sort_key")
    orders = [_alphabetically(str(row["unit_name"])) for row in rows]

    assert len(orders) > 8000
    assert orders == sorted(orders)


ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def _alphabetically(name: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Letters by the alphabet, a number by its size, and then the tones."""
    letters, tones = [], []
    for part in re.findall(r"\d+|.", unicodedata.normalize("NFC", name).lower()):
        marks = unicodedata.normalize("NFD", part)
        letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        is_letter = letter in ALPHABET and not part.isdigit()
        letters.append((1, int(part)) if part.isdigit() else (2, ALPHABET.index(letter)) if is_letter else (0, 0))
        tones.append(next((TONES[mark] for mark in marks if mark in TONES), 0))
    return letters, tones


def test_an_export_is_the_mart_with_its_contract_beside_it(lines, command, tmp_path):
    outcome = command("export", "rpt_reporting_status", "dim_period", "--out", tmp_path)
    frame = pd.read_csv(tmp_path / "rpt_reporting_status.csv", dtype=str, keep_default_na=False)
    contract = yaml.safe_load((tmp_path / "rpt_reporting_status.contract.yaml").read_text(encoding="utf-8"))
    rows = read_as_bi("select unit_code, status_vi from marts.rpt_reporting_status")

    assert (outcome.code, outcome.err.count("Traceback")) == (0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{mart}.{ending}" for mart in ("dim_period", "rpt_reporting_status") for ending in ("contract.yaml", "csv")
    ]
    assert [column["name"] for column in contract["schema"][0]["properties"]] == list(frame.columns)
    assert Counter(zip(frame["unit_code"], frame["status_vi"], strict=True)) == Counter(tuple(r.values()) for r in rows)


def test_an_export_as_of_an_earlier_day_knows_no_later_report(lines, command, tmp_path):
    outcome = command("export", "rpt_indicator_progress", "--out", tmp_path, "--as-of", "2026-11-25", "--json")
    frame = pd.read_csv(tmp_path / "rpt_indicator_progress.csv", dtype=str)
    province = frame[(frame["unit_code"] == "24") & (frame["indicator_code"] == "5.1") & (frame["period"] == "2026")]

    assert outcome.code == 0, outcome.err
    assert list(province["units_reporting"]) == ["10"]
    assert command("export", "dim_periods", "--out", tmp_path).code == 2


@pytest.fixture(scope="module")
def semantic_layer(lines) -> SemanticLayer:
    """The metrics, with the season in the marts."""
    return SemanticLayer()


def test_a_metric_of_one_unit_is_what_the_mart_says_of_it(semantic_layer):
    """Every indicator, unit and period: a value or none, and the coverage."""
    by = ("programme_code", "indicator_code", "period", "unit_id", "unit_level")
    expected = {
        tuple(row[column] for column in by): row
        for row in read_as_bi("select * from rpt_indicator_progress where has_figure")
    }
    found = {
        tuple(row[column] for column in by): row for row in semantic_layer.query("figure", ["value", "coverage"], by)
    }

    assert len(expected) > 400 and expected.keys() <= found.keys()
    for key, row in expected.items():
        assert found[key]["value"] == row["value"], key
        assert abs(found[key]["coverage"] - row["coverage_pct"]) < ROUNDING, key
    assert all(row["value"] is None for key, row in found.items() if key not in expected)


def test_a_metric_of_communes_together_is_the_figure_of_their_province(semantic_layer):
    """A rate is a sum divided by a sum. Where a commune gave a figure without parts, they have no value together."""
    found = {
        row["indicator_code"]: row["value"]
        for row in semantic_layer.query(
            "figure", ["value"], ["indicator_code"], programme_code=ACTION, period="2026", unit_level="commune"
        )
    }
    provinces = read_as_bi(
        "select indicator_code, value from rpt_indicator_progress where programme_code = 'bacninh-2026-2030' "
        "and period = '2026' and unit_code = '24' and aggregation in ('ratio', 'relative_change') "
        "and measure in ('rate', 'change')"
    )

    without_parts = {
        row["indicator_code"]
        for row in read_as_bi(
            "select distinct indicator_code from rpt_indicator_progress where programme_code = 'bacninh-2026-2030' and "
            "period = '2026' and unit_level = 'commune' and has_figure and (numerator is null or denominator is null)"
        )
    }

    assert len(provinces) > 25 and sum(row["value"] is not None for row in provinces) > 20
    assert len(without_parts) < 20
    for row in provinces:
        value = found[row["indicator_code"]]
        assert (value is None) == (row["value"] is None or row["indicator_code"] in without_parts), row
        assert value is None or abs(value - row["value"]) < ROUNDING, row


@pytest.mark.parametrize("left_out", ["programme_code", "indicator_code", "period", "unit_level"])
def test_what_must_not_be_taken_together_has_no_value(semantic_layer, left_out: str):
    """Two indicators, periods or levels: a metric of them would be a number of nothing."""
    by = [name for name in ("programme_code", "indicator_code", "period", "unit_level") if name != left_out]
    found = semantic_layer.query("figure", ["value", "coverage", "kind_first", "kind_last"], by)

    mixed = [row for row in found if row["kind_first"] != row["kind_last"]]
    assert mixed or left_out == "programme_code"
    assert all(row["value"] is None and row["coverage"] is None for row in mixed)


def test_the_rates_of_reports_are_those_of_the_marts(semantic_layer):
    found = {
        (row["programme_code"], row["period"]): row
        for row in semantic_layer.query(
            "report",
            ["obligations", "reports_on_time", "on_time_rate", "overdue_reports"],
            ["programme_code", "period"],
            province_code="24",
        )
    }
    rates = {
        (row["programme_code"], row["period"]): row
        for row in read_as_bi("select * from marts.rpt_reporting_rates where unit_code = '24'")
    }
    (overdue,) = read_as_bi(
        "select count(*) as reports from marts.rpt_missing_reports "
        "where programme_code = 'bacninh-2026-2030' and period = '2026'"
    )

    assert (ACTION, "2026") in rates and rates.keys() <= found.keys()
    for key, row in rates.items():
        assert found[key]["obligations"] == row["obligations"], key
        assert found[key]["reports_on_time"] == row["reports_on_time"], key
        wanted = row["on_time_pct"]
        assert (found[key]["on_time_rate"] is None) == (wanted is None), key
        assert wanted is None or abs(found[key]["on_time_rate"] - wanted) < ROUNDING, key
    assert found[ACTION, "2026"]["overdue_reports"] == overdue["reports"] > 80


def test_no_measure_averages_and_none_adds_up_a_rate(semantic_layer):
    rates = r"\b(value|coverage_pct|[a-z_]+_pct)\b(?! is)"
    for model, measure in semantic_layer.measures:
        assert measure.agg.value in {"sum", "min", "max"}, (model, measure.name)
        assert measure.agg.value != "sum" or not re.search(rates, measure.expr), (model, measure.name)
