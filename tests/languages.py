"""A description in both languages: English, then a line that begins with "VI:" and is Vietnamese."""

import re

BOTH = r"^\S.*\nVI: .*[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]"
"""Matches such a text, in Python and in PostgreSQL, case ignored."""


def is_in_both_languages(text: str) -> bool:
    return re.search(BOTH, text, re.IGNORECASE) is not None
