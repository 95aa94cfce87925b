"""Personal data goes nowhere but into the restricted folder, and what is erased leaves evidence and no data.

Nobody here exists: the name says that it is a sample, and the number is counted up.
"""

import io
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from psycopg import sql

from ingest import archive, measures, reading, restricted
from ingest.identities import withholding
from pipeline import erasing, mailing, receiving, rereading, verifying
from publish.forms import queries
from publish.forms import workbook as workbook_of_form
from publish.receipts import data as receipt_data
from publish.simulation import simulate
from tests.fixtures import make_submissions as made
from tests.integration.reminded import DA_MAI, contact
from warehouse import catalogue as plans
from warehouse import clock, database
from warehouse.audit import chain
from warehouse.settings import get_settings

NAME = "Nguyễn Văn " + "Mẫu"
NUMBER = "0" + "".join(str(digit % 10) for digit in range(1, 12))
SECRETS = (NAME, NUMBER)
AT = "2026-11-20T08:00:00+07:00"
HEADER = "programme,period,unit_code,submission_type,indicator,numerator,denominator,note"
GOOD = f"{HEADER}\nbacninh-2026-2030,2026,07228,correction,5.1,291,300,\n"
BY = {"by": "Sở mẫu", "act": "12/QĐ, 2026-11-30"}


@pytest.fixture(autouse=True)
def begun_anew(nothing_arrived: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain and an archive without files of other tests; files settle at once."""
    monkeypatch.setenv("BAOCAO_INBOX_QUIET_SECONDS", "0")
    monkeypatch.setenv("BAOCAO_ARCHIVE", str(tmp_path / "archive"))
    for name in chain.FOLDERS.values():
        shutil.rmtree(get_settings().home / name, ignore_errors=True)
    with database.connect() as connection:
        connection.execute("alter table ops.audit_entry disable trigger append_only")
        connection.execute("truncate ops.audit_entry")
        connection.execute("alter table ops.audit_entry enable trigger append_only")
        connection.execute("truncate ops.message, ops.period_closing, ops.public_release, ops.contact cascade")


def drop(name: str, content: bytes | str) -> Path:
    folder = Path(get_settings().inbox)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def workbook() -> bytes:
    """A report with a name in a comment and a number in a note."""
    book = openpyxl.load_workbook(io.BytesIO(made.workbook()))
    sheet = book["Báo cáo"]
    sheet["D8"].comment = Comment(f"cháu {NAME}", "Kiểm tra")
    sheet["G8"] = f"CCCD {NUMBER}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def everything_kept() -> dict[str, str]:
    """All rows of raw and ops as text, and all files that are kept but those in the restricted folder."""
    found = {}
    with database.connect() as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('raw', 'ops')"
        ).fetchall()
        for table in tables:
            rows = connection.execute(sql.SQL("select row(t)::text from {} as t").format(sql.Identifier(*table)))
            found[".".join(table)] = "\n".join(row for (row,) in rows)
    home = get_settings().home
    for folder in (home / "receipts", home / "logs", Path(get_settings().archive)):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            text = path.read_bytes()
            if path.suffix == ".xlsx":
                book = openpyxl.load_workbook(io.BytesIO(text))
                text = str([[cell.value for cell in row] for sheet in book for row in sheet.rows]).encode()
            found[str(path)] = f"{path.name} {text.decode('utf-8', 'replace')}"
    return found


def test_what_is_personal_reaches_nothing_but_the_restricted_folder(letterbox, caplog):
    with database.connect(autocommit=True) as connection:
        contact(connection, DA_MAI, "da-mai@example.org")
    name = f"cháu {NAME}.xlsx"
    drop(name, workbook())
    drop("tốt.csv", GOOD)
    with clock.at(AT):
        planned = receiving.plan_batches()
        assert not any(
            secret in json.dumps(json.loads(batch), ensure_ascii=False) for batch in planned for secret in SECRETS
        )
        loaded = [receiving.load(batch) for batch in planned]
        receipts = {receipt.status: receipt for receipt in receiving.check_and_issue_receipts(loaded)}
        mailing.mail_receipts()
    rejected = receipts["rejected"]
    assert receipts["accepted_with_warnings"].file == "tốt.csv"
    places = {(issue["rule"], issue["sheet"], issue["cell"], issue["raw"]) for issue in rejected.issues}
    assert places == {
        ("personal_number", "Báo cáo", "G8", None),
        ("personal_name", "Báo cáo", "D8", None),
        ("personal_data_in_file", None, None, None),
    }
    assert rejected.file.startswith("tep-") and rejected.returned_workbook is None
    assert (rejected.programme, rejected.period, rejected.unit) == ("bacninh-2026-2030", "2026", "07228")
    kept = everything_kept()
    assert {where for where, text in kept.items() if any(secret in text for secret in SECRETS)} == set()
    letters = [letter.as_string() + str(letter.get_body(("plain",)).get_content()) for letter in letterbox.letters]
    assert letters and not any(secret in text for text in letters for secret in SECRETS)
    assert any("G8" in text for text in letters)
    assert not any(secret in caplog.text for secret in SECRETS)
    (file,) = restricted.root().iterdir()
    assert file.name == rejected.sha256 and file.read_bytes() == workbook_as_dropped(file)
    if os.name == "posix":
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert archive.find(rejected.sha256, archive.root()) is None
    assert not list(Path(get_settings().inbox).rglob("*.*"))
    assert not verifying.verify().findings
    assert not rereading.reread().differences


def workbook_as_dropped(file: Path) -> bytes:
    """The bytes have the hash that names them."""
    assert archive.digest(str(file)) == file.name
    return file.read_bytes()


def test_a_restricted_file_is_deleted_when_its_time_is_up_and_its_hash_stays(monkeypatch, command):
    monkeypatch.setenv("BAOCAO_RESTRICTED_DAYS", "3")
    drop("a.xlsx", workbook())
    with clock.at(AT):
        (receipt,) = receiving.receive()
    (kept,) = json.loads(command("personal-data", "list", "--json").out)
    assert kept["sha256"] == receipt.sha256 and kept["units"] == "07228"
    assert kept["rules"] == ["personal_name", "personal_number"]
    with clock.at(clock.aware(AT) + timedelta(days=2, hours=23)):
        assert erasing.expire() == 0 and restricted.path(receipt.sha256).exists()
    with clock.at(clock.aware(AT) + timedelta(days=3)):
        assert erasing.expire() == 1 and not restricted.path(receipt.sha256).exists()
        assert erasing.expire() == 0
    assert command("personal-data", "list", "--json").out.strip() == "[]"
    (erased,) = erasing.erasures()
    assert (erased.sha256, erased.scope, erased.act) == (receipt.sha256, "bytes", "BAOCAO_RESTRICTED_DAYS")
    assert receipt_data.of_all_batches()[0].issues
    assert not verifying.verify().findings


def test_bytes_that_vanish_before_their_time_are_found():
    drop("a.xlsx", workbook())
    with clock.at(AT):
        (receipt,) = receiving.receive()
    restricted.path(receipt.sha256).unlink()
    assert [(each.problem, each.artefact) for each in verifying.verify().findings] == [
        ("missing", f"restricted/{receipt.sha256}")
    ]


def test_an_erased_report_leaves_evidence_and_no_data(letterbox, command):
    """What its note says matches no pattern: somebody requested the erasure."""
    with database.connect(autocommit=True) as connection:
        contact(connection, DA_MAI, "da-mai@example.org")
    note = "hồ sơ giả định số 7"
    drop("note.csv", GOOD.replace("300,", f"300,{note}"))
    with clock.at(AT):
        (receipt,) = receiving.receive()
        mailing.mail_receipts()
    assert any(note in text for text in everything_kept().values())
    done = command("personal-data", "erase", receipt.sha256[:12], "--by", BY["by"], "--act", BY["act"])
    assert done.code == 0 and "was accepted and counts no longer: bacninh-2026-2030 2026 07228" in done.out
    kept = everything_kept()
    assert {where for where, text in kept.items() if note in text} == set()
    assert {where for where, text in kept.items() if receipt.sha256 in text} == {"ops.audit_entry", "ops.erasure"}
    (evidence,) = erasing.erasures()
    assert (evidence.sha256, evidence.erased_by, evidence.act) == (receipt.sha256, *BY.values())
    assert evidence.counts["raw.line"] == 1 and evidence.counts["ops.message"] == 1 and evidence.counts["files"] >= 3
    assert not verifying.verify().findings
    again = command("personal-data", "erase", receipt.sha256, "--by", BY["by"], "--act", BY["act"])
    assert again.code == 0 and "nothing was left of it" in again.out and len(erasing.erasures()) == 1


def test_what_was_erased_and_comes_again_is_received_and_verified_as_new(tmp_path, command):
    drop("note.csv", GOOD)
    with clock.at(AT):
        (receipt,) = receiving.receive()
    erasing.erase(receipt.sha256, **BY)
    drop("note.csv", GOOD)
    with clock.at("2026-11-21T08:00:00+07:00"):
        (again,) = receiving.receive()
    assert (again.status, again.sha256) == ("accepted_with_warnings", receipt.sha256)
    assert not verifying.verify().findings
    with database.connect() as connection:
        connection.execute("update raw.submission set period = '2027' where sha256 = %s", [again.sha256])
    assert len(verifying.verify().findings) == 1
    with database.connect() as connection:
        connection.execute("update raw.submission set period = '2026' where sha256 = %s", [again.sha256])
    listed = tmp_path / "erasures.json"
    listed.write_text(command("personal-data", "list", "--erased", "--json").out, encoding="utf-8")
    assert command("personal-data", "erase", "--from", listed).code == 0
    assert receipt_data.of_all_batches() == [] and not verifying.verify().findings


def test_files_that_a_kill_left_of_an_erasure_are_deleted_by_the_next_call(monkeypatch):
    drop("note.csv", GOOD)
    with clock.at(AT):
        (receipt,) = receiving.receive()
    with monkeypatch.context() as killed:
        killed.setattr(archive, "remove", lambda address: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(receipt.sha256, **BY)
    assert archive.find(receipt.sha256, archive.root())
    erasing.expire()
    assert archive.find(receipt.sha256, archive.root()) is None
    assert not verifying.verify().findings


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["erase"], "Name the file"),
        (["erase", "a" * 64], "--by"),
        (["erase", "a" * 64, "--by", "x", "--act", "y"], "0 contents"),
        (["erase", "report.xlsx", "--by", "x", "--act", "y"], "SHA-256"),
        (["erase", "--from", "nowhere.json"], "no list of erasures"),
    ],
)
def test_a_wrong_call_says_what_is_missing(arguments, text, command):
    done = command("personal-data", *arguments)
    assert (done.code, text in done.err) == (2, True)


def test_forms_made_up_reports_and_published_workbooks_are_nobodys(tmp_path, catalogue):
    """Every programme's form of up to three units a level, filled in, blank and as it is returned."""
    with database.connect() as connection:
        known = measures.read(connection)
        programmes = [each.programme_code for each in plans.programmes(connection)]
    written = []
    for programme in programmes:
        with database.connect() as connection:
            period = next(each.period for each in plans.periods(connection, programme) if each.kind == "owed")
            reports = [each for each in queries.scheduled(connection, programme, period) if each.form == "figures"][:3]
            forms = queries.forms(connection, programme, period, reports)
        written += [
            workbook_of_form.write(form, tmp_path / f"{form.programme_code}-{form.unit_code}-{form.agency_code}.xlsx")
            for form in forms
        ]
        units = list({report.unit_code for report in reports})
        written += simulate.simulate(programme, period, units, seed=3, out=tmp_path / f"made-up-{programme}")
    assert len(written) >= 4 * len(programmes) - 3
    restricted_ones = [
        file for file in written if withholding.is_restricted(reading.read(Path(file).read_bytes(), known))
    ]
    assert not restricted_ones
