"""What is imported into Superset: it names marts and columns that exist, and no chart can be a wrong answer."""

import io
import json
import re
import zipfile
from collections import Counter

import pytest
import yaml

from warehouse import code_labels, marts
from warehouse.superset import assets, comparison, datasets, environment

CHARTS = assets.documents("chart")
DASHBOARDS = assets.documents("dashboard")
COUNTS = {
    "numerator",
    "denominator",
    "obligations",
    "obligations_dated",
    "reports_accepted",
    "reports_complete",
    "reports_on_time",
    "reports_submitted",
}
"""What may be added up: counts of reports, and both sides of a rate."""
ONE_VALUE_OF_A_ROW = re.compile(r"MAX\((\w+)\)")
SUM = re.compile(r"SUM\((\w+)\)")


def _columns(chart) -> dict[str, dict]:
    return {column["column_name"]: column for column in assets.dataset_of(chart)["columns"]}


def _filters(chart) -> dict[str, object]:
    return {each["subject"]: each.get("comparator", each["operator"]) for each in chart["params"]["adhoc_filters"]}


def _shown(chart) -> list[str]:
    return assets.columns(chart["params"])


def _expressions(chart) -> list[str]:
    metrics = {metric["metric_name"]: metric["expression"] for metric in assets.dataset_of(chart)["metrics"]}
    return [metrics[name] for name in assets.metrics(chart["params"])]


@pytest.mark.parametrize("name", datasets.METRICS)
def test_a_dataset_has_the_columns_of_its_mart_each_with_a_vietnamese_label(name):
    dataset, mart = assets.documents("dataset")[name], marts.mart(name)
    stored = [column for column in dataset["columns"] if column["expression"] is None]
    labels = [column["verbose_name"] for column in dataset["columns"]]

    assert [column["column_name"] for column in stored] == [column.name for column in mart.columns]
    assert [label for label, count in Counter(labels).items() if count > 1] == []
    assert [label for label in labels if "_" in label or not 2 <= len(label) <= 70 or label.isascii()] == []
    assert "Không cộng" not in mart.vi or "Không cộng" in dataset["extra"]["warning_markdown"]


def test_every_label_that_is_written_is_the_label_of_a_column():
    columns = {(mart, column.name) for mart in datasets.METRICS for column in marts.mart(mart).columns}
    known = columns | {("", column) for _, column in columns}

    assert [key for key in datasets._labels() if key not in known] == []


def test_words_beside_codes_are_those_of_the_code_lists():
    for mart, coded in datasets.CODED.items():
        (column,) = (c for c in datasets.document(mart)["columns"] if c["column_name"] == f"{coded[0].column}_vi")
        for code, text in code_labels.vietnamese(coded[0].code_list).items():
            assert f"WHEN '{code}' THEN '{text}'" in column["expression"]


@pytest.mark.parametrize("kind", assets.KINDS)
def test_every_object_has_the_uuid_of_its_name(kind):
    documents = assets.documents(kind)

    assert {name: document["uuid"] for name, document in documents.items()} == {
        name: datasets.uuid(kind, name) for name in documents
    }


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_only_for_what_its_dataset_has(name):
    chart, columns = CHARTS[name], _columns(CHARTS[name])
    ordered = [json.loads(each)[0] for each in chart["params"].get("order_by_cols", [])]

    assert chart["viz_type"] == chart["params"]["viz_type"]
    assert [each for each in [*_shown(chart), *_filters(chart), *ordered] if each not in columns] == []
    assert len(_expressions(chart)) == len(assets.metrics(chart["params"]))


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_adds_up_or_averages_a_rate(name):
    """Counts are added up and divided once; any other number is alone in its cell."""
    chart = CHARTS[name]
    key = set(marts.mart(assets.dataset_of(chart)["table_name"]).key) - {"unit_id"} | {"unit_name"}
    for expression in _expressions(chart):
        added = SUM.findall(expression)
        assert "AVG" not in expression.upper()
        if ONE_VALUE_OF_A_ROW.fullmatch(expression):
            assert key <= set(_shown(chart)), "more than one row in a cell"
        elif expression != "COUNT(*)":
            assert added and set(added) <= COUNTS


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_figures_has_one_map_one_level_and_one_period(name):
    chart, columns, filters = CHARTS[name], _columns(CHARTS[name]), _filters(CHARTS[name])
    table = assets.dataset_of(chart)["table_name"]
    if table.startswith(("rpt_indicator_", "rpt_reporting_rates")):
        assert isinstance(filters.get("unit_level"), str) or "unit_level_vi" in _shown(chart)
        assert "is_latest_period" in filters or "period" in _shown(chart)
    assert "boundary_basis" not in columns, "both maps"
    assert "as_reported" not in table
    if table in ("rpt_indicator_progress", "rpt_indicator_ranking") and "row_count" not in assets.metrics(
        chart["params"]
    ):
        assert "programme_code" in _shown(chart)


def test_every_chart_is_on_one_dashboard_and_every_filter_finds_its_column():
    shown = Counter(
        part["meta"]["uuid"]
        for dashboard in DASHBOARDS.values()
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    )
    columns = {
        dataset["uuid"]: {column["column_name"] for column in dataset["columns"]}
        for dataset in assets.documents("dataset").values()
    }

    assert len(DASHBOARDS) == 4
    assert shown == Counter(chart["uuid"] for chart in CHARTS.values())
    for dashboard in DASHBOARDS.values():
        for native in dashboard["metadata"]["native_filter_configuration"]:
            for target in native["targets"]:
                assert target["column"]["name"] in columns[target["datasetUuid"]]
            assert {each["subject"] for each in native.get("adhoc_filters", [])} <= columns[target["datasetUuid"]]


def test_the_colours_of_dashboards_are_given_to_words_of_the_code_lists():
    texts = set(code_labels.vietnamese("verdict").values())

    for name, dashboard in DASHBOARDS.items():
        assert set(dashboard["metadata"]["label_colors"]) <= texts, name


def test_every_chart_has_a_statement_that_says_what_it_shows():
    files = {file.stem for file in (datasets.FOLDER / "expected").glob("*.sql")}

    assert files == set(CHARTS)


def test_the_bundle_carries_the_query_of_each_chart():
    with zipfile.ZipFile(io.BytesIO(assets.bundle())) as archive:
        names = archive.namelist()
        charts = [yaml.safe_load(archive.read(name)) for name in names if "/charts/" in name]

    assert sorted(names) == sorted(f"baocao/{file.relative_to(datasets.ASSETS)}" for file in assets._files())
    for chart in charts:
        (query,) = json.loads(chart["query_context"])["queries"]
        assert len(query["filters"]) == len(chart["params"]["adhoc_filters"])
        assert query.get("columns") or query["metrics"]
        assert query.get("metrics", True), "empty metrics group the rows of a table"


def test_a_difference_between_superset_and_the_marts_is_found():
    chart = CHARTS["reporting_statuses"]
    same = comparison._compared("x", chart, [("a", 1), ("b", 2.0)], [("b", 2), ("a", 1)])
    other = comparison._compared("x", chart, [("a", 1), ("a", 1)], [("a", 1), ("a", 2)])

    assert same.is_equal
    assert (other.only_in_superset, other.only_in_marts) == (["('a', '1')"], ["('a', '2')"])


def test_a_chart_that_its_limit_cuts_off_may_lack_rows_and_has_none_too_many():
    chart = CHARTS["reporting_statuses"]
    limit = chart["params"]["row_limit"]
    rows = [(f"{number}", number) for number in range(limit)]

    assert comparison._compared("x", chart, rows, [*rows, ("more", 1)]).is_equal
    assert not comparison._compared("x", chart, rows, rows[1:]).is_equal


def test_the_packages_of_superset_are_pinned_by_hash_and_name_no_index():
    lock = environment._lock().read_text()
    packages = re.split(r"\n(?=[a-z0-9])", lock)[1:]

    assert len(packages) > 100
    assert [
        package.partition(" ")[0] for package in packages if "==" not in package or "--hash=sha256:" not in package
    ] == []
    assert re.findall(r"https?:|--(?:extra-)?index-url|--find-links", lock) == []


def test_superset_is_told_to_ask_no_other_host():
    settings = (datasets.FOLDER / "superset_config.py").read_text()
    database = assets.documents("database")["baocao"]["sqlalchemy_uri"]

    assert re.findall(r"https?://[\w.]+", settings) == []
    assert database == f"postgresql+psycopg2://?service={environment.SERVICE}"
