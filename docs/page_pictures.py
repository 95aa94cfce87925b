"""`python -m docs.page_pictures`: pictures of the pages for docs/vi, from the home of a demonstration.

baocao demo, then BAOCAO_NOW=… as the demo prints it. Needs Playwright and Chromium. Fails if another host is requested.
"""

import shutil
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from warehouse import database
from warehouse.errors import BaocaoError

FOLDER = Path(__file__).parent / "vi" / "pictures"
PORT, WIDTH, HEIGHT, QUALITY = 8099, 1100, 900, 60
PICTURES = {
    "sang-nay": "/sang-nay?unit=24",
    "duong-den-2030": "/duong-den-2030?unit=24&programme=bacninh-2026-2030&period=2026#h-chi-tieu",
    "nguon-so-lieu": "/nguon-so-lieu?indicator=5.1&unit=24&programme=bacninh-2026-2030&period=2026",
    "don-vi": "/don-vi?unit=07228&programme=bacninh-2026-2030&period=2026",
}


def main() -> None:
    import uvicorn
    from playwright.sync_api import sync_playwright

    from pages import app

    program = shutil.which("chromium")
    if program is None:
        raise BaocaoError("Chromium is not installed.")
    database.prepare()
    server = uvicorn.Server(uvicorn.Config(app.create(), port=PORT, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            sys.exit(f"Port {PORT} is taken.")
        time.sleep(0.1)
    FOLDER.mkdir(exist_ok=True)
    hosts: set[str] = set()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="vi-VN")
            page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
            for name, address in PICTURES.items():
                response = page.goto(f"http://127.0.0.1:{PORT}{address}")
                if response is None or response.status != 200:
                    sys.exit(f"{address} cannot be shown: is this the home of a demonstration?")
                file = FOLDER / f"{name}.jpg"
                page.screenshot(path=file, type="jpeg", quality=QUALITY)
                print(f"{file.name}: {file.stat().st_size:,} bytes")
            browser.close()
    finally:
        server.should_exit = True
        thread.join()
    if hosts != {f"127.0.0.1:{PORT}"}:
        sys.exit(f"Other hosts were requested: {sorted(hosts)}")


if __name__ == "__main__":
    main()
