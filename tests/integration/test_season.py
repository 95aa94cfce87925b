"""A whole reporting season in one province: 61 daily runs, 10 of them lost and 5 killed, and a real SMTP server."""

import random
from collections.abc import Iterator

import pytest

from pipeline import building
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.own_catalogue import own_catalogue
from tests.integration.season import Season, Unit, made_up_programmes
from warehouse import database

PROVINCE = "24"


@pytest.fixture
def units(own_database: str) -> Iterator[list[Unit]]:
    """The communes of Bắc Ninh, in a catalogue where they owe two made-up programmes and nothing else."""
    with own_catalogue() as catalogue:
        for seed, rows in made_up_programmes(2, [PROVINCE], PROVINCE).items():
            catalogue.replace(seed, rows)
        for seed in ("targets", "baselines", "agencies", "indicator_agencies", "contradictions", "annex_columns"):
            catalogue.replace(seed)
        for seed in ("annex_footnotes", "criteria", "criterion_indicators", "score_sheets", "score_classes"):
            catalogue.replace(seed)
        for seed in ("unit_classes", "reporting_thresholds"):
            catalogue.replace(seed)
        building.build()
        with database.connect() as connection:
            rows = connection.execute(
                "select unit_id, unit_code from intermediate.int_reports__scheduled where programme_code = 'gia-dinh-1'"
            ).fetchall()
        yield [Unit(unit_id, code, PROVINCE) for unit_id, code in sorted(rows)]


def test_nobody_is_told_twice_and_nobody_in_vain_whatever_happens_to_the_runs(units, monkeypatch):
    letterbox = Letterbox()
    programmes = {f"gia-dinh-{n}": f"Chương trình giả định {n}" for n in (1, 2)}
    season = Season(programmes, units, PROVINCE, random.Random(20261129), letterbox)
    with listening(letterbox, free_port()) as url:
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        season.play(lost=10, kills=5)

    assert (len(units), len(season.killed), len(season.completed)) == (99, 5, 46)
    assert len(season.letters) > 300
    season.check()
