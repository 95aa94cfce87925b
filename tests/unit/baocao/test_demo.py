"""The demonstration's cast, its letters, and the two real reports that it shows."""

import csv
import re
import smtplib
from importlib import import_module

from baocao import demo_season
from baocao.demo_mailbox import mailbox
from publish.reading import alerts
from publish.simulation.error_cases import DEFECTS

UNITS = [f"{number:05}" for number in range(7210, 7309)]


def test_each_unit_plays_one_part_and_every_defect_is_seen():
    parts = demo_season.cast(UNITS, list(DEFECTS))
    missing, late, wrong = set(parts.missing), set(parts.late), set(parts.wrong)
    assert (len(missing), len(late), len(wrong)) == (6, 5, len(DEFECTS))
    assert not (missing & late or missing & wrong or late & wrong)
    assert sorted(parts.wrong.values()) == sorted(DEFECTS)
    assert demo_season.CORRECTED_TWICE in UNITS
    assert demo_season.CORRECTED_TWICE not in missing | late | wrong


def test_some_mend_their_report_in_time_some_late_and_some_never():
    parts = demo_season.cast(UNITS, list(DEFECTS))
    mended, mended_late = set(parts.mended), set(parts.mended_late)
    assert mended and mended_late and not mended & mended_late
    assert mended | mended_late < set(parts.wrong)


def test_the_cast_is_the_same_each_time():
    assert demo_season.cast(UNITS, list(DEFECTS)) == demo_season.cast(UNITS, list(DEFECTS))


def test_the_real_reports_hold_the_annexes_cells_as_printed():
    found = {}
    for file in demo_season.EXAMPLES.glob("*.csv"):
        with file.open(encoding="utf-8") as lines:
            found[file.stem] = {row["indicator"]: row["value"] for row in csv.DictReader(lines)}
    assert {name: len(cells) for name, cells in found.items()} == {"da-mai-2025": 33, "bac-giang-2023": 12}
    damai = found["da-mai-2025"]
    cells = [damai[code] for code in ("1", "3.2", "5.1", "18.2", "20.1", "21")]
    assert cells == ["Không đạt", "<2,6", ">96", "-", "60%", "Có"]
    assert (found["bac-giang-2023"]["I.3"], found["bac-giang-2023"]["II.2"]) == ("99.9", "4.0")


def test_letters_arrive_in_the_folder(tmp_path):
    with mailbox(tmp_path / "mailbox") as address:
        host, _, port = address.removeprefix("smtp://").partition(":")
        for number in range(2):
            with smtplib.SMTP(host, int(port)) as server:
                server.sendmail("a@example.org", ["b@example.org"], f"Subject: {number}\r\n\r\nXin chào".encode())
    letters = sorted((tmp_path / "mailbox").iterdir())
    assert [letter.name for letter in letters] == ["001-b@example.org.eml", "002-b@example.org.eml"]
    assert "Xin chào" in letters[1].read_text(encoding="utf-8")


def test_every_status_of_a_reminder_is_explained():
    migration = import_module("warehouse.migrations.versions.0004_alert_ladder")
    statuses = set(re.findall(r"'(\w+)'", migration.LEDGER.format(more=", 'skipped'")))
    assert statuses == set(alerts.STATUSES)
