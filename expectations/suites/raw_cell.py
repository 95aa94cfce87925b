"""What must hold for one filled cell: it can be read in one way only, and it holds what is due there.

What cannot be read was found by the reader, cell by cell; each of its findings is a rule of its own, so that the
sender gets its own answer and the results of a run say how often it occurs.
"""

from expectations.rules import Rule, Suite

HOLDS_WRONG_KIND = {
    "count_negative": "is_count and lower(number) < 0",
    "count_not_whole": (
        "is_count and (lower(number) <> trunc(lower(number)) or upper(number) <> trunc(upper(number)))"
    ),
    "yes_no_expected": "is_yes_no and kind in ('exact', 'censored', 'range', 'nil')",
    "yes_no_unexpected": "not is_yes_no and kind in ('yes', 'no')",
}
"""Also found here, because only the catalogue knows what the unit's level speaks of."""

FOUND_BY_READER = (
    "approximate_number",
    "count_negative",
    "count_not_whole",
    "date_in_number_column",
    "decimal_comma_unquoted",
    "decimal_mark_ambiguous",
    "digits_marked",
    "format_shows_another_number",
    "formula_error",
    "formula_in_cell",
    "fraction_in_cell",
    "indicator_became_date",
    "indicator_became_number",
    "indicator_missing",
    "merged_cell",
    "not_a_number",
    "number_too_large",
    "percent_in_count",
    "personal_number",
    "range_reversed",
    "row_too_long",
    "scientific_notation",
    "thousands_malformed",
    "unit_sign_mismatch",
    "yes_no_expected",
    "yes_no_unexpected",
)


def _condition(code: str) -> str:
    found = f"problem = '{code}'"
    return f"{found} or problem is null and ({HOLDS_WRONG_KIND[code]})" if code in HOLDS_WRONG_KIND else found


UNLISTED = "problem is not null and problem not in ({})".format(", ".join(f"'{code}'" for code in FOUND_BY_READER))
"""A finding that nobody has listed still rejects; it is answered in general terms."""

SUITE = Suite(
    name="raw_cell",
    relation="pg_temp.checked_cell",
    rules=(*(Rule(code, _condition(code)) for code in FOUND_BY_READER), Rule("cell_unreadable", UNLISTED)),
)
