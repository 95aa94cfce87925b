"""The keys of a report, from the cells that name it, and what is missing or unreadable among them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ingest import headers, keys
from ingest.cells import SHOWN_RULES, Shown, Value
from ingest.grids import Grid, Place, is_blank
from ingest.measures import Measures
from ingest.numerals import Unreadable
from ingest.reports import Issue, Report
from ingest.sections import IDENTIFYING

DISTINGUISHING = ("unit_id", "unit_name")


class Written(NamedTuple):
    """A key's cell: its value, its place if it has one, what it is beside its value, and what contradicts it."""

    value: Value
    place: Place | None
    shown: Shown | None = None
    contradicted_by: str | None = None


def report(grid: Grid, written: Mapping[str, Written], row: int, measures: Measures) -> Report:
    """An empty report under the keys that are written for a row."""
    found = Report(sheet=grid.sheet)
    values = {name: _value(grid, name, key, row, found) for name, key in written.items() if name not in DISTINGUISHING}
    found.programme = keys.programme(values["programme"], measures.codes)
    found.unit_code = keys.unit(values["unit_code"])
    found.unit_id, found.unit_name = (_distinguishing(written[name]) for name in DISTINGUISHING)
    found.agency = keys.agency(values["agency"])
    found.is_made_up = keys.made_up(values["made_up"])
    for name, read_key in (("period", keys.period), ("submission_type", keys.submission_type)):
        value = values[name]
        try:
            setattr(found, name, read_key(value) or getattr(found, name))
        except Unreadable as problem:
            raw = keys.text(value) or ""
            shown = {"key": headers.DISPLAY_NAMES[name], "raw": raw}
            found.issues.append(Issue(problem.rule, shown, raw=raw, **_place(grid, written[name], row)))
    for name in IDENTIFYING:
        if (is_blank([written[name].value]) and not written[name].shown) or (
            getattr(found, name) is None and not found.issues
        ):
            shown = {"key": headers.DISPLAY_NAMES[name]}
            found.issues.append(Issue("key_missing", shown, **_place(grid, written[name], row)))
        if (other := written[name].contradicted_by) is not None:
            raw = keys.text(written[name].value) or ""
            shown = {"key": headers.DISPLAY_NAMES[name], "other": other}
            found.issues.append(Issue("key_contradicts_itself", shown, raw=raw, **_place(grid, written[name], row)))
    return found


def _distinguishing(key: Written) -> str | None:
    """What distinguishes units that bore one code: nothing is wrong with a file that does not say it."""
    text = None if key.shown in ("formula", "error") else keys.text(key.value)
    return text if text is not None and len(text) <= keys.LONGEST else None


def _value(grid: Grid, name: str, key: Written, row: int, found: Report) -> Value:
    """A key's value. A formula's last result may be stale, so it is not taken; nor is a text too long for a code."""
    place = _place(grid, key, row)
    if key.shown in ("formula", "error"):
        found.issues.append(Issue(SHOWN_RULES[key.shown], raw=keys.text(key.value), **place))
        return None
    text = keys.text(key.value)
    if text is not None and len(text) > keys.LONGEST:
        shown = {"key": headers.DISPLAY_NAMES[name], "length": len(text)}
        found.issues.append(Issue("key_too_long", shown, raw=text, **place))
        return None
    return key.value


def _place(grid: Grid, key: Written, row: int) -> dict[str, Any]:
    if key.place is None:
        return {"sheet": grid.sheet} if grid.sheet else {"line": grid.number(row)}
    return grid.place(*key.place)
