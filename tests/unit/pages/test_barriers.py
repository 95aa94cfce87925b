"""The two engines see barriers where there are some, and the exceptions of the second one are narrow."""

import pytest
from playwright.sync_api import Page

from tests import accessibility

DOCUMENT = '<!DOCTYPE html><html lang="vi"><head><title>x</title></head><body><main><h1>x</h1>{}{}</main></body>'
TEXT = "".join(f"<p>{number}</p>" for number in range(20))
GROUPED = """<table><caption>c</caption><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>
<tbody><tr><th scope="rowgroup" colspan="2">g</th></tr><tr><th scope="row">1</th><td>2</td></tr></tbody>
<tbody><tr><th scope="rowgroup" colspan="2">h</th></tr><tr><th scope="row">3</th><td>4</td></tr></tbody></table>"""
TWO_ROWS_OF_HEADINGS = """<table><caption>c</caption><tr><th>a</th><th>b</th></tr><tr><th>c</th><th>d</th></tr>
<tr><td>1</td><td>2</td></tr></table>"""
FIELD = '<form><label for="f">a</label><input id="f" type="{}" autocomplete="username"><button>b</button></form>'


@pytest.fixture(scope="module")
def page(browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize("content", [TEXT, GROUPED, FIELD.format("email"), FIELD.format("text")])
def test_neither_engine_complains_of_what_is_right(page, content):
    page.set_content(DOCUMENT.format(content, TEXT))
    assert accessibility.problems(page) == {}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('<img src="data:,">', "H37"),
        ('<form><input type="text"><button>b</button></form>', "F68"),
        (TWO_ROWS_OF_HEADINGS, "H43.HeadersRequired"),
        (FIELD.format("url"), "H98"),
        ('<p style="color:#bbb;background:#fff">pale</p>', "G18"),
    ],
)
def test_the_second_engine_sees_a_barrier(page, content, rule):
    page.set_content(DOCUMENT.format(content, TEXT))
    assert [code for code in accessibility.sniffer_problems(page) if rule in code]


def test_the_first_engine_sees_a_barrier(page):
    page.set_content(DOCUMENT.format('<img src="data:,">', TEXT))
    assert "image-alt" in accessibility.axe_problems(page)
