"""A whole reporting season in one province: 61 daily runs, 10 of them lost and 5 killed, and a real SMTP server."""

import random

from tests.integration import made_up_programmes
from tests.integration.letterbox import free_port, listening
from tests.integration.season import Postbox, Season, Unit
from tests.integration.season_checks import Checks
from warehouse import database

PROVINCE = "24"
COMMUNES = (
    "select unit_code from intermediate.int_expected_reports__latest where programme_code = 'gia-dinh-1' order by 1"
)


def test_nobody_is_told_twice_and_nobody_in_vain_whatever_happens_to_the_runs(own_database, monkeypatch):
    made_up_programmes.install(2, [PROVINCE], PROVINCE)
    with database.connect() as connection:
        units = [Unit(code, PROVINCE) for (code,) in connection.execute(COMMUNES).fetchall()]
    season = Season(made_up_programmes.names(2), units, PROVINCE, random.Random(20261129), Postbox())
    with listening(season.postbox, free_port()) as url:
        monkeypatch.setenv("BAOCAO_SMTP_URL", url)
        season.play(lost=10, kills=5)

    assert (len(units), season.count("lost"), season.count("killed"), season.count("done")) == (99, 10, 5, 46)
    assert len(season.letters) > 200
    Checks(season).all_hold()
