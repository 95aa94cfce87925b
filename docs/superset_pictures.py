"""`python -m docs.superset_pictures`: a picture of each dashboard of Superset, from this home's figures.

Needs a running Superset (`baocao superset up`), Playwright and Chromium. A picture of made-up figures says so. Fails if
a chart fails, or if another host answers a page.
"""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.superset import assets, environment, services

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT, SCALE, QUALITY = 1400, 900, 0.75, 70
SECONDS = 240
MADE_UP = "SỐ LIỆU MÔ PHỎNG, không phải số liệu thật · MADE-UP DATA, not real figures"
IS_MADE_UP = "select bool_or(is_made_up) from marts.dim_submission"
MARK = """text => {
    const mark = document.createElement('div');
    mark.textContent = text;
    mark.style = 'position:absolute;top:160px;left:12px;width:210px;z-index:99999;padding:8px;border-radius:4px;'
        + 'font:bold 14px sans-serif;background:#fff3cd;color:#7a4b00;border:2px solid #7a4b00';
    document.body.append(mark);
}"""
CHARTS = ".dashboard-component-chart-holder"
BOTTOM = f"Math.max(...[...document.querySelectorAll('{CHARTS}')].map(part => part.getBoundingClientRect().bottom))"
IS_DRAWN = f"""count => document.querySelectorAll('{CHARTS} .slice_container').length >= count
    && !document.querySelector('{CHARTS} .loading, {CHARTS} [data-test=loading-indicator]')"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise BaocaoError("Chromium is not installed.")
    with database.connect("bi") as connection:
        is_made_up = connection.execute(IS_MADE_UP).fetchone() == (True,)
    FOLDER.mkdir(exist_ok=True)
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        page.set_default_timeout(SECONDS * 1000)
        page.on("response", lambda response: _note(response, failed))
        _sign_in(page)
        for name, dashboard in assets.documents("dashboard").items():
            file = FOLDER / f"superset_{name}.jpg"
            _picture(page, dashboard, file, is_made_up)
            print(f"{file.name}: {file.stat().st_size:,} bytes")
        browser.close()
    if failed:
        sys.exit("\n".join(failed))


def _note(response: "Response", failed: list[str]) -> None:
    """An answer that is an error, or any answer of another host."""
    if response.status >= 400 or not response.url.startswith((services.address(), "data:", "blob:")):
        failed.append(f"{response.status} {response.url}")


def _sign_in(page: "Page") -> None:
    page.goto(f"{services.address()}/login/")
    page.fill("[data-test=username-input]", environment.USER)
    page.fill("[data-test=password-input]", environment.password())
    page.click("[data-test=login-button]")
    page.wait_for_url("**/superset/welcome/**")


def _picture(page: "Page", dashboard: dict, file: Path, is_made_up: bool) -> None:
    """All of the dashboard on one screen, so that every chart is drawn, and then the picture."""
    charts = [part for part in dashboard["position"].values() if isinstance(part, dict) and part["type"] == "CHART"]
    page.set_viewport_size({"width": WIDTH, "height": 3000})
    page.goto(f"{services.address()}/superset/dashboard/{dashboard['slug']}/?standalone=1")
    page.wait_for_function(IS_DRAWN, arg=len(charts))
    page.wait_for_load_state("networkidle")
    page.wait_for_function(IS_DRAWN, arg=len(charts))
    page.wait_for_timeout(1500)  # the charts grow into their place
    if is_made_up:
        page.evaluate(MARK, MADE_UP)
    bottom = int(page.evaluate(BOTTOM)) + 16
    page.screenshot(path=file, type="jpeg", quality=QUALITY, clip={"x": 0, "y": 0, "width": WIDTH, "height": bottom})


if __name__ == "__main__":
    main()
