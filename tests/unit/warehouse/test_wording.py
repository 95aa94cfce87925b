"""Periods in words for officers, and read back as they write them."""

import pytest

from ingest import keys
from warehouse import wording

MONTHS = {f"2026-{month:02}": f"tháng {month} năm 2026" for month in range(1, 13)}
PERIODS = MONTHS | {
    "2026": "năm 2026",
    "2026-H1": "6 tháng đầu năm 2026",
    "2026-H2": "6 tháng cuối năm 2026",
    "2026-Q1": "quý I năm 2026",
    "2026-Q2": "quý II năm 2026",
    "2026-Q3": "quý III năm 2026",
    "2026-Q4": "quý IV năm 2026",
}


@pytest.mark.parametrize(("code", "name"), PERIODS.items())
def test_a_period_has_one_name_and_the_reader_takes_code_and_name(code, name):
    assert wording.period(code) == name
    assert (keys.period(code), keys.period(name)) == (code, code)
