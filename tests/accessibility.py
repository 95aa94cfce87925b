"""Two engines that look for barriers on a page: axe-core, and HTML_CodeSniffer with WCAG 2 AA.

Both are handed to the browser by Playwright, so the pages' Content-Security-Policy stays what it is.
"""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SNIFFER = Path(__file__).parent / "vendor" / "html_codesniffer" / "HTMLCS.js"
WIDTHS = (320, 360, 1280)
SHA256 = "bc9501382a35bff6acfc255945b1ed732fcec544cfcaeec17b5ac8d79a6c7967"
EXCEPTED = {
    "WCAG2AA.Principle1.Guideline1_3.1_3_1.H43.HeadersRequired": "table:has(th[scope=rowgroup])",
    "WCAG2AA.Principle1.Guideline1_3.1_3_5.H98": "input[type=email][autocomplete=username]",
}
"""What HTML_CodeSniffer, of 2020, does not know, of these elements alone. `scope="rowgroup"` (technique H63): it takes
a group's heading for one of all rows below, also those of the next groups, and would call `headers` that name the right
group wrong. The control group "Username" of HTML, to which e-mail fields belong."""
SNIFF = """excepted => new Promise(done => {
    const known = HTMLCS.getTranslation  // it stumbles over names of its own messages that are misspelt
    HTMLCS.getTranslation = name => known.call(HTMLCS, name) || name
    HTMLCS.process('WCAG2AA', document, () => done(HTMLCS.getMessages().map(found => ({
        isProblem: found.type === HTMLCS.ERROR && !found.element.matches?.(excepted[found.code] || ':not(*)'),
        code: found.code,
        html: (found.element.outerHTML || '').slice(0, 200),
    }))))
})"""


def too_wide(page: Page) -> list[int]:
    """Of the widths of telephones and a screen, in pixels, those at which the page scrolls sideways.

    Without its style sheet, which a click does not wait for, any page does.
    """
    page.wait_for_load_state()
    return [width for width in WIDTHS if _scrolls(page, width)]


def _scrolls(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    scrolls: bool = page.evaluate("width => document.documentElement.scrollWidth > width", width)
    return scrolls


def problems(page: Page) -> dict[str, str]:
    """By rule the first element that breaks it."""
    page.wait_for_load_state()
    return axe_problems(page) | sniffer_problems(page)


def axe_problems(page: Page) -> dict[str, str]:
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    assert len(found["passes"]) > 8
    return {violation["id"]: violation["nodes"][0]["html"] for violation in found["violations"]}


def sniffer_problems(page: Page) -> dict[str, str]:
    code = SNIFFER.read_bytes()
    assert hashlib.sha256(code).hexdigest() == SHA256, "HTMLCS.js is not the file of the package"
    page.evaluate(code.decode())
    found = page.evaluate(SNIFF, EXCEPTED)
    assert len(found) > 10
    return {each["code"]: each["html"] for each in found if each["isProblem"]}
