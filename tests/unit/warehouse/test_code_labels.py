"""The texts of codes: each list has one home, the seed, and whoever shows a code reads it from there."""

import ast

import pytest

from pages import terms
from publish import formatting
from publish.forms.types import TYPES
from publish.reading import alerts, owed, progress
from publish.scores import data as scores
from warehouse import code_labels
from warehouse.settings import PROJECT_ROOT

PACKAGES = ("alerts", "baocao", "docs", "pages", "pipeline", "publish", "warehouse")
LISTS = {
    "alert_status": alerts.STATUSES,
    "milestone_verdict": formatting.PATHS,
    "report_status": owed.STATUSES,
    "score_reason": scores.REASONS,
    "score_verdict": scores.VERDICTS,
    "submission_type": TYPES,
    "target_scope": progress.SCOPES,
    "trend_class": progress.TRENDS,
    "unit_of_measure": formatting.UNITS,
    "verdict": formatting.VERDICTS,
}


def test_a_list_is_in_its_order_with_both_languages():
    verdicts = code_labels.labels("verdict")

    assert list(verdicts)[:4] == ["met", "exceeded", "not_yet_met", "not_met"]
    assert verdicts["not_yet_met"] == code_labels.Label("chưa đạt", "not met yet")
    assert code_labels.vietnamese("report_status")["missing"] == "chưa nộp, đã quá hạn"
    with pytest.raises(KeyError):
        code_labels.labels("no_such_list")


@pytest.mark.parametrize("code_list", LISTS)
def test_workbooks_and_commands_show_the_texts_of_the_seed(code_list):
    assert LISTS[code_list] == code_labels.vietnamese(code_list)


def test_pages_have_the_texts_of_the_seed_in_both_languages():
    assert tuple(terms.STATUSES["late"]) == ("đã nhận, trễ hạn", "received late")
    assert tuple(terms.NOT_YET_MET) == ("chưa đạt", "not met yet")


def test_no_module_repeats_the_texts_of_a_list():
    texts = {name: set(code_labels.vietnamese(name).values()) for name in LISTS}
    files = [file for package in PACKAGES for file in sorted((PROJECT_ROOT / package).rglob("*.py"))]
    dictionaries = [
        (file, node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Dict)
    ]
    repeated = [
        f"{file.relative_to(PROJECT_ROOT)}:{node.lineno}: {name}"
        for file, node in dictionaries
        for name, of_list in texts.items()
        if len({each.value for each in ast.walk(node) if isinstance(each, ast.Constant)} & of_list) > 2
    ]

    assert len(dictionaries) > 200
    assert repeated == []
