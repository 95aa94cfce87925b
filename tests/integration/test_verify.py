"""`baocao verify` names each changed, missing and added byte: in files, rows, and the chain itself."""

import hashlib
import json
import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from ingest import archive
from pipeline import backing_up, building, erasing, rereading, verifying
from tests.full_disk import largest_file
from tests.integration.letterbox import Letterbox, free_port, listening
from tests.integration.recorded import recorded
from warehouse import clock, database, kept_files
from warehouse.audit import chain, comparison
from warehouse.backup_folder import Reader, key_at
from warehouse.errors import BaocaoError, WrongCall
from warehouse.settings import get_settings

FLIPS = 200
AT_ONCE = 20
"""Flips that one run of `verify` has to tell apart."""

COLUMNS = {
    "raw.file": (["sha256"], ["file_name", "size_bytes", "archive_uri", "received_at"]),
    "raw.submission": (["submission_id"], ["programme_code", "period", "unit_code", "sheet", "received_at", "form"]),
    "raw.line": (["line_id"], ["row_no", "indicator_code", "numerator_raw", "value_kind", "numerator", "note"]),
    "ops.submission_verdict": (["submission_id"], ["status", "accepted_seq", "unit_id", "decided_at"]),
    "ops.submission_issue": (["issue_id"], ["rule", "message_vi", "message_en", "cell", "raw"]),
    "ops.period_closing": (["programme_code", "period"], ["closed_at", "note"]),
    "ops.message": (["message_id"], ["recipient", "subject", "body_text", "sent_at"]),
    "ops.receipt_ledger": (["ledger_id"], ["submission_id"]),
    "ops.public_release": (["release_id"], ["periods", "figures", "released_at", "rule"]),
    "ops.public_figure": (
        ["release_id", "indicator_code", "period", "unit_code", "boundary_basis", "measure"],
        ["unit_level", "unit_id", "sums"],
    ),
    "ops.audit_entry": (["entry_no"], ["kind", "subject", "content", "recorded_at", "previous_hash", "hash"]),
}
"""Of each table the key, and columns that are flipped."""


@pytest.fixture(scope="module")
def warehouse_of_all(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letterbox]:
    folder = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as environment, recorded(folder, environment) as letterbox:
        yield letterbox


def findings() -> list[str]:
    return [f"{each.problem} {each.artefact}" for each in verifying.verify().findings]


def archived() -> list[Path]:
    return [Path(address) for address in archive.listed(get_settings().archive)]


@contextmanager
def unguarded() -> Iterator[psycopg.Connection]:
    """What the owner of the database can do: triggers and foreign keys do not hold it off."""
    with database.superuser() as administrator:
        address = database.url().rpartition("/")[2]
        parameters = administrator.info.get_parameters() | {"dbname": address, "password": administrator.info.password}
        with psycopg.connect(**parameters) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute("alter table ops.submission_verdict alter column accepted_seq drop identity if exists")
            for table in COLUMNS:
                schema, name = table.split(".")
                checks = connection.execute(
                    "select conname from pg_constraint where conrelid = %s::regclass and contype = 'c'", [table]
                ).fetchall()
                for (check,) in checks:
                    statement = sql.SQL("alter table {} drop constraint {}")
                    connection.execute(statement.format(sql.Identifier(schema, name), sql.Identifier(check)))
            yield connection


CHAIN = "ops.audit_entry"
"""Flipped in a run of its own: what a false entry is about cannot be compared with it."""

CHANGED_VALUE = {
    "text": "overlay({0} placing chr(ascii(substr({0}, {1}, 1)) # 1) from {1} for 1)",
    "integer": "{0} + 1000003",
    "bigint": "{0} + 1000003",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "numrange": "numrange(lower({0}) - 1, upper({0}), '[]')",
    "text[]": "array_append({0}, '2031')",
    "jsonb": "{0} || case jsonb_typeof({0}) when 'array' then '[1]' else '{{\"flipped\": 1}}' end::jsonb",
}
"""By type: another value, as near to the old one as can be; {1} is a position in a text."""


class Flip(NamedTuple):
    """One changed bit of a file or changed value of a row. name: of the artefact."""

    name: str
    undo: Callable[[], object]


def flip_file(path: Path, chance: random.Random) -> Flip:
    before = path.read_bytes()
    changed = bytearray(before)
    bit = chance.randrange(len(before) * 8)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    return Flip(str(path), lambda: path.write_bytes(before))


def flip_row(connection: psycopg.Connection, table: str, chance: random.Random) -> Flip:
    """A value of a random row; text at a random position."""
    keys, columns = COLUMNS[table]
    found: list[tuple] = []
    while not found:
        column = chance.choice(columns)
        query = f"select {', '.join(keys)}, {column}::text from {table} where {column}::text <> '' order by 1, 2"
        found = connection.execute(query).fetchall()
    *key, before = chance.choice(found)
    (kind,) = connection.execute(
        "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass and attname = %s",
        [table, column],
    ).fetchone()
    changed = CHANGED_VALUE[kind].format(column, chance.randrange(len(before)) + 1)
    this = " and ".join(f"{name} = %s" for name in keys)
    connection.execute(f"update {table} set {column} = {changed} where {this}", key)
    connection.commit()

    def undo() -> None:
        connection.execute(f"update {table} set {column} = %s::{kind} where {this}", [before, *key])
        connection.commit()

    name = "|".join(map(str, key[1:])) if table == "ops.public_figure" else " ".join(map(str, key))
    return Flip(f"{table} {name}", undo)


def flip(connection: psycopg.Connection, chance: random.Random, in_chain: bool) -> Flip:
    """In the chain, or else files as often as rows, each kind of them as often as the others."""
    if in_chain:
        return flip_row(connection, CHAIN, chance)
    if chance.random() < 0.5:
        kinds = [*(chain.listed(kind) for kind in chain.FOLDERS), archived()]
        return flip_file(chance.choice(chance.choice(kinds)), chance)
    return flip_row(connection, chance.choice([table for table in COLUMNS if table != CHAIN]), chance)


def test_everything_that_happened_is_recorded_and_nothing_differs(warehouse_of_all, command):
    outcome = command("verify", "--json")
    found = json.loads(outcome.out)

    assert (outcome.code, found["findings"]) == (0, [])
    expected = {"file": 4, "submission": 4, "verdict": 4, "closing": 1, "message": 1, "release": 1, "archived": 4}
    assert found["counts"].items() >= expected.items()
    assert found["counts"]["receipt"] == 9, "of each file JSON and text, of the one with mistakes the marked workbook"
    assert found["counts"]["workbook"] == len(chain.listed("workbook")) > 3
    assert found["counts"]["public_file"] == len(chain.listed("public_file")) > 3
    number, _, digest = found["head"].partition(":")
    assert int(number) == sum(found["counts"].values()) - found["counts"]["archived"]
    assert len(digest) == 64


@contextmanager
def instead(path: Path, content: bytes | None) -> Iterator[None]:
    """Inside the block the file has this content, or is gone."""
    before = path.read_bytes() if path.exists() else None
    for content_now in (content, before):
        if content_now is None:
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content_now)
        if content_now is content:
            yield


@pytest.mark.parametrize("kind", [*chain.FOLDERS, "archived"])
def test_a_missing_file_and_one_too_many_are_named_and_a_stopped_writers_rest_is_not(warehouse_of_all, kind):
    path = (archived() if kind == "archived" else chain.listed(kind))[0]
    added = path.with_name("ab" * 32 + ".csv")
    with instead(path, None), instead(added, b"made up"), instead(path.with_name(".partial-1"), b"half"):
        found = findings()

    assert sorted(found) == sorted([f"missing {path}", *(f"{problem} {added}" for problem in problems(kind))])
    assert findings() == []


def problems(kind: str) -> list[str]:
    """An archived file whose name is not its hash is wrong whoever put it there."""
    return ["changed"] if kind == "archived" else ["added"]


def test_a_file_of_the_archive_that_was_never_received_is_named_unless_it_is_just_being_received(warehouse_of_all):
    content = b"made up"
    name = hashlib.sha256(content).hexdigest()
    stray = Path(get_settings().archive) / name[:2] / f"{name}.csv"
    waiting = Path(get_settings().inbox) / "made-up.csv"
    with instead(stray, content):
        assert findings() == [f"added {stray}"]
        with instead(waiting, content):
            assert findings() == []


def test_the_operators_get_what_differs_by_mail(warehouse_of_all, monkeypatch):
    path = archived()[0]
    letterbox = Letterbox()
    with listening(letterbox, free_port()) as server, instead(path, None):
        monkeypatch.setenv("BAOCAO_SMTP_URL", server)
        monkeypatch.setenv("BAOCAO_OPERATOR", "operator@example.org")
        with pytest.raises(verifying.NotAsRecorded, match=f"missing: {path}"):
            verifying.verify_daily()
    (letter,) = letterbox.letters
    assert (letter["To"], letter["Subject"]) == ("operator@example.org", "baocao verify: differences found: 1")
    assert f"missing: {path}" in letter.get_body(("plain",)).get_content()
    assert verifying.verify_daily().findings == []


def test_what_a_step_has_not_recorded_yet_is_waited_for(warehouse_of_all, caplog):
    """A workbook is written, and recorded before its step gives up its lock: `verify` waits for that."""
    path = get_settings().home / "published" / "made-up.xlsx"
    content = b"made up"
    is_written, may_end = threading.Event(), threading.Event()

    def step() -> None:
        with database.exclusive("publish"):
            kept_files.put(path, content)
            is_written.set()
            may_end.wait()
            chain.record_files("workbook", {path: chain.described(content)})

    class Waits(logging.Handler):
        """Lets the step end when `verify` waits for it."""

        def emit(self, record: logging.LogRecord) -> None:
            if "Waiting for another process to finish: publish" in record.getMessage():
                may_end.set()

    writer, waits = threading.Thread(target=step), Waits()
    logger = logging.getLogger("warehouse.database")
    logger.addHandler(waits)
    caplog.set_level(logging.INFO, logger.name)
    writer.start()
    try:
        is_written.wait()
        assert [finding.artefact for finding in verifying._look_through(None).findings] == [str(path)]
        assert verifying.verify().findings == []
        assert may_end.is_set()
    finally:
        may_end.set()
        writer.join()
        logger.removeHandler(waits)
    path.unlink()
    chain.record_files("workbook", {path: chain.REMOVED})
    assert findings() == []


def test_the_chain_cannot_be_changed_by_who_writes_it(warehouse_of_all):
    for statement in ("update {} set kind = 'x'", "delete from {}", "truncate {}"):
        with database.connect() as connection, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(statement.format(CHAIN))
    with database.connect("loader") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"insert into {CHAIN} (kind, subject, content) values ('file', 'x', '{{}}')")


def test_rows_that_were_deleted_or_put_in_are_named(warehouse_of_all):
    with unguarded() as connection:
        (line, submission) = connection.execute(
            "select max(line_id), min(submission_id::text) from raw.line"
        ).fetchone()
        connection.execute("delete from raw.line where line_id = %s", [line])
        connection.execute("delete from ops.period_closing")
        connection.execute(
            "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en) "
            "values (%s, 'warning', 'made_up', '', '')",
            [submission],
        )
        connection.execute("insert into ops.period_closing values ('p', '2031', now())")
        with connection.transaction():
            found = findings_of(connection)
        connection.rollback()

    assert found[0].startswith(f"missing raw.line {line} (of raw.submission ")
    assert found[1] == f"changed ops.submission_verdict {submission} asked"
    assert found[2].startswith("added ops.submission_issue ")
    assert found[2].endswith(f"(of ops.submission_verdict {submission})")
    assert found[3:] == ["missing ops.period_closing bacninh-2026-2030 2026", "added ops.period_closing p 2031"]
    assert findings() == []


def findings_of(connection: psycopg.Connection) -> list[str]:
    """Of rows as a transaction sees them."""
    chain.print_canonically(connection)
    return [f"{each.problem} {each.artefact}" for each in comparison.check_rows(connection)]


def test_a_letter_and_the_status_carry_the_head_of_the_chain(warehouse_of_all, command):
    """The letter about the first file was queued after the file, its verdict and its receipt were recorded."""
    query = (
        "select entry_no || ':' || hash from ops.audit_entry where kind = 'receipt' order by entry_no limit 1 offset 2"
    )
    with database.connect() as connection:
        (after_the_first_file,) = connection.execute(query).fetchone()
        assert connection.execute("select audit_head from ops.message").fetchone() == (after_the_first_file,)
    (letter,) = warehouse_of_all.letters
    assert letter["X-Baocao-Audit-Head"].strip() == after_the_first_file
    assert json.loads(command("status", "--json").out)["audit_head"] == str(verifying.verify().head)
    assert f"Audit chain    {verifying.verify().head}" in command("status").out


def test_who_writes_the_whole_chain_anew_is_found_by_a_head_that_was_noted(warehouse_of_all, command):
    noted = verifying.verify().head
    assert command("verify", "--head", str(noted)).code == 0
    with unguarded() as connection:
        connection.execute("create temporary table kept as select * from ops.audit_entry order by entry_no")
        connection.execute("set session_replication_role = origin")
        connection.execute("alter table ops.audit_entry disable trigger append_only")
        connection.execute("delete from ops.audit_entry")
        connection.execute(
            "insert into ops.audit_entry (kind, subject, content) select kind, subject, content from kept"
        )
        connection.commit()
        found = [verifying.verify().findings, verifying.verify(noted).findings]
        connection.execute("alter table ops.audit_entry disable trigger chain")
        connection.execute("delete from ops.audit_entry")
        connection.execute("insert into ops.audit_entry select * from kept")
        connection.execute("alter table ops.audit_entry enable trigger chain")
        connection.execute("alter table ops.audit_entry enable trigger append_only")

    number = warehouse_of_all.letters[0]["X-Baocao-Audit-Head"].partition(":")[0].strip()
    by_letter = f"ops.audit_entry {number}"
    assert [each.artefact for each in found[0]] == [by_letter], (
        "by itself it is whole, but not by the letter that is kept"
    )
    assert [each.artefact for each in found[1]] == [f"ops.audit_entry {noted.entry_no} hash", by_letter]
    assert command("verify", "--head", f"{noted.entry_no + 1}:{noted.hash}").code == 1
    assert command("verify", "--head", "12:ab").code == 2


def test_what_a_stopped_step_left_out_is_named_until_the_next_step_takes_it_up(warehouse_of_all):
    with database.connect() as connection:
        connection.execute("insert into ops.period_closing values ('p', '2031', now())")
    assert findings() == ["added ops.period_closing p 2031"]
    assert chain.take_up() == 1
    assert chain.take_up() == 0
    assert findings() == []


def test_who_cuts_off_the_end_of_the_chain_is_found_by_the_letters_that_went_out(warehouse_of_all):
    """Also once the next step has recorded again what lost its entries."""
    with unguarded() as connection:
        (letter, head) = connection.execute("select message_id, audit_head from ops.message").fetchone()
        number, _, digest = head.partition(":")
        connection.execute("delete from ops.audit_entry where entry_no >= %s", [number])
        found = [str(each) for each in comparison.check_heads(connection)]
        connection.execute("set session_replication_role = origin")
        connection.execute("insert into ops.audit_entry (kind, subject, content) values ('file', 'again', '{}')")
        again = [str(each) for each in comparison.check_heads(connection)]
        connection.rollback()
    expected = f"ops.audit_entry {number}\n  expected  {digest}, as the letter {letter} carries it\n  found     "
    assert found == [f"missing: {expected}no entry"]
    assert len(again) == 1 and again[0].startswith(f"changed: {expected}")
    assert findings() == []


@pytest.mark.parametrize("kind", ["submission", "verdict", "message", "closing"])
def test_a_row_that_was_said_to_be_removed_and_came_back_changed_is_named(warehouse_of_all, kind):
    """Who may append to the chain could do so with two entries more, if nobody had to have requested the erasure."""
    table = chain.TABLES[kind]
    with unguarded() as connection:
        chain.print_canonically(connection)
        subject, content = connection.execute(
            "select subject, content from ops.audit_entry where kind = %s order by entry_no limit 1", [kind]
        ).fetchone()
        connection.execute("set session_replication_role = origin")
        made = {"removed": True, "by": "Sở mẫu", "act": "1/QĐ"}
        for each in (made, {name: value for name, value in content.items() if not name.endswith("_at")}):
            chain._record(connection, kind, {subject: each})
        rows = [str(each) for each in comparison.check_rows(connection) if table in each.artefact]
        removals = [str(each) for each in comparison.check_removals(connection)]
        connection.rollback()
    assert rows == [], "as far as the rows go it is an erasure"
    assert len(removals) == 1 and f"({kind} {subject})" in removals[0]
    assert findings() == []


@pytest.mark.parametrize(
    "change",
    [
        "update ops.catalogue_row set content = content || '{\"value\": \"1\"}' where seed = 'targets'",
        "update ops.catalogue_row set recorded_from = recorded_from - interval '1 day' "
        "where seed = 'targets' and recorded_from > '-infinity'",
        "update ops.catalogue_row set recorded_from = '2026-01-01+07' where seed = 'targets'",
        "update ops.catalogue_row set recorded_to = '2026-01-01+07' where seed = 'targets'",
        "delete from ops.catalogue_row where seed = 'targets'",
        "insert into ops.catalogue_row select seed, programme_code, content || '{\"x\": 1}', valid_from, "
        "recorded_from, recorded_to, loaded_at from ops.catalogue_row where seed = 'targets' limit 1",
    ],
)
def test_what_a_plan_promised_cannot_be_told_otherwise_unseen(warehouse_of_all, change):
    with unguarded() as connection:
        count = connection.execute(change).rowcount
        found = findings_of(connection)
        connection.rollback()
    assert bool(found) == bool(count) and all("ops.catalogue_row targets " in each for each in found)
    assert findings() == []


def test_a_warning_that_asks_for_no_answer_any_more_is_named(warehouse_of_all):
    with unguarded() as connection:
        connection.execute("update ops.submission_issue set needs_confirmation = not needs_confirmation")
        found = findings_of(connection)
        connection.rollback()
    assert found and all(
        each.startswith("changed ops.submission_verdict ") and each.endswith(" asked") for each in found
    )


@pytest.mark.parametrize(
    ("ledger", "keys", "about"),
    [
        ("ops.warning_ledger", "submission_id, stage", "select submission_id, 'unconfirmed_3' from raw.submission"),
        ("ops.account_ledger", "event_id", "values (1)"),
    ],
)
def test_a_letter_that_was_sent_according_to_its_row_alone_is_named(warehouse_of_all, ledger, keys, about):
    """The row is what keeps a letter from being sent twice, and from being sent at all."""
    with unguarded() as connection:
        connection.execute(
            f"insert into {ledger} ({keys}, status, planned_at, settled_at) "
            f"select found.*, 'sent', now(), now() from ({about}) as found limit 1"
        )
        (added,) = findings_of(connection)
        connection.rollback()
    assert added.startswith(f"added {ledger} ")


def test_a_file_of_the_archive_in_another_folder_is_not_where_it_is_looked_for(warehouse_of_all):
    path = archived()[0]
    root, content = path.parents[1], path.read_bytes()
    for other in (root / "zz" / path.name, root / path.name, path.parent / "zz" / path.name):
        with instead(path, None), instead(other, content):
            assert sorted(findings()) == [f"added {other}", f"missing {path}"]
        if not any(other.parent.iterdir()):
            other.parent.rmdir()


def test_what_differs_otherwise_at_each_look_is_named(warehouse_of_all, monkeypatch):
    """A file that is written all the time is not what was recorded at any of them."""
    path = chain.listed("workbook")[0]
    number = iter(range(10))
    look = verifying._look_through

    def changing(noted):
        path.write_bytes(b"made up %d" % next(number))
        return look(noted)

    with instead(path, path.read_bytes()):
        monkeypatch.setattr(verifying, "_look_through", changing)
        assert findings() == [f"changed {path}"]
    monkeypatch.undo()


def test_an_empty_head_is_no_head(warehouse_of_all, command):
    assert command("verify", "--head", "").code == 2


def test_200_random_flips_are_found_and_each_is_named(warehouse_of_all):
    chance = random.Random(15)
    missed, unexplained, kinds = [], [], set()
    with unguarded() as connection:
        for number in range(FLIPS // AT_ONCE):
            flips: dict[str, Flip] = {}
            while len(flips) < AT_ONCE:
                made = flip(connection, chance, in_chain=number == 0)
                if made.name in flips:
                    made.undo()
                else:
                    flips[made.name] = made
            found = findings()
            for made in reversed(flips.values()):
                made.undo()
            missed += [made.name for made in flips.values() if not any(made.name in each for each in found)]
            if number > 0:  # where an entry is false, the next one and what it is about are named as well
                unexplained += [each for each in found if not any(name in each for name in flips)]
            kinds |= {name.rpartition(" ")[0].split(" ")[0] or Path(name).suffix for name in flips}

    assert missed == []
    assert unexplained == []
    assert {".csv", ".json", ".txt", ".xlsx", *COLUMNS} <= kinds
    assert findings() == []


# --- backup and restore -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backup(warehouse_of_all: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An encrypted backup, restored once into a second home, and the file of its key."""
    folder = tmp_path_factory.mktemp("backups")
    Path(get_settings().inbox, "late.csv").write_text("made up\n")
    done = backing_up.back_up(folder / "first", folder / "key", is_verified=True)
    assert (done.is_verified, done.missing, done.head) == (True, [], str(verifying.verify().head))
    return folder / "first", folder / "key"


def test_a_backup_has_everything_and_shows_nothing_without_its_key(backup):
    folder, key = backup
    names = Reader(folder, key_at(key)).names
    files = [path for path in folder.rglob("*") if path.is_file()]

    assert {"database.dump", "airflow.dump", "home/secrets/loader", "home/database.json", "inbox/late.csv"} <= {*names}
    assert len([name for name in names if name.startswith("archive/")]) == 4
    assert len([name for name in names if name.startswith("home/receipts/")]) == 9
    assert {path.suffix for path in files} == {".fernet"}
    assert {path.stat().st_mode & 0o777 for path in (*files, key)} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "content")} == {0o700}
    assert not any(b"07228" in path.read_bytes() for path in files)


def test_a_backup_that_was_changed_or_has_another_key_is_refused_by_name(backup, tmp_path):
    folder, key = backup
    other = tmp_path / "other"
    with pytest.raises(WrongCall, match="is encrypted: --key names"):
        Reader(folder, None)
    with pytest.raises(BaocaoError, match="the key is another one"):
        Reader(folder, key_at(other))
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "manifest.json").write_text('{"format": 1, "files": {}}')
    with pytest.raises(WrongCall, match="is not encrypted, so no key can tell"):
        Reader(plain, key_at(key))
    assert Reader(plain, None).names == []
    reader = Reader(folder, key_at(key))
    dump = folder / reader.manifest["files"]["database.dump"]["stored"]
    lines = dump.read_bytes().splitlines(keepends=True)
    late = folder / reader.manifest["files"]["inbox/late.csv"]["stored"]
    for path, content in (
        (dump, b"".join(lines[:-1])),
        (dump, dump.read_bytes().replace(b"a", b"b", 1)),
        (late, None),
        (late, dump.read_bytes()),
    ):
        name = "inbox/late.csv" if path == late else "database.dump"
        with instead(path, content), pytest.raises(BaocaoError, match=name):
            list(reader.read(name))
    assert list(reader.read("inbox/late.csv")) == [b"made up\n"]


def test_neither_a_backup_nor_a_restore_overwrites_anything(backup, command, tmp_path):
    folder, key = backup
    assert command("backup", folder).code == 2
    assert command("backup", get_settings().home / "backup").code == 2
    assert command("restore", tmp_path).code == 2
    outcome = command("restore", folder, "--key", key)
    assert (outcome.code, "has data already" in outcome.err) == (2, True)


def test_a_full_disk_leaves_no_half_backup(backup, tmp_path, command):
    """No file may grow beyond 100 kB, as where a quota ends."""
    with largest_file(100_000):
        outcome = command("backup", tmp_path / "half")
    assert (outcome.code, outcome.err.strip()) == (
        1,
        f"The backup cannot be written to {tmp_path}/half: File too large",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_differs_from_the_original_is_not_taken_for_it(backup, tmp_path):
    """The manifest of a readable backup says more rows than the dump has."""
    plain = tmp_path / "plain"
    backing_up.back_up(plain)
    manifest = json.loads((plain / "manifest.json").read_text())
    manifest["marts"]["fct_indicator_rollup"]["rows"] += 1
    (plain / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BaocaoError, match="fct_indicator_rollup: "):
        backing_up._verify(plain, None)
    assert [path.name for path in tmp_path.iterdir()] == ["plain"]


# --- rebuild ----------------------------------------------------------------------------------------


def test_a_cell_of_raw_that_is_not_that_of_the_archived_file_is_named(warehouse_of_all):
    assert rereading.reread().differences == []
    with unguarded() as connection:
        query = "select line_id, row_no, numerator_raw from raw.line where numerator_raw <> '' order by line_id limit 1"
        line, row_no, before = connection.execute(query).fetchone()
        for text in ("1234567", before):
            connection.execute("update raw.line set numerator_raw = %s where line_id = %s", [text, line])
            connection.commit()
            if text != before:
                (found,) = rereading.reread().differences
    assert found.endswith(f"row {row_no}, numerator_raw: raw 1234567, archive {before}")


def test_a_report_under_another_unit_than_its_file_says_is_named(warehouse_of_all):
    with unguarded() as connection:
        query = "select submission_id, unit_code from raw.submission where unit_code = '07210'"
        submission, before = connection.execute(query).fetchone()
        for unit in ("07246", before):
            connection.execute("update raw.submission set unit_code = %s where submission_id = %s", [unit, submission])
            connection.commit()
            if unit != before:
                (found,) = rereading.reread().differences
    assert found.endswith(f"submission {submission}, unit_code: raw 07246, archive {before}")


def test_a_report_of_a_file_that_nobody_could_read_is_named(warehouse_of_all):
    """Files that no reader took are not opened again; but then nothing of them counts either."""
    with unguarded() as connection:
        (submission,) = connection.execute(
            "select submission_id from ops.submission_verdict where status <> 'rejected' limit 1"
        ).fetchone()
        connection.execute(
            "insert into ops.submission_issue (submission_id, severity, rule, message_vi, message_en) "
            "values (%s, 'warning', 'file_unreadable', '', '')",
            [submission],
        )
        query = "select line_id, numerator_raw from raw.line where submission_id = %s order by line_id limit 1"
        line, before = connection.execute(query, [submission]).fetchone()
        for text in ("1234567", before):
            connection.execute("update raw.line set numerator_raw = %s where line_id = %s", [text, line])
            connection.commit()
            if text != before:
                (found,) = rereading.reread().differences
        connection.execute("delete from ops.submission_issue where rule = 'file_unreadable'")
    assert "numerator_raw: raw 1234567" in found


def test_a_rebuild_drops_no_view_of_somebody_else_unasked(warehouse_of_all, command):
    with database.connect() as connection:
        connection.execute("create view public.own as select * from marts.dim_programme")
    outcome = command("rebuild")
    with database.connect() as connection:
        connection.execute("drop view public.own")

    assert outcome.code == 1
    assert "Views of your own read what is to be emptied: public.own." in outcome.err


def test_everything_derived_is_made_again_from_archive_and_decisions_and_every_mart_is_the_same(
    warehouse_of_all, command
):
    outcome = command("rebuild", "--from-archive", "--json")
    found = json.loads(outcome.out)

    assert (outcome.code, found["differences"], found["files_read"]) == (0, [], 4)
    assert found["marts"] > 20
    assert found["relations"] > 2 * found["marts"]
    assert findings() == []


def test_an_erased_report_counts_no_longer_and_nothing_is_missing(warehouse_of_all):
    """The last of this module: what it erases, no other test finds."""
    counted = "select count(*) from marts.fct_reported_value where unit_code = '07246' and known_to is null"
    with database.connect() as connection:
        before = connection.execute(counted).fetchone()
        (sha256,) = connection.execute("select sha256 from raw.submission where unit_code = '07246'").fetchone()
    assert _is_fulfilled("07246")
    done = erasing.erase(sha256, by="Sở mẫu", act="12/QĐ")
    assert before[0] > 10 and done.counts["raw.line"] >= before[0]
    assert not _is_fulfilled("07246")  # without a build
    assert done.accepted == ["bacninh-2026-2030 2026 07246"]
    with clock.at("2026-11-21T08:00:00+07:00"):
        building.build()
    with database.connect() as connection:
        assert connection.execute(counted).fetchone() == (0,)
    assert not _is_fulfilled("07246")
    assert not verifying.verify().findings
    assert not rereading.reread().differences
    with unguarded() as connection:
        connection.execute("update ops.erasure set counts = '{\"files\": 1}'")
        assert [each.rpartition(" ")[2] for each in findings_of(connection)] == ["counts"]
        connection.rollback()


def _is_fulfilled(unit: str) -> bool:
    with database.connect() as connection:
        (found,) = connection.execute(
            "select fulfilled_at is not null from marts.fct_report_obligation where unit_code = %s and period = '2026'",
            [unit],
        ).fetchone()
    return found
