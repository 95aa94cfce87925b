"""Who does and reports what by when: the section on organisation, the days that it names, the indicators assigned."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.plans.document import Paragraph
from ingest.plans.masthead import Masthead
from ingest.plans.places import Places
from ingest.plans.vocabulary import either, has, plain, terms, unaccented, whole

DAY = r"(?P<day>\d{1,2})(?:/|\s*tháng\s*)(?P<month>\d{1,2})(?:(?:/|\s*năm\s*)(?P<year>20\d\d))?"
ITEM = re.compile(r"^\d+\.\s+(?:Đề nghị\s+)?(?P<name>.+)$", re.IGNORECASE)
SECTION = re.compile(r"^(?:[IVX]+\.|\d+\.)\s")
BELOW = {"province": "district", "district": "commune", "commune": "commune"}


@dataclass(frozen=True)
class Agency:
    """name: without request and place of the list. code: its initials. duty: the first sentence about it."""

    code: str
    name: str
    duty: str
    line: int
    last_line: int = 0


@dataclass(frozen=True)
class Deadline:
    """A day by which a report is due. agency: who reports, UBND for a unit itself. day: None of a yearly one.

    year: None where it comes again every year. unit_code: the one unit that the day is for.
    """

    month: int
    day: int
    year: int | None
    reading: Literal["exclusive", "inclusive"]
    phrase: str
    level: str
    agency: str
    line: int
    unit_code: str = ""

    def on(self, year: int) -> date:
        return date(self.year or year, self.month, self.day)


@dataclass(frozen=True)
class Assignment:
    """An agency that answers for indicators. numbers: as printed; empty: all of the plan."""

    agency: str
    agency_code: str
    numbers: tuple[str, ...]
    sentence: str
    line: int


@dataclass(frozen=True)
class Duty:
    """A paragraph with the agency under whose heading it is; None outside of any."""

    paragraph: Paragraph
    agency: Agency | None


def read(paragraphs: Sequence[Paragraph]) -> list[Duty]:
    """Every paragraph without cells; those of the section on organisation with the agency that they bind."""
    made: list[Duty] = []
    inside, current = False, None
    for paragraph in (each for each in paragraphs if not each.cells):
        text = paragraph.text
        if re.match(r"(?:[IVX]+|\d+)\.\s", text) and has("duties", text) and len(text) < 120:
            inside, current = True, None
        elif re.match(r"[IVX]+\.\s|Nơi nhận|Trên đây|Căn cứ các", text):
            inside, current = inside and not text.startswith("Nơi nhận"), None
        elif inside and (named := agencies_of(paragraph)):
            for each in named:
                made.append(Duty(paragraph, each))
            current = named[0]
            continue
        elif inside and ITEM.match(text):
            current = None
        made.append(Duty(paragraph, current))
    return made


def agencies(duties: Sequence[Duty]) -> list[Agency]:
    """Each agency once, with its first duty."""
    found: dict[str, Agency] = {}
    for duty in duties:
        if duty.agency is None:
            continue
        agency = found.setdefault(plain(duty.agency.name), duty.agency)
        if not agency.duty and duty.paragraph.line != agency.line:
            found[plain(agency.name)] = Agency(
                agency.code, agency.name, duty.paragraph.text, agency.line, duty.paragraph.line
            )
    return list(found.values())


def agencies_of(paragraph: Paragraph) -> list[Agency]:
    """The agencies that a paragraph is about: those of a numbered heading, or the one that its sentence begins with."""
    text = paragraph.text
    item = ITEM.match(text)
    subject, duty = (item["name"], "") if item else (text, "")
    verb = re.search(rf"\s(?={either('duty_verb')})", subject, re.IGNORECASE)
    if ":" in subject:
        subject, _, duty = subject.partition(":")
    elif verb and not item:
        subject, duty = subject[: verb.start()], subject[verb.end() :]
    elif not item:
        return []
    begins = rf"(?i:{either('agency')})(?!\w)"
    parts = re.split(rf"(?:,|\s+và)\s+(?={begins})", subject) if item else [subject]
    names = [re.sub(r"\s+và các .*$|[,.]\s*(?:các|và) .*$", "", part.strip(" .;:")) for part in parts]
    if plain(subject).startswith("các "):
        return []
    return [
        Agency(code_of(name), " ".join(name.split()), duty.strip(), paragraph.line)
        for name in names
        if name[:1].isupper()
        and re.match(begins, name)
        and not re.search(r"(?:^|\s)các\s", plain(name))
        and not has("level_group", name)
    ]


def code_of(name: str) -> str:
    """Initials without accents: Sở Giáo dục và Đào tạo is SGDDT; common bodies have a known abbreviation."""
    folded = plain(name)
    for term, code in terms("abbreviation").items():
        if folded.startswith(term) and code in ("MTTQ", "TINHDOAN", "THANHDOAN", "HPN"):
            return code
        if folded.startswith(f"{term} ") and code == "BAO":
            return code + _initials(folded.removeprefix(term))
    without_place = re.sub(rf"\s(?:{either('place_word')})(?:\s+[^\Wa-z].*)?$", "", name)
    return _initials(without_place if len(without_place.split()) > 2 else name)


def _initials(text: str) -> str:
    return "".join(term[0] for term in re.findall(r"\w+", unaccented(text)) if term != "va").upper()


def deadlines(duties: Sequence[Duty], masthead: Masthead, places: Places) -> list[Deadline]:
    """The days by which something is reported, for everybody whom the sentence names."""
    everybody = agencies(duties)
    found: list[Deadline] = []
    for duty in duties:
        text = duty.paragraph.text
        for match in re.finditer(rf"(?:{either('deadline')})\s+{DAY}{_year_round()}", text, re.IGNORECASE):
            sentence = _sentence(text, match.start())
            if has("report", sentence):
                found += _of_sentence(duty, match, sentence, masthead, everybody)
        if visit := re.match(rf"^[-+*•]\s*(?P<unit>[^:]+):\s*ngày\s+{DAY}\s*[.;]?$", text):
            found += _of_unit(duty, visit, masthead, places)
    unique = {
        (each.level, each.agency, each.unit_code, each.month, each.day, each.year): each for each in reversed(found)
    }
    return sorted(unique.values(), key=lambda each: (each.line, each.level, each.agency))


def _year_round() -> str:
    return r"(?:\s+(?:hàng|hằng)\s+năm)?"


def _of_sentence(
    duty: Duty, match: re.Match[str], sentence: str, masthead: Masthead, everybody: Sequence[Agency]
) -> Iterator[Deadline]:
    text = duty.paragraph.text
    opening = re.search(r"(?:định kỳ\s*)?(?:(?:hằng|hàng) năm\s*)?$", text[: match.start()], re.IGNORECASE)
    phrase = " ".join((opening[0] + match[0]).split()) if opening else match[0]
    reading = next(meant for term, meant in terms("deadline").items() if plain(match[0]).startswith(term))
    year = int(match["year"]) if match["year"] else None
    line = duty.paragraph.line_at(match.start())
    subject = sentence[: sentence.find(match[0])] if match[0] in sentence else sentence
    level = BELOW[masthead.issuer_level] if masthead.issuer_level else masthead.level
    for to_whom, at in _reporters(duty, subject, level, masthead.issuer_level, everybody):
        yield Deadline(int(match["month"]), int(match["day"]), year, _reading(reading), phrase, at, to_whom, line)


def _reporters(
    duty: Duty, subject: str, below: str, own: str, everybody: Sequence[Agency]
) -> Iterator[tuple[str, str]]:
    """Agency and level of each who reports by the sentence."""
    is_of_all = has("all_agencies", subject)
    if is_of_all:
        yield from ((agency.code, own) for agency in everybody)
    if has("units_below", subject) or (duty.agency is None and not is_of_all):
        yield "UBND", below
    elif duty.agency is not None and not is_of_all:
        yield ("UBND", own) if own == "commune" else (duty.agency.code, own)


def _of_unit(duty: Duty, match: re.Match[str], masthead: Masthead, places: Places) -> Iterator[Deadline]:
    within = masthead.issuer.code if masthead.issuer else ""
    year = int(match["year"]) if match["year"] else None
    unit = places.named(match["unit"], f"{year or masthead.starts}-01-01", within)
    if unit is not None:
        phrase = " ".join(duty.paragraph.text.lstrip("-+*• ").rstrip(" .;").split())
        day, month = int(match["day"]), int(match["month"])
        yield Deadline(month, day, year, "inclusive", phrase, unit.level, "UBND", duty.paragraph.line, unit.code)


def _reading(meant: str) -> Literal["exclusive", "inclusive"]:
    return "exclusive" if meant == "exclusive" else "inclusive"


def _sentence(text: str, at: int) -> str:
    ends = text.find(". ", at)
    return text[max(text.rfind(". ", 0, at), 0) : ends if ends > 0 else len(text)]


def assignments(duties: Sequence[Duty]) -> list[Assignment]:
    """The agencies that answer for numbered indicators or criteria, or for all of them."""
    found = []
    listed = re.compile(rf"(?:{either('assigned')})\s+((?:\d+(?:\.\d+)?)(?:\s*[,;]\s*\d+(?:\.\d+)?)*)", re.IGNORECASE)
    for duty in duties:
        text = duty.paragraph.text
        if duty.agency is None:
            continue
        for match in listed.finditer(text):
            numbers = tuple(re.findall(r"\d+(?:\.\d+)?", match[1]))
            line = duty.paragraph.line_at(match.start())
            found.append(Assignment(duty.agency.name, duty.agency.code, numbers, text, line))
        if not listed.search(text) and whole("all_assigned").search(plain(text)):
            found.append(Assignment(duty.agency.name, duty.agency.code, (), text, duty.paragraph.line))
    return found
