"""What a plan says of itself: its title, number and day, who issued it, the years that it is for."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.plans.document import Document, Paragraph
from ingest.plans.places import Places, Unit, level_in
from ingest.plans.vocabulary import plain

YEARS = (
    re.compile(r"giai đoạn (20\d\d)\s*[-–]\s*(20\d\d)"),
    re.compile(r"từ năm (20\d\d) đến (?:hết )?năm (20\d\d)"),
    re.compile(r"năm (20\d\d)\s*[-–]\s*(20\d\d)"),
)
NUMBER = re.compile(r"Số\s*:\s*(\d*)\s*/\s*(\w[\w-]*)", re.IGNORECASE)
DAY = re.compile(r"ngày\s*(\d{0,2})\s*tháng\s*(\d{0,2})\s*năm\s*(20\d\d)")
BASIS = re.compile(r"(?:Căn cứ|Thực hiện (?:Quyết định|Kế hoạch|Nghị quyết|Chỉ thị)[^.]*?(?:;|xây dựng|ban hành))")


@dataclass(frozen=True)
class Masthead:
    """title: without the word KẾ HOẠCH. starts, ends: years; None where the text does not say.

    level: of the units that the plan's targets bind; issuer_level: of who issued it. has_number, has_day: whether the
    text has them, and not only the blank for them.
    """

    title: str
    issuer: Unit | None
    issuer_level: str
    level: str
    starts: int | None
    ends: int | None
    number: str
    has_day: bool
    has_head: bool


def read(found: Document, paragraphs: Sequence[Paragraph], places: Places) -> Masthead:
    head = " ".join(paragraph.text for paragraph in _head(paragraphs))
    title = _title(paragraphs)
    starts, ends = _years(title, paragraphs)
    above = head.partition("KẾ HOẠCH")[0]
    number, day = NUMBER.search(above), DAY.search(above)
    issuer = _issuer(title, found.text, places, f"{starts or ends or ''}-06-30")
    level = issuer.level if issuer else (level_in(title) or "")
    addressed = re.search(r"dành cho[^)\n]*", found.text, re.IGNORECASE)
    return Masthead(
        title=title,
        issuer=issuer,
        issuer_level=level,
        level=(addressed and level_in(addressed[0])) or level,
        starts=starts,
        ends=ends,
        number=f"{number[1]}/{number[2]}" if number and number[1] else "",
        has_day=bool(day and day[1]),
        has_head=bool(number or day),
    )


def _head(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """What is before the first section."""
    first = next((at for at, each in enumerate(paragraphs) if re.match(r"(?:I|1)\.\s", each.text)), 8)
    return list(paragraphs[:first])


def _title(paragraphs: Sequence[Paragraph]) -> str:
    text = " ".join(paragraph.text for paragraph in _head(paragraphs))
    found = re.search(r"(?<!\w)KẾ HOẠCH(?!\w)\s*(.*)", text)
    title = found[1] if found else text
    ends = BASIS.search(title, 1)
    return " ".join(title[: ends.start() if ends else 300].split())


def _years(title: str, paragraphs: Sequence[Paragraph]) -> tuple[int | None, int | None]:
    folded = plain(title)
    whole = plain(
        " ".join(paragraph.text for paragraph in paragraphs if "thời gian thực hiện" in plain(paragraph.text))
    )
    for text in (folded, whole):
        for pattern in YEARS:
            if span := pattern.search(text):
                return int(span[1]), int(span[2])
    named = [int(year) for year in re.findall(r"năm (20\d\d)", re.sub(r"ngày \S+|đến năm 20\d\d", "", folded))]
    until = re.findall(r"đến năm (20\d\d)", folded)
    if until:
        return None, int(until[-1])
    return (named[-1], named[-1]) if named else (None, None)


def _issuer(title: str, text: str, places: Places, day: str) -> Unit | None:
    """The unit that the title names last, else the one that the text names most often."""
    of_title = list(places.all_in(title, day))
    if of_title:
        return of_title[-1]
    counted = Counter(places.all_in(text, day))
    return counted.most_common(1)[0][0] if counted else None
