"""An office's own catalogue (BAOCAO_CATALOGUE) is what dbt loads, and an upgrade of the software leaves it as it is.

A sixth programme, ten overridden deadlines, a class of a unit and a removed indicator. The files are in the columns of
releases before, which had neither plans of single units nor targets of agencies, nor days of classes.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import building, runs
from tests.integration.own_catalogue import OwnCatalogue, own_catalogue, read
from warehouse import clock, database
from warehouse.seeds import checks
from warehouse.settings import PROJECT_ROOT

BACNINH, HAIPHONG, SIXTH = "bacninh-2026-2030", "haiphong-directive28", "vi-du-goc-doc-sach"
NEWER_COLUMNS = {"plan_unit_code", "agency_code"}
"""Of targets, indicators, contradictions and footnotes: those that the release before did not have."""
REMOVED = "24"
CLASSIFIED = {
    "programme_code": "langson-child-friendly-2024",
    "unit_code": "05971",
    "class_code": "con-lai",
    "note": "",
}
"""In place of the plan's blank, as before a class had the day of its act."""
AT = "2026-11-20T08:00:00+07:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("danh-muc")
    for file in (PROJECT_ROOT / "docs" / "examples" / "sixth-programme").glob("*.csv"):
        write(folder / file.name, without_newer_columns(file.stem, read(file)))
    deadlines = [row for row in shipped("deadlines") if row["programme_code"] in (BACNINH, HAIPHONG)][:10]
    own = [row | {"deadline_on": later(row), "change": "override"} for row in deadlines]
    write(folder / "deadlines.csv", [*read(folder / "deadlines.csv"), *own])
    write(folder / "unit_classes.csv", [CLASSIFIED | {"change": "override"}])
    for seed, table in checks.read(building.DBT_PROJECT).tables.items():
        named = [row for row in table.rows if row.cells.get("indicator_code") == REMOVED]
        gone = [row.cells for row in named if row.programme == BACNINH]
        if gone:
            kept = read(folder / f"{seed}.csv") if (folder / f"{seed}.csv").exists() else []
            rows = [{name: row[name] or "" for name in table.seed.key} | {"change": "remove"} for row in gone]
            write(folder / f"{seed}.csv", without_newer_columns(seed, [*kept, *rows]))
    return folder


def shipped(seed: str) -> list[dict[str, str]]:
    (file,) = building.DBT_PROJECT.glob(f"seeds/*/{seed}.csv")
    return read(file)


def later(row: dict[str, str]) -> str:
    return f"{row['deadline_on'][:8]}28"


def without_newer_columns(seed: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    newer = NEWER_COLUMNS if seed in ("targets", "indicators") else {"plan_unit_code"}
    return [{name: cell for name, cell in row.items() if name not in newer} for row in rows]


def write(path: Path, rows: list[dict[str, str]]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def deadlines(*programmes: str) -> dict[tuple[str, ...], str]:
    query = (
        "select programme_code, period, unit_level, agency_code, coalesce(unit_code, ''), revision::text, "
        "deadline_on::text from catalogue.deadlines where programme_code = any(%s)"
    )
    with database.connect() as connection:
        return {tuple(row[:-1]): row[-1] for row in connection.execute(query, [list(programmes)])}


def column(query: str) -> list[object]:
    with database.connect() as connection:
        return [value for (value,) in connection.execute(query.encode())]


@pytest.fixture(scope="module")
def loaded(own_database: str, folder: Path) -> Iterator[OwnCatalogue]:
    """The release of today with the office's catalogue."""
    with pytest.MonkeyPatch.context() as environment, own_catalogue() as catalogue, clock.at(AT):
        environment.setenv("BAOCAO_CATALOGUE", str(folder))
        building.prepare_catalogue()
        yield catalogue


def overridden(folder: Path) -> dict[tuple[str, ...], str]:
    return {
        tuple(list(row.values())[:6]): row["deadline_on"]
        for row in read(folder / "deadlines.csv")
        if row["change"] == "override"
    }


def is_as_the_office_has_it(folder: Path) -> None:
    assert len(overridden(folder)) == 10
    assert overridden(folder).items() <= deadlines(BACNINH, HAIPHONG).items()
    assert column(f"select count(*) from catalogue.targets where programme_code = '{SIXTH}'") == [2]
    assert column(f"select count(*) from catalogue.indicators where programme_code = '{BACNINH}'") == [32]
    assert column("select class_code from intermediate.int_unit_classes__in_force where unit_code = '05971'") == [
        "con-lai"
    ]
    assert column("select count(*) from intermediate.int_unit_classes__in_force") == [8]
    assert column(f"select name_vi from catalogue.programmes where programme_code = '{SIXTH}'") == [
        "Góc đọc sách cho trẻ em (ví dụ giả định)"
    ]


def test_dbt_loads_the_rows_of_the_office_and_the_folder_of_the_software_stays_as_it_is(loaded, folder):
    assert checks.problems(checks.read(loaded.folder, folder)) == []
    is_as_the_office_has_it(folder)
    assert {row["programme_code"] for row in loaded.rows("programmes")} & {SIXTH} == set()
    detail = runs.last("catalogue").detail
    assert (detail["office"]["overridden"], detail["office"]["added"]) == (11, 28)


def test_a_load_by_hand_has_the_rows_of_the_office_too(loaded, folder):
    assert building.run_dbt_by_hand(["seed", "--select", "deadlines"])

    assert overridden(folder).items() <= deadlines(BACNINH, HAIPHONG).items()


def test_an_upgrade_leaves_the_office_its_rows_and_says_what_it_removed_beneath_them(loaded, folder, command):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    rows = loaded.rows("deadlines")
    first = next(row for row in rows if (row["programme_code"], row["period"]) == (BACNINH, "2026"))
    rows.remove(first)
    other = next(row for row in rows if row["programme_code"] == HAIPHONG and row["period"] == "2030")
    other["deadline_on"] = "2030-12-15"
    loaded.replace("deadlines", rows)
    building.prepare_catalogue()
    diff = command("catalogue", "diff")

    is_as_the_office_has_it(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert "2030-12-15" in deadlines(HAIPHONG).values(), "what the office does not override is upgraded"
    (note,) = runs.last("catalogue").detail["office"]["notes"]
    assert note.startswith(f"{folder}/deadlines.csv, row ") and "is not shipped any more" in note
    assert "the row that it overrides is not shipped any more" in diff.out


def test_a_wrong_row_of_the_office_blocks_its_programme_alone_and_is_named_with_its_file(loaded, folder):
    path = folder / "targets.csv"
    good = path.read_bytes()
    path.write_text(path.read_text(encoding="utf-8").replace(f"{SIXTH},1,province", f"{SIXTH},9,province"))
    late = next(row for row in read(folder / "deadlines.csv") if row["change"] == "override")
    deadline = (folder / "deadlines.csv").read_bytes()
    (folder / "deadlines.csv").write_bytes(deadline.replace(late["deadline_on"].encode(), b"2026-12-27", 1))
    try:
        building.prepare_catalogue()
        blocked = runs.last("catalogue").detail["blocked"]
        dates = deadlines(BACNINH)
    finally:
        path.write_bytes(good)
        (folder / "deadlines.csv").write_bytes(deadline)

    assert blocked.keys() == {SIXTH}
    assert blocked[SIXTH][0].startswith(f"{path}, row 2, indicator_code: “9” is unknown in {SIXTH}.")
    assert "2026-12-27" in dates.values(), "another programme is loaded"
    assert column(f"select count(*) from catalogue.targets where programme_code = '{SIXTH}'") == [2], "as last loaded"
