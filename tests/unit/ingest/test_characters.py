"""Characters that nobody sees, that look alike, or that a database cannot hold, in every text of a report."""

import pytest

from ingest import characters, delimited, keys, loading
from ingest.cells import parse

HEADER = "programme;period;unit_code;indicator;numerator;denominator;value;note"
INVISIBLE = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u200e",
    "\u202a",
    "\u2066",
    "\ufe0f",
    "\u034f",
]


@pytest.mark.parametrize("mark", [*INVISIBLE, "\u00a0", "\u3000", "\u2009"])
def test_what_cannot_be_seen_is_no_part_of_a_key_a_code_or_a_figure(mark, measures):
    cells = ["bacninh-2026-2030", "2026", "07228", "5.1", "291", "300", "", ""]
    text = ";".join(f"{mark}{cell}{mark}" if cell else "" for cell in cells)
    header = ";".join(
        f"{name[:3]}{mark}{name[3:]}" if mark in INVISIBLE else f"{name}{mark}" for name in HEADER.split(";")
    )
    (report,) = delimited.read(f"{header}\n{text}\n", measures)
    assert report.key == ("bacninh-2026-2030", "2026", "07228", "UBND")
    assert [(line.indicator, line.numerator.interval, line.problems) for line in report.lines] == [
        ("5.1", "[291,291]", {})
    ]


@pytest.mark.parametrize("dash", "‐‑‒–—―−﹣－")
def test_a_dash_that_a_program_put_in_is_a_hyphen_in_a_key(dash):
    assert keys.programme(f"bacninh{dash}2026{dash}2030", ["bacninh-2026-2030"]) == "bacninh-2026-2030"
    assert keys.period(f"2026{dash}H1") == "2026-H1"


@pytest.mark.parametrize(
    "written", ["０７２２８", "𝟎𝟕𝟐𝟐𝟖", "𝟶𝟽𝟸𝟸𝟾", "07228 - Phường Đa Mai", "Phường Đa Mai (07228)", "7228"]
)
def test_a_unit_is_its_code_however_its_digits_are_drawn_and_named(written):
    assert keys.unit(written) == "07228"


def test_a_superscript_is_no_digit():
    assert characters.visible("5.1¹") == "5.1¹"
    assert parse("10²").problem == "not_a_number"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udfff", "a\udcb8"])
def test_every_text_can_be_stored(text):
    plain = characters.storable(text)
    assert "\x00" not in plain
    assert plain.encode()


def test_a_pair_of_surrogates_is_one_character():
    assert characters.storable("\ud83d\udc76") == "👶"


def test_a_damaged_key_or_figure_comes_back():
    assert keys.unit("07228\x00") == "07228\x00"
    assert parse("291\x00", "count").problem == "not_a_number"


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("Báo cáo.xlsx", "Báo cáo.xlsx"),
        ("B\udcb8o c\udcb8o.xlsx", r"B\xb8o c\xb8o.xlsx"),
        ("a\nb\x1b[31m.csv", r"a\nb\x1b[31m.csv"),
        ("\u202excod.csv", r"\u202excod.csv"),
    ],
)
def test_a_file_s_name_is_one_readable_line(name, readable):
    assert characters.readable_name(name) == readable


def test_a_key_of_kilobytes_is_cut_before_it_reaches_an_index():
    assert len(loading._key("x" * 9000)) <= keys.LONGEST + 1


@pytest.mark.parametrize("written", [None, "", "UBND", "ubnd ", "UBND phường Đa Mai", "Ủy ban nhân dân xã Nhã Nam"])
def test_the_unit_s_own_committee_is_its_agency(written):
    assert keys.agency(written) == "UBND"
    assert keys.agency("CA") == "CA"
    assert keys.agency("UBND tỉnh Bắc Ninh") == "UBND tỉnh Bắc Ninh"
