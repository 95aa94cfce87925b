"""What goes to the public: made-up reports of real communes and former districts, released, corrected, released again.

The attacker here reads the released CSV files and nothing of the ledger, and has equations of its own: a province is
the sum of those that reported, and a report that was not corrected is the same in both releases.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import openpyxl
import psycopg
import pytest

from expectations import gate
from ingest import receiving
from pages.site import writing
from pipeline import building, releasing
from publish import proving
from publish.annex import data as annex_data
from publish.disclosure import deciding
from publish.disclosure.attacker import Bound, Row, attack
from publish.proof import sheet as proof_sheet
from tests.integration.test_site import HEAD as HEAD_OF_FIGURES
from warehouse import catalogue, clock, database
from warehouse.audit import chain
from warehouse.errors import BaocaoError

ACTION, MOTHERS = "bacninh-2026-2030", "bacgiang-maternal-child-2025"
NEWBORNS, INFANTS, CHILDREN, IMMUNISED, MARRIAGES, INFECTED = "3.1", "3.2", "3.3", "5.1", "13", "6"
DEATHS = {"07210": 2, "07228": 7, "07246": 0, "07264": 12, "07282": 0, "07288": 9}
MOTHERS_INFECTED = {"07210": 3, "07228": 6, "07246": 0, "07264": 11, "07282": 0, "07288": 9}
"""Nobody is infected by them; of the first commune the number itself would name them."""
BOUNDED = {"07210": "<5", "07228": "20", "07246": "30"}
DISTRICTS = {"213": 1, "215": 6, "216": 8, "217": 11}
SCORED = "angiang-emulation-2022"
SCORES = {"883": (2, 5), "886": (12, 0), "887": (6, 5)}
"""Deaths of newborns, and the points that a district gave itself for the targets of mortality: all or none."""
HEAD = "programme;period;unit_code;indicator;numerator;denominator;submission_type;value\n"
FIRST, SECOND = "2026-12-01T09:00:00+07:00", "2026-12-08T09:00:00+07:00"


def receive(folder: Path, lines: list[str], at: str) -> None:
    path = folder / f"{uuid4().hex}.csv"
    path.write_text(HEAD + "\n".join(lines).replace(",", ";") + "\n", encoding="utf-8")
    batch = uuid4()
    with clock.at(at):
        receiving.receive(path, batch_id=batch, received_at=clock.now())
        gate.check(batch)
        building.build()
    with database.connect() as connection:
        assert connection.execute(
            "select count(*) from raw.submission join ops.submission_verdict using (submission_id) "
            "where batch_id = %s and status = 'rejected'",
            [batch],
        ).fetchone() == (0,)


@dataclass
class Releases:
    """Two releases with a correction between; the folder of each, and what deciding without protection recovers."""

    folders: list[Path]
    unprotected: list[object]


@pytest.fixture(scope="module")
def releases(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releases]:
    folder = tmp_path_factory.mktemp("releases")
    lines = [f"{ACTION},2026,{unit},{NEWBORNS},{deaths},400," for unit, deaths in DEATHS.items()]
    lines += [f"{ACTION},2026,{unit},{IMMUNISED},3,400," for unit in DEATHS]
    lines += [f"{ACTION},2026,{unit},{MARRIAGES},{deaths},{deaths + 3}," for unit, deaths in DEATHS.items()]
    lines += [f"{ACTION},2026,{unit},{INFECTED},0,{mothers}," for unit, mothers in MOTHERS_INFECTED.items()]
    lines.append(f"{ACTION},2025,07264,{NEWBORNS},4,200,")
    lines += [f"{ACTION},2026,{unit},{INFANTS},{deaths},400," for unit, deaths in BOUNDED.items()]
    lines.append(f"{ACTION},2026,07210,{CHILDREN},,,,2")
    lines += [f"{MOTHERS},2024,{unit},II.1,{deaths},900," for unit, deaths in DISTRICTS.items()]
    lines += [f"{SCORED},2022,{unit},CT3.1,{deaths},900," for unit, (deaths, _) in SCORES.items()]
    lines += [f"{SCORED},2022,{unit},CT3.diem,,,,{points}" for unit, (_, points) in SCORES.items()]
    receive(folder, lines, FIRST)
    found = Releases([], [])
    for number, at in enumerate((FIRST, SECOND)):
        with clock.at(at):
            for programme, period in ((ACTION, "2026"), (MOTHERS, "2024")):
                with database.connect() as connection:
                    weak = deciding.decide(connection, programme, [period], with_complementary=False)
                    found.unprotected += weak.certificate.recovered
                releasing.release(programme, [period], folder / str(number))
        found.folders.append(folder / str(number))
        if number == 0:
            receive(folder, [f"{ACTION},2026,07246,{NEWBORNS},3,400,correction"], SECOND)
    yield found


def printed(folder: Path, programme: str, indicator: str, column: str = "numerator") -> dict[tuple[str, str, str], str]:
    """A column of a CSV file by map, unit and measure."""
    with (folder / programme / "figures.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator_code"] == indicator]
    return {(row["boundary_basis"], row["unit_code"], row["measure"]): row[column] for row in rows}


def rows_of(folder: Path, programme: str) -> list[dict[str, str]]:
    with (folder / programme / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def attacked(
    releases: Releases,
    programme: str,
    indicator: str,
    truths: list[Mapping[str, int]],
    column: str = "numerator",
) -> dict[object, Bound]:
    """From the files alone. A unit that was suppressed is known not to be 0."""
    rows: dict[object, Row] = {}
    equations: list[dict[object, float]] = []
    for at, (folder, truth) in enumerate(zip(releases.folders, truths, strict=True)):
        figures = printed(folder, programme, indicator, column)
        for key, text in figures.items():
            ends = None if text in ("…", "") else (float(text), float(text))
            own = truth.get(key[1])
            is_small = ends is None and 1 <= (own if own is not None else sum(truth.values())) <= 4
            rows[at, *key] = Row(ends, least=0 if own is None else min(own, 1), needs_doubt=is_small)
            if own is None and text:
                below = {(at, "as_reported", unit, key[2]): 1.0 for unit in truth}
                equations.append({(at, *key): -1.0, **below})
            if at and own is not None and truths[0][key[1]] == own:
                equations.append({(at, *key): 1.0, (0, *key): -1.0})
            if own is not None and key[0] == "current":
                equations.append({(at, *key): 1.0, (at, "as_reported", *key[1:]): -1.0})
    known = [equation for equation in equations if equation.keys() <= rows.keys()]
    return attack(rows, known, lambda key: key[0])


def texts(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def test_a_small_count_is_a_mark_and_one_neighbour_goes_with_it(releases: Releases):
    shown = printed(releases.folders[0], ACTION, NEWBORNS)
    rates = {unit: shown["as_reported", unit, "rate"] for unit in DEATHS}
    assert rates["07210"] == "…"
    others = {unit: text for unit, text in rates.items() if unit != "07210"}
    assert sum(text == "…" for text in others.values()) == 1
    assert all(text in ("…", str(DEATHS[unit])) for unit, text in others.items())
    assert shown["as_reported", "24", "rate"] == str(sum(DEATHS.values()))


def test_a_correction_to_a_small_count_takes_the_province_with_it(releases: Releases):
    """Its other communes were public before: with the province's new sum the correction would be a difference."""
    shown = printed(releases.folders[1], ACTION, NEWBORNS)
    assert shown["as_reported", "07246", "rate"] == "…"
    assert shown["as_reported", "24", "rate"] == shown["current", "24", "rate"] == "…"


def test_indicators_that_are_not_sensitive_are_released_whole(releases: Releases):
    assert set(printed(releases.folders[0], ACTION, IMMUNISED).values()) >= {"3", str(3 * len(DEATHS))}
    assert "…" not in printed(releases.folders[0], ACTION, IMMUNISED).values()


def test_an_attacker_with_both_releases_and_both_maps_recovers_nothing(releases: Releases):
    corrected = DEATHS | {"07246": 3}
    found = attacked(releases, ACTION, NEWBORNS, [DEATHS, corrected])
    found |= {
        (MOTHERS, key): bound for key, bound in attacked(releases, MOTHERS, "II.1", [DISTRICTS, DISTRICTS]).items()
    }
    found |= attacked(releases, ACTION, INFECTED, [MOTHERS_INFECTED, MOTHERS_INFECTED], "denominator")
    assert len(found) >= 7
    assert [key for key, bound in found.items() if bound.is_recovered] == []


def test_without_complementary_suppression_the_certificate_would_have_recovered_counts(releases: Releases):
    assert releases.unprotected
    with database.connect() as connection:
        rows = connection.execute(
            "select programme_code, counts_attacked > 0, counts_recovered, least_width >= 3, "
            "complementary_suppressed > 0 from ops.public_release order by release_id"
        ).fetchall()
    assert rows == [(programme, True, 0, True, True) for programme in (ACTION, MOTHERS) * 2]


def test_a_base_that_would_name_a_mother_is_suppressed_like_a_numerator(releases: Releases):
    """A base of 3 among 29: with the other communes' bases and the province's it would be a difference."""
    shown = printed(releases.folders[0], ACTION, INFECTED, "denominator")
    bases = {unit: shown["as_reported", unit, "rate"] for unit, mothers in MOTHERS_INFECTED.items() if mothers}
    assert bases["07210"] == "…"
    assert [*bases.values(), shown["as_reported", "24", "rate"]].count("…") >= 2
    assert set(bases.values()) | {shown["as_reported", "24", "rate"]} != {"…"}


def test_the_certificate_for_everybody_does_not_say_how_many_of_the_suppressed_are_small(releases: Releases):
    """Where none was given up beside the small counts, two that add up to 8 would both be 4."""
    for folder in releases.folders:
        for programme in (ACTION, MOTHERS):
            found = json.loads((folder / programme / "certificate.json").read_text(encoding="utf-8"))
            assert found.keys() == {"figures", "suppressed", "recovered", "rule"}
            assert found["suppressed"] == sum(row["verdict"] == "…" for row in rows_of(folder, programme))


def test_the_public_table_has_no_milestone_from_which_the_baseline_figure_follows(releases: Releases):
    """The path begins at what the commune reported for 2025, 4 of 200, which was never released."""
    with database.connect() as connection:
        inside = annex_data.load(connection, ACTION, "07264", "2026")
        sensitive = catalogue.sensitive_indicators(connection, ACTION)
    assert inside is not None and NEWBORNS in sensitive
    public = inside.for_public(set(), sensitive)
    paths = [{entry.code: entry.milestone for entry in table.entries} for table in (inside, public)]
    assert paths[0][NEWBORNS] is not None and 9 < paths[0][NEWBORNS].value < 20
    assert all(paths[1][code] is None for code in sensitive & paths[1].keys())
    assert {code: path for code, path in paths[0].items() if code not in sensitive} == {
        code: path for code, path in paths[1].items() if code not in sensitive
    }


def test_of_a_change_both_counts_are_suppressed_where_one_is_small(releases: Releases):
    shown = printed(releases.folders[0], ACTION, MARRIAGES)
    assert {key[1] for key, text in shown.items() if text == "…"} >= {"07210", "07246"}


def test_what_may_be_a_small_count_is_suppressed_like_one(releases: Releases):
    """A count below 5, and a rate of which nobody knows the cases."""
    shown = printed(releases.folders[0], ACTION, INFANTS)
    assert shown["as_reported", "07210", "rate"] == "…"
    assert [shown["as_reported", unit, "rate"] for unit in ("07228", "07246")].count("…") <= 1
    with (releases.folders[0] / ACTION / "figures.csv").open(encoding="utf-8-sig") as file:
        values = [row["value_low"] for row in csv.DictReader(file) if row["indicator_code"] == CHILDREN]
    assert set(values) <= {"…", ""} and "…" in values


def test_the_workbook_says_that_a_figure_is_not_published_and_what_that_means(releases: Releases):
    found = texts(releases.folders[0] / ACTION / "2026" / "07210.xlsx")
    assert "…" in found and "không công bố" in found
    assert any(text.startswith("Dấu …: số nhỏ không công bố") for text in found)
    assert not any(
        text.startswith("Dấu …") for text in texts(releases.folders[0] / ACTION / "2026" / "07264.xlsx")
    ) or (printed(releases.folders[0], ACTION, NEWBORNS)["as_reported", "07264", "rate"] == "…")


def test_the_site_of_a_release_has_every_figure_as_it_was_released(releases: Releases, tmp_path: Path):
    site = writing.write(releases.folders[1], tmp_path / "site").folder
    assert {path.name for path in site.iterdir() if path.is_dir()} == {ACTION, MOTHERS}
    with (releases.folders[1] / ACTION / "figures.csv").open(encoding="utf-8-sig") as file:
        assert file.readline() == HEAD_OF_FIGURES
    for programme, period in ((ACTION, "2026"), (MOTHERS, "2024")):
        released = [row for row in rows_of(releases.folders[1], programme) if row["boundary_basis"] == "as_reported"]
        marks = {False: 0, True: 0}
        for unit in {row["unit_id"] for row in released}:
            with (site / programme / "don-vi" / f"{unit.replace('@', '_')}.ket-qua-{period}.csv").open(
                encoding="utf-8-sig", newline=""
            ) as file:
                shown = list(csv.DictReader(file))
            own = [row for row in released if row["unit_id"] == unit]
            assert [row["Chỉ tiêu"].partition(". ")[0] for row in shown] == [row["indicator_code"] for row in own]
            for row, figure in zip(shown, own, strict=True):
                is_suppressed = figure["numerator"] == "…"
                marks[is_suppressed] += 1
                assert (row["Kết quả"] == "…") == (row["So với chỉ tiêu"] == "không công bố") == is_suppressed
                if figure["measure"] == "rate" and figure["value_low"] == figure["value_high"] not in ("", "…"):
                    assert row["Kết quả"] == figure["value_low"]
        assert marks[True] > 0 and marks[False] > 0


def test_a_release_that_recovers_a_count_cannot_be_stored(releases: Releases):
    with database.connect() as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "insert into ops.public_release (programme_code, periods, released_at, figures, primary_suppressed, "
            "complementary_suppressed, counts_attacked, counts_recovered, rule) "
            "values ('thu', '{2026}', now(), 1, 1, 0, 1, 1, '{}')"
        )


def test_a_release_that_would_recover_a_count_is_refused_and_writes_nothing(
    releases: Releases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    decide = deciding.decide
    monkeypatch.setattr(
        deciding, "decide", lambda *arguments: decide(*arguments, with_complementary=False), raising=True
    )
    with clock.at(SECOND), pytest.raises(BaocaoError, match="could be recovered"):
        releasing.release(ACTION, ["2026"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_released_workbook_is_proven_by_itself_and_has_nothing_of_what_is_suppressed(releases: Releases):
    proven, nothing = Counter[str](), [None, None, None, [True, True]]
    for path in sorted((releases.folders[1]).rglob("*.xlsx")):
        content = path.read_bytes()
        proof = proving.prove(content)
        assert proof.findings == [], path
        proven += proof.figures
        with database.connect() as connection:
            sensitive = catalogue.sensitive_indicators(connection, path.parts[-3])
        rows = list(openpyxl.load_workbook(BytesIO(content))[proof_sheet.SHEET].iter_rows(values_only=True))
        assert not {row[1] for row in rows if row[0] == proof_sheet.LINE} & sensitive
        suppressed = [
            json.loads(row[2]) for row in rows if row[0] == proof_sheet.FIGURE and '"suppressed": true' in row[2]
        ]
        assert all(each["stated"][:4] == nothing and not each["milestones"] for each in suppressed)
    assert proven["suppressed"] > 10 and proven["parts"] > 5 and proven["lines"] > 100


def test_a_trial_writes_nothing(releases: Releases, command, tmp_path: Path):
    with database.connect() as connection:
        before = connection.execute("select count(*) from ops.public_release").fetchone()
    with clock.at(SECOND):
        found = command("release", MOTHERS, "2024", "--dry-run", "--out", tmp_path)
    assert found.code == 0, found.err
    assert "An attacker recovers 0 of" in found.out
    assert list(tmp_path.iterdir()) == []
    with database.connect() as connection:
        assert connection.execute("select count(*) from ops.public_release").fetchone() == before


def test_points_say_nothing_of_the_figure_that_they_are_for(releases: Releases, tmp_path: Path):
    """Five points are the target met, and none not: a bound for what is suppressed beside them."""
    with clock.at(SECOND):
        releasing.release(SCORED, ["2022"], tmp_path)
    deaths, points = (
        {row["unit_code"]: row for row in rows_of(tmp_path, SCORED) if row["indicator_code"] == code}
        for code in ("CT3.1", "CT3.diem")
    )
    assert deaths["883"]["numerator"] == "…" and points.keys() == SCORES.keys()
    assert {row["value_low"] for row in points.values()} == {"…"}


def test_the_public_table_has_nothing_of_what_the_plan_prints_of_earlier_years(releases: Releases):
    """Of the province 2,7 in 2023: of a commune the same column could have a count of one."""
    with database.connect() as connection:
        inside = annex_data.load(connection, MOTHERS, "24", "2024")
        sensitive = catalogue.sensitive_indicators(connection, MOTHERS)
    assert inside is not None
    starts = [
        {entry.code: {start.raw for start in entry.starts.values()} for entry in table.entries}
        for table in (inside, inside.for_public(set(), sensitive))
    ]
    assert starts[0]["II.1"] == {"2.7"} and starts[1]["II.1"] == {"…"}
    assert all(starts[0][code] == starts[1][code] for code in starts[0].keys() - sensitive)
    assert "2,7" not in texts(releases.folders[1] / MOTHERS / "2024" / "24.xlsx")


def test_no_released_file_goes_before_the_new_ones_are_recorded(releases: Releases, monkeypatch, tmp_path: Path):
    """A process that dies in between would leave files that are missed for ever. It is the last test: it releases."""
    stray = tmp_path / MOTHERS / "2023" / "213.xlsx"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"made up")

    def die(*arguments: object) -> None:
        raise KeyboardInterrupt

    with clock.at(SECOND), monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(releasing.chain, "record_files", die)
        releasing.release(MOTHERS, ["2024"], tmp_path)
    assert stray.read_bytes() == b"made up"
    with clock.at(SECOND):
        releasing.release(MOTHERS, ["2024"], tmp_path)
    assert not stray.exists()
    with database.connect() as connection:
        assert chain.newest(connection, "public_file")[chain.subject(stray)] == chain.REMOVED
