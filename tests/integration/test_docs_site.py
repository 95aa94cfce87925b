"""The docs as a site: strict about links, complete, and of this folder alone."""

import re
import shutil
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from docs import site
from tests.integration.test_desk import TIMEOUT_MS
from warehouse.errors import BaocaoError

IN_A_MENU = re.compile(r": (\S+\.md)$", re.MULTILINE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs") / "site"
    site.build(out)
    return out


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what the site is made of."""
    for pattern in (*site.PAGES, "docs/mkdocs.yml", "docs/vi/mkdocs.yml"):
        for file in site.ROOT.glob(pattern):
            copy = tmp_path / "sources" / file.relative_to(site.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return tmp_path / "sources"


@pytest.mark.parametrize(
    ("page", "link", "complaint"),
    [
        ("docs/pages.md", "[x](no-such-page.md)", "page does not exist"),
        ("README.md", "[x](docs/pages.md#no-such-heading)", "anchor does not exist"),
        ("docs/vi/nop-bao-cao.md", "[x](loi.md#không-có)", "anchor does not exist"),
    ],
)
def test_a_link_that_leads_nowhere_stops_the_build(sources, tmp_path, page, link, complaint):
    with (sources / page).open("a", encoding="utf-8") as file:
        file.write(f"\n{link}\n")
    with pytest.raises(BaocaoError, match=complaint) as error:
        site.build(tmp_path / "out", sources)
    assert Path(page).name in str(error.value) and "Traceback" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_every_page_is_in_a_menu_and_only_once():
    everything = IN_A_MENU.findall((site.ROOT / "docs" / "mkdocs.yml").read_text(encoding="utf-8"))
    officers = IN_A_MENU.findall((site.ROOT / site.OFFICERS / "mkdocs.yml").read_text(encoding="utf-8"))
    pages = {
        str(file.relative_to(site.ROOT))
        for pattern in site.PAGES
        for file in site.ROOT.glob(pattern)
        if file.suffix == ".md"
    }

    assert len(pages) > 40
    assert sorted([*everything, *(f"{site.OFFICERS}/{name}" for name in officers if name != "README.md")]) == sorted(
        pages
    )


LOADED = re.compile(r'<(?:script|img|iframe)[^>]* src="?([^"\s>]+)|<link[^>]* href="?([^"\s>]+)')


def test_all_that_a_page_loads_is_in_the_folder(built):
    pages = sorted(built.rglob("*.html"))
    loaded = {
        (file.relative_to(built), address)
        for file in pages
        for found in LOADED.findall(file.read_text(encoding="utf-8"))
        for address in found
        if address
    }
    assert len(pages) > 40 and len(loaded) > 4 * len(pages)
    assert [each for each in loaded if not (built / each[0].parent / unquote(each[1])).is_file()] == []


def test_pages_open_from_the_file_system_and_request_nothing_of_another_place(built, browser):
    """One of each folder: all have the same scripts."""
    pages = list({file.parent: file for file in built.rglob("*.html")}.values())
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    requested: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requested.add(request.url))
    languages = {}
    for file in pages:
        page.goto(file.as_uri())
        languages[str(file.relative_to(built))] = page.evaluate("document.documentElement.lang")
    page.close()

    assert len(pages) >= 7
    assert complaints == []
    assert [url for url in requested if not url.startswith((built.as_uri(), "data:", "blob:"))] == []
    assert {lang for name, lang in languages.items() if name.startswith(site.OFFICERS)} == {"vi"}
    assert {lang for name, lang in languages.items() if not name.startswith(site.OFFICERS)} == {"en"}


def test_search_finds_a_page_without_a_server(built, browser):
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto((built / site.OFFICERS / "index.html").as_uri())
    page.get_by_role("button", name="Tìm kiếm").click()
    page.get_by_role("combobox").fill("biểu mẫu")
    page.get_by_role("link", name="Điền và nộp").click()
    page.wait_for_url("**/nop-bao-cao.html*")
    page.close()


def test_a_folder_with_something_else_is_not_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BaocaoError, match="something else"):
        site.build(tmp_path)
    assert (tmp_path / "mine.txt").exists()


def test_dbts_own_pages_with_the_lineage_stand_beside_and_need_no_server_either(own_database, tmp_path, browser):
    site.build(tmp_path / "site", dbt_pages=site.lineage())
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    page.goto((tmp_path / "site" / "index.html").as_uri())
    page.get_by_role("link", name="Lineage").first.click()
    page.wait_for_url(f"**/{quote(site.LINEAGE)}*")
    page.goto(page.url.partition("#")[0] + "#!/model/model.baocao.fct_indicator_rollup")
    page.get_by_role("heading", name="fct_indicator_rollup").first.wait_for()
    page.close()
    assert [url for url in requested if not url.startswith(("file:", "data:", "blob:"))] == []
