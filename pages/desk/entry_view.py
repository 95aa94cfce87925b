"""A form as its page shows it: lines in groups, each field with what is in it and what the gate says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pages import terms
from pages.language import Shown, Text
from pipeline.data_entry import Finding, InForce, Texts
from publish.forms.types import Form, Line
from publish.forms.workbook import Field

ABSENT = "required_line_absent"
LABELS: Mapping[Field, Text] = {
    "numerator": Text("Tử số", "Numerator"),
    "denominator": Text("Mẫu số", "Denominator"),
    "value": Text("Giá trị", "Value"),
    "note": Text("Ghi chú", "Note"),
}


@dataclass(frozen=True)
class FieldView:
    """options: what can be chosen; a field without any takes text. id: of the input."""

    id: str
    name: str
    label: Text
    value: str
    options: Sequence[str]
    findings: Sequence[Finding]

    @property
    def is_wrong(self) -> bool:
        return any(each.severity == "critical" for each in self.findings)


@dataclass(frozen=True)
class LineView:
    """findings: about the line as a whole. accepted: what the accepted report says, where the fields say otherwise."""

    id: str
    line: Line
    fields: list[FieldView]
    note: FieldView
    findings: Sequence[Finding]
    previous: Text | None
    accepted: str | None


@dataclass(frozen=True)
class Group:
    """The lines under one heading of the plan."""

    heading: str
    lines: Sequence[LineView]


@dataclass(frozen=True)
class Mention:
    """A finding above the form, with the address on the page that it leads to. None: about the report."""

    place: Shown | None
    target: str | None
    finding: Finding


@dataclass(frozen=True)
class Summary:
    """mentions: errors, then warnings. absent: of the required lines without a figure, which may be many."""

    mentions: Sequence[Mention]
    absent: Sequence[Mention]


def groups(form: Form, texts: Texts, known: InForce, findings: Sequence[Finding]) -> list[Group]:
    found: list[tuple[str, list[LineView]]] = []
    for number, line in enumerate(form.lines, start=1):
        heading = line.objective or line.heading
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(_line(number, line, texts, known, findings))
    return [Group(*each) for each in found]


def summary(shown: Sequence[Group], findings: Sequence[Finding]) -> Summary:
    by_code = {each.line.code: each for group in shown for each in group.lines}
    mentions = [_mention(by_code.get(each.indicator or ""), each) for each in findings]
    mentions.sort(key=lambda each: each.finding.severity)
    return Summary(
        [each for each in mentions if each.finding.rule != ABSENT],
        [each for each in mentions if each.finding.rule == ABSENT],
    )


def _mention(line: LineView | None, finding: Finding) -> Mention:
    if line is None:
        return Mention(None, None, finding)
    fields = [each for each in (*line.fields, line.note) if finding in each.findings]
    place = Text("Chỉ tiêu {code}", "Indicator {code}").fill(code=line.line.code)
    if fields:
        place = Text(f"{place.vi}, {fields[0].label.vi}", f"{place.en}, {fields[0].label.en}")
    return Mention(place, fields[0].id if fields else line.id, finding)


def _line(number: int, line: Line, texts: Texts, known: InForce, findings: Sequence[Finding]) -> LineView:
    own = [each for each in findings if each.indicator == line.code]
    typed, accepted = texts.get(line.code, {}), known.texts.get(line.code, {})
    fields = [_field(number, line, part, typed.get(part, ""), own) for part in line.parts]
    note = _field(number, line, "note", typed.get("note", ""), own)
    differs = any(typed.get(part) != accepted.get(part) for part in line.parts)
    shown = {finding for each in (*fields, note) for finding in each.findings}
    return LineView(
        id=f"dong-{number}",
        line=line,
        fields=fields,
        note=note,
        findings=[each for each in own if each not in shown],
        previous=_previous(line),
        accepted=_accepted(line, accepted) if known.newest and differs else None,
    )


def _field(number: int, line: Line, name: Field, value: str, findings: Sequence[Finding]) -> FieldView:
    options = list(line.answers) if line.is_yes_no and name == "value" else []
    if options and value and value not in options:
        options.append(value)  # what a file said in other words stays as it is
    own = [each for each in findings if each.field == name and each.rule != ABSENT]
    return FieldView(f"o-{number}-{name}", f"{name}:{line.code}", LABELS[name], value, options, own)


def _previous(line: Line) -> Text | None:
    if line.previous is None:
        return None
    period = terms.period(line.previous.period)
    mark = Text(" (giả định)", " (made up)") if line.previous.is_made_up else Text("", "")
    return Text(f"{line.previous.shown}{mark.vi} ({period.vi})", f"{line.previous.shown}{mark.en} ({period.en})")


def _accepted(line: Line, accepted: Mapping[Field, str]) -> str:
    """ "291 / 300", "–"."""
    return " / ".join(accepted.get(part, "–") for part in line.parts)
