"""Contradictions of the document itself: its head, numbers, citations, days, spelling."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from ingest.plans.contradictions.finding import Finding
from ingest.plans.document import Document, Paragraph
from ingest.plans.duties import Assignment, Deadline, Duty
from ingest.plans.masthead import Masthead
from ingest.plans.measured import Measured
from ingest.plans.places import Places
from ingest.plans.vocabulary import either, has, plain, terms, unaccented

ACT = re.compile(
    r"(?<![\w/])(\d+/(?:20\d\d/)?[A-ZĐ]+(?:-?[A-ZĐ][\w]*)*)(?!\w)"
    r"(?:\s+ngày\s+(\d{1,2})(?:/| tháng )(\d{1,2})(?:/| năm )(20\d\d))?"
)
SOON = 45
"""Days before the end of a period: a report that is due earlier cannot have its figures."""


def head(masthead: Masthead) -> Iterator[Finding]:
    """The plan has no number or no day."""
    if not masthead.number or not masthead.has_day:
        kind = "missing metadata" if masthead.has_head else "missing number/date"
        yield Finding(kind, "no number" if not masthead.number else masthead.number, "no day", 1)


def numbering(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """A number of a section comes twice or is left out."""
    sections: list[tuple[str, int]] = []
    for paragraph in paragraphs:
        if found := re.match(r"([IVX]+|\d+)\.\s", paragraph.text):
            sections.append((found[1], paragraph.line))
    roman = [(each, line) for each, line in sections if not each.isdigit()]
    order = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    for (before, _), (each, line) in pairwise(roman):
        if before in order and each in order and order.index(each) > order.index(before) + 1:
            yield Finding("numbering", f"section {before} is followed by {each}", "", line)
    for (before, _), (each, line) in pairwise(sections):
        if each == before and each.isdigit():
            yield Finding("numbering", f"two items “{each}.”", "", line)


def acts(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """One number of an act has two days, or is written in two ways."""
    days: dict[str, dict[str, int]] = {}
    spelt: dict[str, dict[str, int]] = {}
    for paragraph in paragraphs:
        for found in ACT.finditer(paragraph.text):
            number, line = found[1], paragraph.line_at(found.start())
            spelt.setdefault(re.sub(r"\W", "", number), {}).setdefault(number, line)
            if found[2]:
                day = f"{int(found[2]):02}/{int(found[3]):02}/{found[4]}"
                days.setdefault(number, {}).setdefault(day, line)
    for number, written in days.items():
        if len(written) > 1:
            yield Finding("legal basis", number, " / ".join(written), max(written.values()), severity="high")
    for written in spelt.values():
        for other in list(written)[1:]:
            yield Finding("number typo", other, next(iter(written)), written[other])


def cited(paragraphs: Sequence[Paragraph]) -> dict[str, set[tuple[str, int]]]:
    """The days with which the text cites each number of an act, and the line of each."""
    found: dict[str, set[tuple[str, int]]] = {}
    for paragraph in paragraphs:
        for act in ACT.finditer(paragraph.text):
            if act[2]:
                day = f"{int(act[2]):02}/{int(act[3]):02}/{act[4]}"
                found.setdefault(act[1], set()).add((day, paragraph.line_at(act.start())))
    return found


def attachments(found: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """A numbered annex is mentioned and is not in the file."""
    present = {
        match[1] for each in paragraphs if (match := re.match(r"phụ lục\s+(\d+|[ivx]+)(?!\w)", plain(each.text)))
    }
    for paragraph in paragraphs:
        for match in re.finditer(r"phụ lục\s+(\d+|[ivx]+)(?!\w)", plain(paragraph.text)):
            if match[1] not in present:
                yield Finding("missing", f"Phụ lục {match[1]}", "not in the file", paragraph.line, severity="medium")
                present.add(match[1])


def spelling(paragraphs: Sequence[Paragraph], measured: Sequence[Measured]) -> Iterator[Finding]:
    """A word that is known with other accents; in the name of an indicator, that indicator's."""
    seen: set[str] = set()
    for each in measured:
        for written, term in _misprints(each.name):
            if written not in seen:
                yield Finding("wording", f"“{written}”", f"“{term}”", each.line, each.code)
            seen.add(written)
    for paragraph in paragraphs:
        for written, term in _misprints(paragraph.text):
            if written not in seen:
                yield Finding("wording", f"“{written}”", f"“{term}”", paragraph.line)
            seen.add(written)


def _misprints(text: str) -> Iterator[tuple[str, str]]:
    tokens = re.findall(r"\w+", plain(text))
    for term in terms("spelling"):
        size = len(term.split())
        for at in range(len(tokens) - size + 1):
            written = " ".join(tokens[at : at + size])
            if written != term and unaccented(written) == unaccented(term):
                yield written, term


def days(
    deadlines: Sequence[Deadline], duties: Sequence[Duty], masthead: Masthead, reports: Sequence[Duty]
) -> Iterator[Finding]:
    """Reports without a day; a day before the figures are there; a year that is not the plan's."""
    if reports and not deadlines:
        yield Finding(
            "no dates",
            f"{len(reports)} sentences speak of reports",
            "none names a day",
            reports[0].paragraph.line,
            severity="high",
        )
    annual = [each for each in deadlines if each.year and masthead.ends == each.year and not each.unit_code]
    for deadline in annual[:1]:
        end = date(deadline.year or 0, 12, 31)
        if (end - deadline.on(deadline.year or 0)).days > SOON:
            yield Finding("period", "annual indicators", deadline.phrase, deadline.line, severity="medium")
    for duty in duties:
        text = duty.paragraph.text
        if has("year_end", text) and any((each.month, each.day) < (12, 1) for each in deadlines):
            yield Finding(
                "survey vs deadline", "số liệu cuối năm", deadlines[0].phrase, duty.paragraph.line, severity="medium"
            )
        for match in re.finditer(r"trong năm (20\d\d)", text):
            if has("report", text) and masthead.starts and int(match[1]) < masthead.starts:
                line = duty.paragraph.line_at(match.start())
                yield Finding("wrong year", f"“{match[0]}”", f"plan of {masthead.starts}", line, severity="high")


def assigned(assignments: Sequence[Assignment]) -> Iterator[Finding]:
    """An indicator of one agency is also among all that another reports; odd wording of an assignment."""
    of_all = [each for each in assignments if not each.numbers]
    for each in assignments:
        alone = [other for other in of_all if other.agency_code != each.agency_code]
        if alone and each.numbers and has("report", each.sentence):
            for number in each.numbers:
                yield Finding(
                    "overlapping duty",
                    f"{alone[0].agency}: all",
                    f"{each.agency}: {number}",
                    each.line,
                    number,
                    "medium",
                )
        if len(each.numbers) == 1 and (
            found := re.search(rf"các (?:{either('assigned')}) {each.numbers[0]}(?![\d,])", each.sentence)
        ):
            yield Finding("plural", f"“{found[0]}”", "one is named", each.line, each.numbers[0])
    yield from _roles([each for each in assignments if each.numbers])


def _roles(assignments: Sequence[Assignment]) -> Iterator[Finding]:
    """One of many assignments begins with another verb."""
    verbs = {each.line: _verb(each) for each in assignments}
    counted = Counter(verbs.values())
    if len(counted) == 2 and len(verbs) > 4 and min(counted.values()) == 1:
        odd = min(counted, key=lambda verb: counted[verb])
        usual = max(counted, key=lambda verb: counted[verb])
        each = next(each for each in assignments if verbs[each.line] == odd)
        yield Finding("role differs", f"“{odd}”", f"“{usual}”", each.line, each.numbers[0])


def _verb(each: Assignment) -> str:
    """The verb with which the sentence of the numbers begins."""
    at = next((found.start() for found in re.finditer(rf"\b{each.numbers[0]}\b", each.sentence)), 0)
    sentence = each.sentence[max(each.sentence.rfind(". ", 0, at), 0) : at]
    found = re.search(either("duty_verb"), plain(sentence))
    return found[0] if found else ""


def levels(duties: Sequence[Duty], masthead: Masthead, places: Places) -> Iterator[Finding]:
    """A commune's plan binds departments of a province; reports go to a level that ended."""
    if masthead.issuer_level == "commune":
        for duty in duties:
            if re.match(r"[-+*•]\s*Sở,", duty.paragraph.text):
                yield Finding(
                    "wrong level", duty.paragraph.text[:90], "a department is no part of a commune", duty.paragraph.line
                )
    ended = places.last_day("district")
    names_districts = [duty for duty in duties if has("report", duty.paragraph.text) or duty.agency is None]
    until = f"{masthead.ends or 9999}-12-31"
    if masthead.issuer_level == "province" and ended and until > ended:
        for duty in names_districts:
            if (
                re.search(r"(?:ubnd|ủy ban nhân dân) (?:các )?(?:quận|huyện)", plain(duty.paragraph.text))
                and not masthead.ends
            ):
                yield Finding(
                    "recipient abolished",
                    "UBND quận, huyện",
                    f"no districts since {ended}",
                    duty.paragraph.line,
                    severity="high",
                )
                return


def units_of_the_map(found: Document) -> Iterator[Finding]:
    """The kinds of communes are listed in two ways."""
    text = plain(found.text)
    short = re.findall(r"(?<!, )xã, phường(?!, thị trấn)", text)
    if short and "xã, phường, thị trấn" in text:
        yield Finding("unit types", "“xã, phường”", "“xã, phường, thị trấn”", 1)


def issuer(found: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """An annex names another issuer than the plan."""
    issued = re.search(
        r"(?:ubnd|ủy ban nhân dân) (?:tỉnh|thành phố|huyện|phường|xã)[^.;]{0,60}(?:ban hành|xây dựng) kế hoạch",
        plain(found.text),
    )
    for paragraph in paragraphs:
        named = re.search(r"kèm theo kế hoạch[^)]*của (chủ tịch [^)]*)", plain(paragraph.text))
        if named and issued:
            yield Finding("issuer", f"“của {named[1]}”", f"“{issued[0]}”", paragraph.line)


def clock(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """An agenda leaves a time out."""
    span = re.compile(r"(\d{1,2})h(\d\d)\s*[-–]\s*(\d{1,2})h(\d\d)")
    before = None
    for paragraph in paragraphs:
        for match in span.finditer(paragraph.text):
            if before and before[2:] < tuple(map(int, match.groups()[:2])):
                yield Finding(
                    "time gap",
                    f"until {before[2]}h{before[3]:02}",
                    f"from {match[0]}",
                    paragraph.line_at(match.start()),
                )
            before = tuple(map(int, match.groups()))


def pages(found: Document) -> Iterator[Finding]:
    """Numbers of pages are between the rows of a table."""
    if found.page_numbers:
        numbers = ", ".join(line.text.strip() for line in found.page_numbers)
        yield Finding(
            "extraction artefact",
            f"lone {numbers}",
            "look like rows or values",
            found.page_numbers[0].number,
            severity="high",
        )


def points(paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Words in cells of points, no points above parts, no total, clauses that differ in a number."""
    begins = next((at for at, each in enumerate(paragraphs) if "điểm chuẩn" in plain(each.text)), None)
    if begins is None:
        return
    sheet = paragraphs[begins:]
    yield from _blank_subtotals(sheet)
    if not any(has("total", each.text) for each in sheet):
        yield Finding("no grand total", "the sheet has no line of the total", "", sheet[0].line, severity="medium")
    for paragraph in sheet:
        text = paragraph.text
        if found := re.search(r"(?:Không quá \d+(?: điểm)?|(?<!\S)\d+ điểm(?=\s|$))", text):
            yield Finding("text in numeric cell", f"“{found[0]}”", "points", paragraph.line, severity="medium")
        clauses = [re.sub(r"\d+", "#", clause).strip() for clause in re.split(r"(?<=\))\s*", plain(text)) if clause]
        for one, other in pairwise(clauses):
            if one.rstrip(".") == other.rstrip(".") and "#" in one and len(one) > 30:
                yield Finding("two conflicting clauses", text[:90], text[-90:], paragraph.line, severity="high")


def _blank_subtotals(sheet: Sequence[Paragraph]) -> Iterator[Finding]:
    item, has_number = None, False
    for paragraph in sheet:
        number = re.match(r"(\d+(?:\.\d+)?)(?=\s|$)", paragraph.text)
        if number and item and number[1] == f"{item[0]}.1":
            if not has_number:
                yield Finding("blank subtotal", f"no points for line {item[0]}", "", item[1], severity="medium")
            item = None
        elif number and re.fullmatch(r"\d", number[1]) and len(paragraph.text) < 3 and (item is None or has_number):
            item, has_number = (number[1], paragraph.line), False
        else:
            has_number = has_number or re.search(r"(?<!\S)\d+(?!\S)", paragraph.text) is not None
