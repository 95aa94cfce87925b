"""Each of the five plans whole: the form, made-up reports of every reporter, the reader, the gate, the figures.

One warehouse lives through five seasons, in the order of time, on the units that the plans really cover. What the
figures should be is read from the workbooks by openpyxl alone.
"""

import hashlib
import json
import os
import random
import shlex
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from psycopg.rows import dict_row

from ingest import receiving as loading
from pipeline import building, receiving
from publish import formatting, notes, proving, reports
from publish.annex import workbook as annex_workbook
from publish.forms import prefill
from publish.forms import queries as form_queries
from publish.forms import workbook as form_workbook
from publish.forms.types import Previous
from publish.proof import encoding
from publish.proof import reading as proof_reading
from publish.proof import sheet as proof_sheet
from publish.proof.reading import Sheet
from publish.simulation import simulate
from publish.simulation.simulate import Document
from tests.integration import tampered
from warehouse import catalogue, clock, database
from warehouse.errors import WrongCall
from warehouse.settings import PROJECT_ROOT

ACTION, MOTHERS = "bacninh-2026-2030", "bacgiang-maternal-child-2025"
EMULATION, FRIENDLY, DIRECTIVE = "angiang-emulation-2022", "langson-child-friendly-2024", "haiphong-directive28"
INSPECTED = ["883", "884", "886", "890", "893", "894"]
SEED = 11


@dataclass(frozen=True)
class Arrival:
    """Reports of a programme and period that arrive at one time. agencies: all that owe a report, if not given."""

    programme: str
    period: str
    at: str
    agencies: tuple[str, ...] | None = None


SEASON = (
    Arrival(EMULATION, "2022", "2022-10-03T08:00+07:00", ("UBND", "UBND-DC")),
    Arrival(EMULATION, "2022", "2022-11-10T08:00+07:00", ("PHUC-TRA", "SLDTBXH")),
    Arrival(FRIENDLY, "2024", "2024-11-10T08:00+07:00"),
    Arrival(DIRECTIVE, "2024", "2024-11-25T08:00+07:00"),
    Arrival(MOTHERS, "2024", "2024-12-20T08:00+07:00"),
    Arrival(DIRECTIVE, "2025", "2025-11-25T08:00+07:00"),
    Arrival(ACTION, "2026", "2026-11-20T08:00+07:00"),
)
BUILT_AT = "2026-11-21T08:00+07:00"


@dataclass
class Season:
    """What was sent and its receipts, by programme and period."""

    workbooks: dict[tuple[str, str], list[Path]] = field(default_factory=lambda: defaultdict(list))
    documents: dict[tuple[str, str], list[Document]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def statuses_of(documents: Sequence[Document]) -> list[str]:
    """Reports without figures, as `baocao receive-document` takes them, with one run of the gate for all of them; a
    report whose receipt was not written would get it from the next run.
    """
    batch = uuid4()
    for each in documents:
        whose = each.programme_code, each.period, each.unit_code, each.agency_code
        loading.receive_document(*whose, each.path, batch_id=batch, received_at=clock.now(), is_made_up=True)
    receiving.check_and_issue_receipts([str(batch)])
    query = "select status from raw.submission join ops.submission_verdict using (submission_id) where batch_id = %s"
    with database.connect() as connection:
        return [status for (status,) in connection.execute(query, [batch])]


@pytest.fixture(scope="module")
def season(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    building.prepare_catalogue()
    out, sent = tmp_path_factory.mktemp("season"), Season()
    for number, arrival in enumerate(SEASON):
        key = arrival.programme, arrival.period
        who, folder = (*key, None, arrival.agencies), out / str(number)
        workbooks = simulate.simulate(*who, seed=SEED, out=folder)
        documents = simulate.documents(*who, seed=SEED, out=folder)
        with clock.at(arrival.at):
            answers = [
                receipt.status for receipt in receiving.receive_files(list(map(str, workbooks)), from_inbox=False)
            ]
            answers += statuses_of(documents)
        sent.workbooks[key] += workbooks
        sent.documents[key] += documents
        sent.answers[key] += Counter(answers)
    with clock.at(BUILT_AT):
        building.build()
        yield sent


# --- what the workbooks hold, by openpyxl ---------------------------------------------------------

Cells = dict[str, tuple[object, object, object]]


@cache
def cells(path: Path) -> tuple[dict[str, str], Cells]:
    """The labels above a report's table, and its numerator, denominator and value by indicator code."""
    rows = list(openpyxl.load_workbook(path, read_only=True)["Báo cáo"].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == "Mã chỉ tiêu")
    labels = {str(row[0]): str(row[1]) for row in rows[:head] if row[0] and row[1]}
    return labels, {str(row[0]): tuple(row[3:6]) for row in rows[head + 1 :] if row[0]}


def summed(paths: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Σ numerators and Σ denominators by indicator, over the reports of the units' own committees.

    A yes is one of one, a no is none of one.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path in paths:
        labels, lines = cells(path)
        if labels["Cơ quan báo cáo"] == "UBND" and len(labels["Mã đơn vị"]) > 2:  # no province: it is set beside
            for code, parts in lines.items():
                counted = (int(parts[2] == "Có"), 1) if parts[2] in ("Có", "Không") else parts
                for side in (0, 1):
                    sums[code][side] += int(counted[side] or 0)
    return {code: (numerator, denominator) for code, (numerator, denominator) in sums.items()}


def points(parts: tuple[object, object, object]) -> Decimal:
    """The points under Giá trị, as text with a decimal comma."""
    return Decimal(str(parts[2]).replace(",", "."))


def rollup(programme: str, period: str, unit: str) -> dict[tuple[str, str], dict]:
    """The figures of a place by indicator and measure, on the units of that period."""
    query = (
        "select * from fct_indicator_rollup where programme_code = %s and period = %s and unit_code = %s "
        "and boundary_basis = 'as_reported'"
    )
    with database.connect() as connection:
        rows = connection.cursor(row_factory=dict_row).execute(query, [programme, period, unit]).fetchall()
    return {(row["indicator_code"], row["measure"]): row for row in rows}


def obligations(programme: str, period: str) -> Counter[tuple[str, str, str, bool]]:
    """How many reports are owed, by level of unit, agency, status and whether one arrived."""
    query = (
        "select unit_level, agency_code, status, accepted_at is not null from marts.fct_report_obligation "
        "where programme_code = %s and period = %s"
    )
    with database.connect() as connection:
        return Counter(connection.execute(query, [programme, period]).fetchall())


def scored(programme: str) -> tuple[dict[tuple[str, str], dict], list[dict]]:
    """The score sheet's lines by unit and criterion, and the ranking."""
    with database.connect() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        lines = cursor.execute("select * from fct_score where programme_code = %s", [programme]).fetchall()
        query = "select * from rpt_score_ranking where programme_code = %s order by total_points desc"
        ranking = cursor.execute(query, [programme]).fetchall()
    return {(row["unit_code"], row["criterion_code"]): row for row in lines}, ranking


def assert_the_province_is_the_sum_of_the_files(
    season: Season, programme: str, period: str, unit: str, reporters: int
) -> dict[str, tuple[int, int]]:
    """Every indicator that has parts: both sides, the division, and how many units of how many."""
    parts, reported = summed(season.workbooks[programme, period]), rollup(programme, period, unit)
    with database.connect() as connection:
        query = "select indicator_code, aggregation, factor from catalogue.indicators where programme_code = %s"
        made = connection.execute(query, [programme]).fetchall()
    measures = {"ratio": "rate", "sum": "count", "relative_change": "change", "share_of_units": "share"}
    checked = 0
    for code, aggregation, factor in made:
        if aggregation not in measures:
            continue
        row, (numerator, denominator) = reported[code, measures[aggregation]], parts[code]
        assert (row["units_reporting"], row["units_expected"], row["is_provisional"]) == (reporters, reporters, False)
        assert row["numerator"] == numerator, code
        assert row["is_made_up"]
        if aggregation != "sum":
            assert row["denominator"] == denominator, code
            value = valued(Decimal(numerator) / denominator, aggregation, factor) if denominator else None
            assert row["value"] == (None if value is None else pytest.approx(value)), code
        checked += 1
    assert checked
    return parts


def valued(share: Decimal, aggregation: str, factor: Decimal | None) -> Decimal:
    """What Σ numerators ÷ Σ denominators means: a rate by its factor, a share in %, a reduction what is missing."""
    return 100 - 100 * share if aggregation == "relative_change" else share * (factor or 100)


def table(season: Season, programme: str, unit: str, period: str, tmp_path: Path) -> str:
    """The words and figures of the workbook that `baocao report` writes."""
    path = reports.report(programme, unit, period, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(path)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(" | ".join(str(cell) for cell in row if cell is not None) for row in rows)


# --- every programme ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "workbooks", "documents"),
    [
        ((ACTION, "2026"), 99, 0),
        ((MOTHERS, "2024"), 10 + 1, 12),
        ((EMULATION, "2022"), 11 + 6 + 11, 6 + 1),
        ((FRIENDLY, "2024"), 8 * (8 + 1), 8 * (1 + 3) + 4),
        ((DIRECTIVE, "2024"), 15, 14),
        ((DIRECTIVE, "2025"), 114, 13),
    ],
)
def test_everyone_who_reports_is_simulated_and_nothing_is_rejected(season, key, workbooks, documents):
    assert (len(season.workbooks[key]), len(season.documents[key])) == (workbooks, documents)
    assert set(season.answers[key]) <= {"accepted", "accepted_with_warnings"}
    assert season.answers[key].total() == workbooks + documents


def test_the_only_thing_the_gate_asks_about_is_a_rate_of_few_cases(season):
    with database.connect() as connection:
        required = connection.execute("select distinct severity, rule from ops.submission_issue").fetchall()
    assert set(required) <= {("warning", "figure_outside_soft_range")}


@pytest.mark.parametrize("arrival", SEASON, ids=lambda arrival: f"{arrival.programme} {arrival.at[:10]}")
def test_what_is_filled_in_is_the_form_that_a_reporter_gets(season, arrival, tmp_path):
    """One of each agency: the same lines under the same labels, and the form is empty."""
    by_agency = {
        cells(path)[0]["Cơ quan báo cáo"]: path for path in season.workbooks[arrival.programme, arrival.period]
    }
    for agency, path in by_agency.items():
        labels, lines = cells(path)
        with database.connect() as connection:
            form = form_queries.form(connection, arrival.programme, labels["Mã đơn vị"], arrival.period, agency)
        own_labels, own_lines = cells(form_workbook.write(form, tmp_path / f"{agency}.xlsx"))
        assert own_labels == labels | {"Dữ liệu giả định": "không"}
        assert list(own_lines) == list(lines)
        assert {part for parts in own_lines.values() for part in parts} == {None}
        assert all(any(part is not None for part in parts) for parts in lines.values()), "every line is answered"


@pytest.mark.parametrize(
    ("programme", "unit", "period", "agency"),
    [(FRIENDLY, "05971", "2024", "UBND"), (EMULATION, "893", "2022", "UBND-DC"), (DIRECTIVE, "31", "2025", "SYT")],
)
def test_who_owes_a_document_is_told_how_to_send_one(season, programme, unit, period, agency):
    with database.connect() as connection, pytest.raises(WrongCall) as reported:
        form_queries.form(connection, programme, unit, period, agency)
    assert f"baocao receive-document {programme} {period} {unit} TỆP --agency {agency}" in str(reported.value)


def test_a_sender_that_is_not_asked_is_told_who_is(season):
    with database.connect() as connection, pytest.raises(WrongCall, match=r"893\) kỳ 2022 do UBND, .* không phải CA"):
        form_queries.form(connection, EMULATION, "893", "2022", "CA")


def test_made_up_documents_say_so_themselves_and_stay_marked(season):
    written = [document for documents in season.documents.values() for document in documents]
    assert all(
        "GIẢ ĐỊNH" in each.path.read_text() and "không phải là báo cáo thật" in each.path.read_text()
        for each in written
    )
    with database.connect() as connection:
        kept = connection.execute(
            "select count(*) filter (where is_made_up), count(*) from raw.submission where form = 'document'"
        ).fetchone()
    assert kept == (len(written), len(written))


def test_the_same_seed_gives_the_same_bytes_whatever_was_reported_meanwhile(season, tmp_path):
    again = simulate.simulate(MOTHERS, "2024", seed=SEED, out=tmp_path)
    assert [path.name for path in again] == [path.name for path in season.workbooks[MOTHERS, "2024"]]
    for path, before in zip(again, season.workbooks[MOTHERS, "2024"], strict=True):
        assert path.read_bytes() == before.read_bytes()
    for document in simulate.documents(FRIENDLY, "2024", seed=SEED, out=tmp_path):
        (before,) = [each for each in season.documents[FRIENDLY, "2024"] if each.path.name == document.path.name]
        assert document.path.read_bytes() == before.path.read_bytes()


def test_the_next_form_shows_what_was_told_this_time_else_the_plans_baseline(season):
    def beside(period: str, unit: str, code: str) -> Previous | None:
        with database.connect() as connection:
            (form,) = prefill.beside(connection, [form_queries.form(connection, ACTION, unit, period)])
        return next(line.previous for line in form.lines if line.code == code)

    sent = {cells(path)[0]["Mã đơn vị"]: cells(path)[1] for path in season.workbooks[ACTION, "2026"]}
    numerator, denominator, _ = sent["07228"]["5.1"]
    shown = formatting.number(Decimal(100) * numerator / denominator)
    assert beside("2027", "07228", "5.1") == Previous(shown, "2026", is_made_up=True)
    assert beside("2027", "07228", "1") == Previous(str(sent["07228"]["1"][2]), "2026", is_made_up=True)
    assert beside("2026", "07228", "3.1") == Previous("<2", "2025"), "no report of 2025, so the plan's word on it"
    assert beside("2026", "07210", "3.1") is None
    assert beside("2025", "07228", "3.1") is None, "its own baseline is not an earlier one"


def test_the_reports_of_an_ended_plan_are_no_longer_open(season):
    query = (
        "select count(*), count(*) filter (where is_open) from marts.fct_report_obligation "
        "where programme_code = any(%s)"
    )
    with database.connect() as connection:
        owed, still_open = connection.execute(query, [[MOTHERS, EMULATION, FRIENDLY]]).fetchone()
    assert owed > 100
    assert still_open == 0


# --- one by one -----------------------------------------------------------------------------------


def test_bac_ninh_2026_all_99_communes(season, tmp_path):
    assert obligations(ACTION, "2026") == {("commune", "UBND", "on_time", True): 99}
    parts = assert_the_province_is_the_sum_of_the_files(season, ACTION, "2026", "24", 99)
    assert parts["1"][1] == 99, "every commune answers yes or no"
    printed = table(season, ACTION, "24", "2026", tmp_path)
    assert "SỐ LIỆU GIẢ ĐỊNH – không phải số liệu thật" in printed
    immunised = next(line for line in printed.splitlines() if "dưới 1 tuổi được tiêm chủng đầy đủ 8 loại" in line)
    assert {str(part) for part in parts["5.1"]} | {"99/99"} <= set(immunised.split(" | "))


def test_bac_giang_2024_ten_districts_and_the_province_beside_them(season, tmp_path):
    owed = obligations(MOTHERS, "2024")
    assert owed["district", "UBND", "no_deadline", True] == 10
    assert owed["province", "UBND", "no_deadline", True] == 1
    assert {status for _, _, status, _ in owed} == {"no_deadline"}
    assert owed.total() == 10 + 1 + 12, "and twelve departments and organisations in documents"
    parts = assert_the_province_is_the_sum_of_the_files(season, MOTHERS, "2024", "24", 10)
    with database.connect() as connection:
        beside = connection.execute(
            "select indicator_code, own_numerator, rolled_up_numerator from rpt_reconciliation "
            "where programme_code = %s and period = '2024'",
            [MOTHERS],
        ).fetchall()
    assert {code: rolled_up for code, _, rolled_up in beside} == {code: parts[code][0] for code in parts}
    assert all(0 <= rolled_up - own <= 2 for _, own, rolled_up in beside), "its own word stands beside, and differs"
    printed = table(season, MOTHERS, "24", "2024", tmp_path)
    births = next(line for line in printed.splitlines() if "Tỷ lệ phụ nữ đẻ tại cơ sở y tế" in line)
    assert "10/10" in births


def test_an_giang_2022_eleven_districts_six_inspections(season, tmp_path):
    assert obligations(EMULATION, "2022") == {
        ("district", "UBND", "on_time", True): 11,
        ("district", "UBND-DC", "on_time", True): 6,
        ("province", "PHUC-TRA", "no_deadline", True): 1,
    }
    assert_the_province_is_the_sum_of_the_files(season, EMULATION, "2022", "89", 11)
    sheets = {}
    for path in season.workbooks[EMULATION, "2022"]:
        labels, lines = cells(path)
        sheets[labels["Mã đơn vị"], labels["Cơ quan báo cáo"]] = lines
    assert sorted(unit for unit, agency in sheets if agency == "PHUC-TRA") == INSPECTED
    assert set(sheets["893", "SLDTBXH"]) == {"V.1", "V.4"}
    for unit in INSPECTED:
        own, checked = sheets[unit, "UBND"], sheets[unit, "PHUC-TRA"]
        assert set(checked) < set(own)
        assert all(points(checked[code]) <= points(own[code]) for code in checked), (
            "a check begins with the unit's own points"
        )
    with database.connect() as connection:
        kept = connection.execute(
            "select agency_code, value from marts.fct_reported_value "
            "where programme_code = %s and unit_code = '893' and indicator_code = 'I.1' order by agency_code",
            [EMULATION],
        ).fetchall()
    assert kept == [(agency, points(sheets["893", agency]["I.1"])) for agency in ("PHUC-TRA", "UBND")]
    assert "11/11" in table(season, EMULATION, "89", "2022", tmp_path)

    lines, ranking = scored(EMULATION)
    for (unit, agency), own in sheets.items():
        if agency == "UBND":
            checked = sheets.get((unit, "PHUC-TRA"), own)
            assert lines[unit, "II.5"]["self_points"] == points(own["II.5"])
            assert lines[unit, "II.5"]["counted_points"] == points(checked["II.5"]), "who checked it counts"
            assert lines[unit, "V.1"]["counted_points"] == -points(sheets[unit, "SLDTBXH"]["V.1"])
            assert lines[unit, "V.2"]["counted_points"] == 0, "every report of it came in time"
    assert [row["unit_code"] for row in ranking if row["is_made_up"]] == [row["unit_code"] for row in ranking]
    totals = [row["total_points"] for row in ranking]
    assert [row["rank"] for row in ranking] == [1 + sum(other > total for other in totals) for total in totals]
    assert len(ranking) == 11
    assert all(total <= 215 + 30 for total in totals)


def test_lang_son_2024_eight_communes_eight_reporters_about_each(season, tmp_path):
    agencies = ("CA", "HDDG", "PGDDT", "PLDTBXH", "PTP", "PVHTT", "THANHDOAN", "TTYT")
    assert obligations(FRIENDLY, "2024") == {
        **{("commune", agency, "on_time", True): 8 for agency in agencies},
        **{("commune", agency, "on_time", True): 8 for agency in ("UBND", "UBND-KQ")},
        **{("commune", agency, "no_deadline", True): 8 for agency in ("UBND-CK", "UBND-KSDN", "UBND-KSCN")},
        ("district", "PTCKH", "on_time", True): 1,
        ("district", "MTTQ", "on_time", True): 1,
        ("district", "PLDTBXH", "no_deadline", True): 1,
        ("district", "PLDTBXH-BC", "no_deadline", True): 1,
    }
    required = {}
    for path in season.workbooks[FRIENDLY, "2024"]:
        labels, lines = cells(path)
        required.setdefault(labels["Cơ quan báo cáo"], (path, lines))
    assert {code for code in required["CA"][1] if "." not in code} == {"3", "4"}
    assert len(required["HDDG"][1]) == 26, "the council scores all thirteen criteria"
    sheet = openpyxl.load_workbook(required["CA"][0])["Báo cáo"]
    assert sheet["A3"].value.startswith("Báo cáo của Công an thành phố về Phường ")
    assert '"Đạt,Không đạt"' in {rule.formula1 for rule in sheet.data_validations.dataValidation}
    labels, lines = cells(required["CA"][0])
    with database.connect() as connection:
        kept = connection.execute(
            "select indicator_code, value from fct_indicator_rollup where programme_code = %s "
            "and unit_code = %s and boundary_basis = 'as_reported' and indicator_code in ('3', '3.dat') order by 1",
            [FRIENDLY, labels["Mã đơn vị"]],
        ).fetchall()
    met = Decimal(int(lines["3.dat"][2] == "Đạt"))
    assert kept == [("3", points(lines["3"])), ("3.dat", met)], "the assigned agency's word is the figure"

    committed = Counter(lines["CK"][2] for _, lines in map(cells, season.workbooks[FRIENDLY, "2024"]) if "CK" in lines)
    share = rollup(FRIENDLY, "2024", "178")["CK", "share"]
    assert (share["numerator"], share["denominator"]) == (committed["Có"], 8), "every commune answers once"

    given: Counter[str] = Counter()
    for path in season.workbooks[FRIENDLY, "2024"]:
        labels, lines = cells(path)
        if labels["Cơ quan báo cáo"] not in ("HDDG", "UBND-CK"):
            given[labels["Mã đơn vị"]] += sum(points(parts) for code, parts in lines.items() if "." not in code)
    _, ranking = scored(FRIENDLY)
    assert {row["unit_code"]: row["total_points"] for row in ranking} == given, "thirteen criteria, seven agencies"
    assert {row["threshold"] for row in ranking} == {None}
    assert {row["verdict"] for row in ranking} <= {"undetermined", "not_recognised"}
    assert all(any("class_unknown" in reason for reason in row["reasons"]) for row in ranking)


@pytest.mark.parametrize(
    ("period", "level", "reporters", "letters"), [("2024", "district", 15, 14), ("2025", "commune", 114, 13)]
)
def test_hai_phong_districts_and_then_communes(season, period, level, reporters, letters, tmp_path):
    owed = obligations(DIRECTIVE, period)
    assert owed[level, "UBND", "on_time", True] == reporters
    assert (
        sum(count for (row_level, _, _, arrived), count in owed.items() if row_level == "province" and arrived)
        == letters
    )
    assert owed.total() == reporters + letters
    parts = assert_the_province_is_the_sum_of_the_files(season, DIRECTIVE, period, "31", reporters)
    boys, girls = parts["TT13.2"]
    assert 1.05 < boys / girls < 1.15
    assert f"{reporters}/{reporters}" in table(season, DIRECTIVE, "31", period, tmp_path)


# --- published workbooks, proven without the warehouse -------------------------------------------

PROVEN = (
    (ACTION, "24", "2026", {"lines": 24, "sum": 9}),
    (ACTION, "07228", "2026", {"lines": 33}),
    (MOTHERS, "24", "2024", {"lines": 8, "sum": 4}),
    (MOTHERS, "213", "2024", {"lines": 12}),
    (EMULATION, "89", "2022", {"lines": 25, "sum": 10, "added up": 22}),
    (EMULATION, "883", "2022", {"lines": 35, "added up": 30}),
    (FRIENDLY, "05971", "2024", {"lines": 27, "added up": 3}),
    (DIRECTIVE, "31", "2024", {"lines": 11, "sum": 4}),
    (DIRECTIVE, "31", "2025", {"lines": 11, "sum": 4}),
)
"""Each plan's own workbook and one of a unit: figures by what proves them."""


@pytest.mark.parametrize(("programme", "unit", "period", "figures"), PROVEN)
def test_every_figure_of_a_published_workbook_is_proven_from_the_workbook_alone(
    season, programme, unit, period, figures
):
    proof = proving.prove(published(programme, unit, period))
    assert proof.findings == []
    assert proof.figures == figures


@cache
def published(programme: str, unit: str, period: str) -> bytes:
    with database.connect() as connection:
        return reports.render(connection, programme, unit, period, with_notes=True, with_lines=True)


@cache
def province() -> dict[str, Sheet]:
    """The workbook of Bắc Ninh, read."""
    return proof_reading.read(published(ACTION, "24", "2026"))


def test_the_table_without_its_lines_is_as_it_was(season):
    """Who publishes an earlier time again gets the earlier bytes: nothing but the last sheet was added."""
    with database.connect() as connection:
        without = reports.render(connection, ACTION, "24", "2026", with_notes=True)
    earlier, now = proof_reading.read(without), province()
    assert list(now) == [*earlier, proof_sheet.SHEET]
    assert all(now[name].cells == earlier[name].cells for name in earlier)
    with pytest.raises(proving.NotProvable, match="made before workbooks carried their lines"):
        proving.prove(without)


def test_who_prints_the_workbook_gets_no_lines_but_the_head_that_explains_them(season):
    book = openpyxl.load_workbook(BytesIO(published(ACTION, "24", "2026")))
    assert book[proof_sheet.SHEET].print_area.endswith(f"!$A$1:$R${proof_sheet.FIRST}")


def test_each_kind_of_change_is_found_and_its_cell_named(season):
    figure = next(
        place
        for place, (content, _) in province()[annex_workbook.SHEET].cells.items()
        if isinstance(content, float) and content % 1
    )
    named = {}
    for kind, changed, (sheet, place) in tampered.kinds(province(), figure):
        found = proving.prove_sheets(changed).findings
        named[kind] = [(each.sheet, each.cell) for each in found] == [(sheet, proof_sheet.address(*place))]
    assert named == dict.fromkeys(named, True) and len(named) == 8


def test_a_hundred_random_changes_are_all_found(season):
    """In the sheet of lines the row is named, in any other the cell; a changed line names its figure as well."""
    missed = []
    for changed, sheet, place in tampered.random_changes(province(), 100, random.Random(20261130)):
        try:
            named = {(each.sheet, each.cell) for each in proving.prove_sheets(changed).findings}
        except proving.NotProvable:
            named = {(sheet, "the head")}
        cell, row = proof_sheet.address(*place), place[0] + 1
        is_named = (sheet, cell) in named or any((sheet, at) in named for at in (f"A{row}:R{row}", "A3:R3", "the head"))
        if not is_named and not (sheet == proof_sheet.SHEET and row in (1, 2, 5)):
            missed.append((sheet, cell, named))
    assert missed == []


def test_a_changed_line_names_the_figure_that_does_not_follow_from_it_any_more(season):
    """Whoever changes a line and its row's digits too is still found by the figure."""
    cells = province()[proof_sheet.SHEET].cells
    row = next(
        row for row in tampered.rows_of_lines(province()) if cells[row, 1][0] == "5.1" and cells[row, 5][0] != "0"
    )
    numerator = str(int(cells[row, 5][0]) - 1)
    changed = province()
    for column in (5, 6):
        changed = tampered.with_cell(changed, proof_sheet.SHEET, (row, column), (numerator, "General"))
    texts = [str(changed[proof_sheet.SHEET].cells.get((row, column), ("",))[0]) for column in range(17)]
    changed = tampered.with_cell(changed, proof_sheet.SHEET, (row, 17), (encoding.digest(texts), "General"))
    found = [each for each in proving.prove_sheets(changed).findings if each.sheet == annex_workbook.SHEET]
    assert len(found) == 2, "the result and its numerator"
    assert all(each.printed != each.proven for each in found)


def test_sheets_that_are_added_hidden_or_removed_are_named(season):
    name = annex_workbook.SHEET
    changes = {
        "a sheet": {**province(), "Thêm": Sheet(True, {(0, 0): ("x", "General")})},
        "a hidden sheet": {**province(), name: replace(province()[name], is_visible=False)},
        "no such sheet": {other: content for other, content in province().items() if other != notes.SHEET},
    }
    printed = {
        kind: {each.printed for each in proving.prove_sheets(changed).findings} for kind, changed in changes.items()
    }
    assert printed == {kind: {kind} for kind in changes}


def test_no_line_of_a_sensitive_indicator_is_in_the_workbook_of_a_unit_above(season):
    with database.connect() as connection:
        sensitive = catalogue.sensitive_indicators(connection, ACTION)
    cells = province()[proof_sheet.SHEET].cells
    units = {(cells[row, 1][0], cells[row, 3][0]) for row in tampered.rows_of_lines(province())}
    assert {unit for indicator, unit in units if indicator in sensitive} == {"Σ"}
    assert len({unit for indicator, unit in units if indicator not in sensitive}) == 99


def test_the_command_needs_neither_home_nor_database(season, tmp_path):
    """A changed number fails it with exit code 1; saved again by another program, the workbook still holds."""
    path = tmp_path / "24.xlsx"
    path.write_bytes(published(ACTION, "24", "2026"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert "9 figures from the sum" in verified(path, tmp_path, "--sha256", digest, code=0)
    book = openpyxl.load_workbook(path)
    book.save(path)
    assert "not the expected one" in verified(path, tmp_path, "--sha256", digest, code=1)
    assert verified(path, tmp_path, code=0).startswith("0 cells do not hold")
    sheet = book[annex_workbook.SHEET]
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float))
    cell.value += 0.5
    book.save(path)
    assert f"{annex_workbook.SHEET}!{cell.coordinate}: printed" in verified(path, tmp_path, code=1)
    assert not (tmp_path / "no-home").exists()


def verified(path: Path, folder: Path, *options: str, code: int) -> str:
    nowhere = {"BAOCAO_HOME": str(folder / "no-home"), "BAOCAO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    environment = {**os.environ, **nowhere, "PYTHONPATH": str(PROJECT_ROOT)}
    run = "from baocao.main import main; main()"
    call = [sys.executable, "-c", run, "verify", str(path), *options]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_commands_that_simulate_prints_receive_what_it_wrote(season, command, tmp_path):
    made = command(
        "simulate", FRIENDLY, "2024", "--units", "05971", "--agency", "UBND,CA", "--seed", 5, "--out", tmp_path
    )
    workbook, receiving_it = made.out.splitlines()
    assert Path(workbook).name == f"gia-dinh_{FRIENDLY}_2024_05971_CA.xlsx"
    received = command(*shlex.split(receiving_it)[1:], "--json")
    assert (received.code, [receipt["status"] for receipt in json.loads(received.out)]) == (0, ["accepted"])
    with database.connect() as connection:
        query = (
            "select is_made_up from raw.submission "
            "where form = 'document' and unit_code = '05971' and agency_code = 'UBND'"
        )
        assert connection.execute(query).fetchall() == [(True,), (True,)], "the first season's, and this one"
