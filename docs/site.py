"""`make site`: the docs as a folder of pages that works from a file system, without a server and without the internet.

Zensical builds it, strictly: a link to a page or a heading that is not there fails. The pages stay where a forge shows
them; here they are copied with the folders that their links run through. The officers' pages are Vietnamese and a site
of their own within it, so that menus, search and screen readers speak Vietnamese there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from warehouse import database
from warehouse.errors import BaocaoError
from warehouse.settings import get_settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("*.md", "docs/**/*.md", "docker/*.md", "docs/pictures/*.jpg", "docs/vi/pictures/*.jpg", "docs/examples/*.csv")
OFFICERS = "docs/vi"
SHIM, OUTSIDE = ROOT / "docs" / "theme" / "iframe-worker.js", "https://unpkg.com/iframe-worker/shim"
"""What search needs where no server hands out the pages. Zensical loads it from another server; we keep it here."""
LINEAGE = "dbt/index.html"
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the docs as a site.")
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "site", help="folder, replaced whole (site)")
    parser.add_argument("--dbt", action="store_true", help="dbt's own pages with the lineage too, of this home")
    arguments = parser.parse_args()
    try:
        build(arguments.out, dbt_pages=lineage() if arguments.dbt else None)
    except BaocaoError as error:
        sys.exit(str(error))
    print(arguments.out / "index.html")


def build(out: Path, root: Path = ROOT, dbt_pages: Path | None = None) -> None:
    """Replace the folder. dbt_pages: in one file. Raises BaocaoError with what Zensical says of a link."""
    with tempfile.TemporaryDirectory() as name:
        everything = _stage(root, PAGES, Path(name) / "all")
        shutil.copy(root / "docs" / "mkdocs.yml", everything)
        if dbt_pages:
            (everything / "source" / LINEAGE).parent.mkdir()
            shutil.copy(dbt_pages, everything / "source" / LINEAGE)
            with (everything / "mkdocs.yml").open("a", encoding="utf-8") as config:
                config.write(f"  - Lineage: {LINEAGE}\n")
        officers = _stage(root / OFFICERS, ("*.md", "**/*.jpg"), Path(name) / "officers")
        shutil.copy(root / OFFICERS / "mkdocs.yml", officers)
        site = _built(everything)
        shutil.rmtree(site / OFFICERS)
        shutil.copytree(_built(officers), site / OFFICERS)
        for part in (site, site / OFFICERS):
            _keep_inside(part)
        _replace(out, site)


def lineage() -> Path:
    """dbt's pages of every model, column and test with the graph of the lineage, made of this home's database."""
    from pipeline import building

    database.prepare()
    if not building.run_dbt_by_hand(["docs", "generate", "--static"]):
        raise BaocaoError("dbt could not write its pages; its messages are above.")
    return get_settings().home / building.BY_HAND / "static_index.html"


def _stage(root: Path, patterns: tuple[str, ...], folder: Path) -> Path:
    for pattern in patterns:
        for file in root.glob(pattern):
            copy = folder / "source" / file.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return folder


def _built(folder: Path) -> Path:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", "mkdocs.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    if done.returncode:
        output = done.stdout + done.stderr
        raise BaocaoError(COLOUR.sub("", output).partition("Traceback")[0].strip() or output)
    return folder / "site"


def _keep_inside(site: Path) -> None:
    """The shim from this folder instead of another server; no page that only a server would show."""
    (site / "404.html").unlink()
    shim = site / "assets" / "javascripts" / SHIM.name
    shutil.copy(SHIM, shim)
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(OUTSIDE, os.path.relpath(shim, page.parent)), encoding="utf-8")


def _replace(out: Path, site: Path) -> None:
    """Raises BaocaoError for a folder that holds something else."""
    if out.exists():
        if any(out.iterdir()) and not (out / "assets" / "javascripts" / SHIM.name).exists():
            raise BaocaoError(f"{out} holds something else than this site; choose another folder.")
        shutil.rmtree(out)
    shutil.copytree(site, out)


if __name__ == "__main__":
    main()
