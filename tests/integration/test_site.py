"""The static site of releases: it says what the released files say, works from a folder, and reads nothing else."""

import csv
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from pages.site import writing
from tests import accessibility
from warehouse.errors import WrongCall

PROGRAMME = "bacninh-2026-2030"
HEAD = (
    "programme_code,programme_name,period,boundary_basis,unit_id,unit_code,unit_name,unit_level,indicator_code,"
    "indicator_name,objective_vi,sort_order,measure,unit_vi,numerator,denominator,value_low,value_high,low_closed,"
    "high_closed,hard_min,hard_max,units_expected,units_reporting,coverage_pct,is_provisional,is_estimated,"
    "has_predecessors,is_made_up,comparator,target_low,target_high,target_scope,target_year,verdict,is_exceeded\n"
)
"""As `baocao release` writes it; tests/integration/test_releases.py compares."""

NAME = "Chương trình hành động vì trẻ em"
UNITS = {
    "24": ("24@1997-01-01", "Tỉnh Bắc Ninh", "province"),
    "07228": ("07228@2025-07-01", "Phường <Đa Mai>", "commune"),
}
DEATHS, VACCINES = ("3.1", "Tử vong dưới 5 tuổi", 2, "rate", "‰"), ("5.1", "Tiêm chủng đủ", 1, "rate", "%")


def line(
    unit: str, indicator: tuple, period: str, numbers: tuple[str, ...], verdict: str, basis: str = "as_reported"
) -> str:
    unit_id, name, level = UNITS[unit]
    code, title, order, measure, unit_of_measure = indicator
    numerator, denominator, value, closed = numbers
    exceeded = closed.replace("true", "false")
    figure = [numerator, denominator, value, value, closed, closed]
    coverage = ["0", "1000", "1", "1", "100", "false", "false", "false", "true"]
    target = ["<", "", "10", "province", "2030", verdict, exceeded]
    named = [PROGRAMME, NAME, period, basis, unit_id, unit, name, level, code, title, "Mục tiêu 1", str(order)]
    return ",".join([*named, measure, unit_of_measure, *figure, *coverage, *target])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up figures of two years; Đa Mai's deaths of 2026 are suppressed."""
    folder = tmp_path_factory.mktemp("public") / PROGRAMME
    (folder / "2026").mkdir(parents=True)
    lines = [
        line("24", VACCINES, "2026", ("950", "1000", "95", "true"), "not_met"),
        line("24", DEATHS, "2026", ("8", "1000", "8", "true"), "met"),
        line("07228", VACCINES, "2026", ("97", "100", "97", "true"), "not_met"),
        line("07228", DEATHS, "2026", ("…", "…", "…", "…"), "…"),
        line("07228", DEATHS, "2025", ("7", "400", "17.5", "true"), "not_met"),
        line("07228", DEATHS, "2025", ("7", "400", "17.25", "true"), "", basis="current"),
    ]
    (folder / "figures.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8-sig")
    (folder / "certificate.json").write_text('{"figures": 3, "suppressed": 1, "recovered": 0}', encoding="utf-8")
    (folder / "2026" / "07228.xlsx").write_bytes(b"an annex table")
    return folder.parent


@pytest.fixture(scope="module")
def site(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = writing.write(source, tmp_path_factory.mktemp("out") / "site")
    assert (done.programmes, done.pages) == ([PROGRAMME], 6)
    assert done.files == sum(path.is_file() for path in done.folder.rglob("*"))
    return done.folder


def pages(site: Path) -> list[Path]:
    found = sorted(site.rglob("*.html"))
    assert len(found) == 12
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_address_of_every_page_is_a_file_of_the_folder(site):
    addresses = [
        (page, unquote(address.partition("#")[0]))
        for page in pages(site)
        for address in re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8"))
        if not address.startswith("#")
    ]
    assert len(addresses) > 100
    assert [
        (page.name, address) for page, address in addresses if not (page.parent / address).resolve().is_file()
    ] == []
    assert not [address for _, address in addresses if address.startswith("/") or ":" in address]


def test_a_unit_has_its_figures_by_period_and_a_mark_for_what_is_suppressed(site):
    folder = site / PROGRAMME / "don-vi"
    newest = table(folder / "07228_2025-07-01.ket-qua-2026.csv")
    assert [(row["Chỉ tiêu"], row["Kết quả"], row["So với chỉ tiêu"]) for row in newest] == [
        ("5.1. Tiêm chủng đủ", "97", "chưa đạt"),
        ("3.1. Tử vong dưới 5 tuổi", "…", "không công bố"),
    ]
    assert [row["Tử số / mẫu số"] for row in newest] == ["97 / 100", "…"]
    (before,) = table(folder / "07228_2025-07-01.ket-qua-2025.csv")
    assert (before["Kết quả"], before["Tử số / mẫu số"]) == ("17.5", "7 / 400")
    english = table(folder / "07228_2025-07-01.ket-qua-2025.en.csv")
    assert english[0]["Result"] == "17.5"


def test_figures_of_todays_map_are_in_the_file_and_never_beside_the_others(site):
    assert not [page for page in pages(site) if "17,25" in page.read_text(encoding="utf-8")]
    rows = table(site / PROGRAMME / "figures.csv")
    assert [row["value_low"] for row in rows if row["boundary_basis"] == "current"] == ["17.25"]


def test_an_indicator_has_its_units_over_the_periods(site):
    rows = table(site / PROGRAMME / "chi-tieu" / "3.1.don-vi.csv")
    assert [(row["Đơn vị"], row["năm 2026"], row["năm 2025"]) for row in rows] == [
        ("Tỉnh Bắc Ninh · 24", "8", "–"),
        ("Phường <Đa Mai> · 07228", "…", "17.5"),
    ]


def test_every_page_says_that_the_figures_are_made_up_and_escapes_names(site):
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert ("MADE-UP DATA" if ".en." in page.name else "SỐ LIỆU GIẢ ĐỊNH") in text
        assert "<Đa Mai>" not in text


def test_the_released_files_go_with_it(site, source):
    for name in ("figures.csv", "certificate.json", "2026/07228.xlsx"):
        assert (site / PROGRAMME / name).read_bytes() == (source / PROGRAMME / name).read_bytes()


def test_a_site_replaces_a_site_and_nothing_else(site, source, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(WrongCall, match="no site of ours"):
        writing.write(source, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    writing.write(source, tmp_path / "site")
    (tmp_path / "site" / "old.html").write_text("of a unit that is not in it any more")
    writing.write(source, tmp_path / "site")
    assert not (tmp_path / "site" / "old.html").exists()


def test_without_a_release_the_command_says_how_to_make_one(command, tmp_path):
    outcome = command("site", "--from", str(tmp_path), "--out", str(tmp_path / "site"))
    assert outcome.code == 2 and "baocao release" in outcome.err
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "figures.csv").write_text("programme_code,period\nx,2026\n")
    outcome = command("site", "--from", str(tmp_path), "--out", str(tmp_path / "site"))
    assert outcome.code == 2 and "release once more" in outcome.err


def test_a_browser_opens_it_from_the_folder_and_neither_engine_finds_a_barrier(site, browser):
    requested: list[str] = []
    for width in (1280, 320):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.goto((site / "index.html").as_uri())
        for name in ("Chương trình hành động", "Đa Mai", "3.1. Tử vong", "English"):
            page.get_by_role("link", name=name).first.click()
            assert accessibility.problems(page) == {}
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        assert page.url.endswith("/chi-tieu/3.1.en.html")
        context.close()
    assert requested and {address.partition(":")[0] for address in requested} == {"file"}
