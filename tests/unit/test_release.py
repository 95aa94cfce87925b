"""The version is written in pyproject.toml and nowhere else; what a release needs agrees with it."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from docs.generate import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
EXCEPTED = ["CHANGELOG.md", "warehouse/migrations/versions/*", "requirements.lock"]
"""History, which keeps its version for ever, and the versions of other projects."""

IGNORED = [".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines())]


def _files(folder: Path) -> Iterator[Path]:
    """Every file that git does not ignore."""
    for path in folder.iterdir():
        names = (path.name, str(path.relative_to(ROOT)))
        if any(fnmatch(name, pattern) for name in names for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def test_the_version_is_written_once():
    pattern = re.compile(rb"(?<![\d.])" + re.escape(VERSION).encode() + rb"(?!\d|\.\d)")
    times = {str(path.relative_to(ROOT)): len(pattern.findall(path.read_bytes())) for path in _files(ROOT)}
    copies = {name: n for name, n in times.items() if n and not any(fnmatch(name, past) for past in EXCEPTED)}

    assert len(times) > 300
    assert copies == {"pyproject.toml": 1}


def test_the_version_is_a_semantic_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?", VERSION)


def test_the_command_line_shows_the_version_even_if_a_setting_is_wrong(command, monkeypatch):
    monkeypatch.setenv("BAOCAO_NOW", "soon")
    shown = command("--version")

    assert (shown.code, shown.out, shown.err) == (0, f"baocao {VERSION}\n", "")


def test_the_changelog_begins_with_unreleased_changes_or_with_this_version():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [re.fullmatch(r"\[(\S+)\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings]

    assert headings
    assert headings[0] == "[Unreleased]" or (released[0] and released[0][1] == VERSION)
    assert all(released[1:])
