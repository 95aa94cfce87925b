"""Every model and column is described, in English and Vietnamese, and each meaning is written once."""

import re
from collections import Counter

import pytest
import yaml

from pipeline.building import DBT_PROJECT
from tests.languages import is_in_both_languages
from tests.unit.dbt_project.project import models

DESCRIBED = ("staging", "marts", "app")
NOT_ADDITIVE = {
    "fct_denominator_coverage",
    "fct_indicator_rollup",
    "fct_score",
    "fct_target_progress",
    "rpt_indicator_progress",
    "rpt_indicator_progress_as_reported",
    "rpt_provincial_scorecard",
    "rpt_reconciliation",
    "rpt_reporting_rates",
    "rpt_reporting_rates_daily",
    "rpt_score_ranking",
}
"""Marts whose rows contain one another, or are no amounts."""
REFERENCE = re.compile(r"\{\{ doc\('([a-z0-9_]+)'\) \}\}")


def _columns() -> list[tuple[str, str, str]]:
    """Model, column and description, as written."""
    files = [file for layer in DESCRIBED for file in (DBT_PROJECT / "models" / layer).glob("*__models.yml")]
    return [
        (model["name"], column["name"], column.get("description", ""))
        for file in files
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
        for column in model["columns"]
    ]


def _blocks(manifest) -> dict[str, str]:
    return {block.name: block.block_contents for key, block in manifest.docs.items() if key.startswith("doc.baocao.")}


@pytest.mark.parametrize("text", ["One row per unit.", "VI: Mỗi dòng", "One row.\nVI: One row."])
def test_one_language_is_not_two(text):
    assert not is_in_both_languages(text)


def test_a_description_begins_with_the_grain(manifest):
    assert [model.name for model in models(manifest) if not model.node.description.startswith("One row per ")] == []


def test_a_model_that_is_read_is_described_in_both_languages(manifest):
    described = models(manifest, *DESCRIBED)

    assert len(described) > 25
    assert [model.name for model in described if not is_in_both_languages(model.node.description)] == []


def test_every_column_has_a_description_in_both_languages(manifest):
    described = models(manifest, *DESCRIBED)
    columns = [
        (f"{model.name}.{name}", column.description)
        for model in described
        for name, column in model.node.columns.items()
    ]

    assert len(columns) > 350
    assert [model.name for model in described if not model.node.columns] == []
    assert [name for name, description in columns if not is_in_both_languages(description)] == []


def test_a_table_whose_rows_must_not_be_added_up_has_it_in_its_comment(manifest):
    marked = {model.name for model in models(manifest, "marts") if "must not be added up" in model.node.description}

    assert marked == NOT_ADDITIVE
    assert [
        model.name
        for model in models(manifest, "marts")
        if model.name in NOT_ADDITIVE and "Không cộng" not in model.node.description
    ] == []


def test_a_column_refers_to_the_dictionary():
    written = _columns()

    assert len(written) > 350
    assert [f"{model}.{column}" for model, column, text in written if not REFERENCE.fullmatch(text)] == []


def test_every_entry_of_the_dictionary_is_used_and_none_is_written_twice(manifest):
    blocks = _blocks(manifest)
    used = {match[1] for _, _, text in _columns() if (match := REFERENCE.fullmatch(text))}
    texts = Counter(part.strip() for text in blocks.values() for part in text.split("\nVI:"))

    assert len(blocks) > 150
    assert sorted(set(blocks) - used) == []
    assert [text for text, times in texts.items() if times > 1] == []


def test_comments_reach_the_database(manifest):
    everything = {"relation": True, "columns": True}
    described = models(manifest, *DESCRIBED)

    assert [model.name for model in described if model.node.config.persist_docs != everything] == []
