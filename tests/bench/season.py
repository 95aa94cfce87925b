"""A reporting season of the whole nation: every commune owes three made-up programmes, and a real SMTP server.

61 daily runs, 10 of them lost and 5 killed in the middle, as in tests/integration/season.py, whose checks have to hold
at the end. A run is the reminding of the DAG `deadlines`, without its build and its check: the marts that a run reads
are views, and no figure is in these reports, so that a build would change nothing that a run sees; the check stands
beside the reminding, and neither waits for the other.
Figures: seconds of a run, and letters a second beside smtplib alone, which sends the same texts without their forms
over as many connections to the same server. BAOCAO_BENCH_SEASON_PROGRAMMES and BAOCAO_BENCH_SEASON_PROVINCES make it
smaller.
"""

import os
import random
import smtplib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from alerts.channels import smtp
from alerts.message import QueuedMessage
from pipeline import building
from tests.bench.home import bench_home
from tests.integration import made_up_programmes
from tests.integration.letterbox import free_port, listening
from tests.integration.season import MORNING, Letter, Postbox, Season, Turn, Unit
from tests.integration.season_checks import Checks
from warehouse import database
from warehouse.settings import get_settings

PROGRAMMES = int(os.environ.get("BAOCAO_BENCH_SEASON_PROGRAMMES", "3"))
PROVINCES = int(os.environ.get("BAOCAO_BENCH_SEASON_PROVINCES", "34"))
OWNER = "01"  # the map has nothing above the provinces: one of them stands for the ministry
LOST, KILLS = 10, 5
COMMUNES = """
select unit.unit_code, split_part(unit.province_id, '@', 1)
from intermediate.int_org_units__resolved as unit
where unit.unit_level = 'commune' and unit.valid_to = 'infinity' and split_part(unit.province_id, '@', 1) = any (%s)
order by 1
"""
PROVINCES_OF_TODAY = """
select unit_code from intermediate.int_org_units__resolved
where unit_level = 'province' and valid_to = 'infinity' order by 1
"""


def main() -> None:
    with bench_home():
        season = prepare()
        with listening(season.postbox, free_port()) as url:
            os.environ["BAOCAO_SMTP_URL"] = url
            try:
                played = play(season)
            finally:
                del os.environ["BAOCAO_SMTP_URL"]
            alone = send_by_smtplib_alone(season, url)
        began = time.perf_counter()
        Checks(season).all_hold()
        report(season, played, alone, time.perf_counter() - began)


def prepare() -> Season:
    """A warehouse in which the communes owe the made-up programmes alone, with the models that reminding reads."""
    database.prepare()
    building.prepare_catalogue()
    with database.connect() as connection:
        provinces = [code for (code,) in connection.execute(PROVINCES_OF_TODAY).fetchall()][:PROVINCES]
    made_up_programmes.install(PROGRAMMES, provinces, OWNER)
    with database.connect() as connection:
        units = [Unit(*row) for row in connection.execute(COMMUNES, [provinces]).fetchall()]
    print(f"  {len(units):,} communes of {len(provinces)} provinces owe {PROGRAMMES} programmes", flush=True)
    return Season(made_up_programmes.names(PROGRAMMES), units, OWNER, random.Random(20261129), Postbox())


def play(season: Season) -> float:
    """The season, with a line for every day that had letters; returns the seconds that it took."""
    began = time.perf_counter()
    sent_before = 0

    def report_turn(turn: Turn) -> None:
        nonlocal sent_before
        letters, sent_before = len(season.letters) - sent_before, len(season.letters)
        if letters or turn.fate != "done":
            took = time.perf_counter() - began
            print(f"    {turn.at:%d/%m %H:%M}  {turn.fate:<6} {letters:>6,} letters  {took:>7.0f} s", flush=True)

    season.play(LOST, KILLS, after=report_turn)
    return time.perf_counter() - began


def send_by_smtplib_alone(season: Season, url: str) -> float:
    """Seconds per letter of the largest run's letters, byte for byte, without any ledger, over as many connections."""
    largest = max(season.spent, key=lambda spent: spent.letters)
    with database.connect() as connection:
        letters = connection.execute(
            "select message_id, channel, recipient, subject, body_text, body_html, queued_at from ops.message "
            "where status = 'sent' and sent_at = %s",
            [largest.turn.at],
        ).fetchall()
    wires = [(letter[2], smtp.envelope(QueuedMessage(*letter), "baocao@example.org").as_bytes()) for letter in letters]
    server, connections = urlsplit(url), get_settings().smtp_connections

    def send(part: int) -> None:
        with smtplib.SMTP(str(server.hostname), server.port or 0) as connection_to_server:
            for recipient, wire in wires[part::connections]:
                connection_to_server.sendmail("baocao@example.org", recipient, wire)

    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(send, range(connections)))
    took = time.perf_counter() - began
    assert len(season.postbox.taken) == len(wires) > 0
    return took / len(wires)


def report(season: Season, played: float, alone: float, checked: float) -> None:
    busy = [spent for spent in season.spent if spent.letters]
    quiet = [spent.planning for spent in season.spent if not spent.letters]
    planning = [spent.planning for spent in busy]
    sending = [spent.sending for spent in busy]
    largest = max(busy, key=lambda spent: spent.letters)
    each = largest.sending / largest.letters
    by_hand = sum(turn.at.time() != MORNING for turn in season.turns)
    heaviest = max(season.letters, key=lambda letter: letter.size)
    runs = f"{season.count('done')} done, {season.count('lost')} lost, {season.count('killed')} killed"
    print(f"  daily runs, and by hand                {runs}, {by_hand}")
    print(f"  letters, of them sent again            {len(season.letters):>10,} {again(season):>10,}")
    print(f"  the season                             {played:>10.1f} s")
    print(f"  a run with no letters, median, worst   {middle(quiet):>10.2f} {max(quiet, default=0):>10.2f} s")
    print(f"  planning a run with letters            {middle(planning):>10.2f} {max(planning):>10.2f} s")
    print(f"  sending in a run                       {middle(sending):>10.2f} {max(sending):>10.2f} s")
    print(f"  the largest run, letters, a second     {largest.letters:>10,} {1 / each:>10.0f}")
    print(f"  smtplib alone, letters a second        {1 / alone:>10.0f}   {each / alone:.1f} × the time a letter")
    print(f"  the heaviest letter                    {heaviest.size / 1e6:>10.2f} MB, {about(heaviest):,} reports")
    print(f"  all checks hold                        {checked:>10.1f} s")


def again(season: Season) -> int:
    return len(season.letters) - len({letter.message_id for letter in season.letters})


def about(letter: Letter) -> int:
    return len(letter.not_reported | letter.received)


def middle(seconds: list[float]) -> float:
    return statistics.median(seconds) if seconds else 0.0
