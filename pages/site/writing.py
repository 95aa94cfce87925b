"""Writes the static site into a folder: pages in both languages, every table, and the released files themselves."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pages import downloads, rendering
from pages.language import LANGUAGES
from pages.layout import Page
from pages.site import content, released
from pages.site.released import Release
from pages.site.static_view import FRONT, STYLE, StaticView
from warehouse.errors import WrongCall

MARKER = ".baocao-site"
"""A folder with this file is a site of ours, and may be replaced."""

Maker = Callable[[StaticView], Page]


@dataclass
class Site:
    """What was written: programmes, pages in one language, files and their bytes."""

    folder: Path
    programmes: list[str]
    pages: int = 0
    files: int = 0
    bytes: int = 0


def write(source: Path, out: Path) -> Site:
    """Make the site of the releases in `source`, instead of the one that is in `out`.

    It is written beside it and put in its place when it is whole. Raises WrongCall where nothing was released, and for
    a folder that holds something else.
    """
    releases = released.read_all(source)
    if out.exists() and not (out / MARKER).exists() and any(out.iterdir()):
        raise WrongCall(f"{out} is not empty and no site of ours: name an empty folder.")
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    done = Site(out, [release.programme for release in releases])
    _write(draft, MARKER, b"", done)
    _write(draft, STYLE, rendering.STYLE.read_bytes(), done)
    _write_page(draft, FRONT, lambda view: content.front(releases, view), done)
    for release in releases:
        _write_programme(draft, release, done)
    if out.exists():
        shutil.rmtree(out)
    draft.rename(out)
    return done


def _write_programme(draft: Path, release: Release, done: Site) -> None:
    for name in (released.FIGURES, released.CERTIFICATE):
        _write(draft, f"{release.programme}/{name}", (release.folder / name).read_bytes(), done)
    for (period, _), path in release.annexes.items():
        _write(draft, f"{release.programme}/{period}/{path.name}", path.read_bytes(), done)
    _write_page(draft, content.overview_path(release), lambda view: content.overview(release, view), done)
    for unit_id in release.units:
        _write_page(draft, content.unit_path(release, unit_id), _about(content.unit, release, unit_id), done)
    for code in release.indicators:
        _write_page(draft, content.indicator_path(release, code), _about(content.indicator, release, code), done)


def _about(make: Callable[[Release, str, StaticView], Page], release: Release, subject: str) -> Maker:
    return lambda view: make(release, subject, view)


def _write_page(draft: Path, path: str, make: Maker, done: Site) -> None:
    for language in LANGUAGES:
        view = StaticView(path, language=language)
        page = make(view)
        _write(draft, view.file(), rendering.html(page, view).encode(), done)
        for table in page.tables.values():
            for kind in downloads.TYPES:
                file = view.table_file(table.name, kind)
                _write(draft, file, downloads.make(page, table, kind, language), done)
    done.pages += 1


def _write(draft: Path, file: str, content_of: bytes, done: Site) -> None:
    path = draft / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content_of)
    done.files += 1
    done.bytes += len(content_of)


def describe(done: Site) -> Sequence[str]:
    """For people: what is where."""
    return (
        f"{len(done.programmes)} programmes, {done.pages} pages in two languages, {done.files} files, "
        f"{done.bytes / 1e6:.1f} MB",
        f"{done.folder / FRONT}.html",
    )
