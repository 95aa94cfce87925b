"""The plan's own annex table, filled in, as a sheet to print and sign."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from string import ascii_letters
from typing import Any

from publish import formatting, pages, signatures
from publish.annex import printing
from publish.annex.printing import Printed
from publish.annex.types import Annex, Column, Entry
from publish.drawing import INK, PALE, ROW_HEIGHT, Drawing
from warehouse import wording

TINTS = {
    "met": ("#E2F0D9", "#2F5E1E"),
    "exceeded": ("#C6E0B4", "#2F5E1E"),
    "not_met": ("#FBE0DD", "#9C1C12"),
    "not_yet_met": ("#FCE9D9", "#7A4100"),
    "undetermined": ("#FFF2CC", "#7A5B00"),
    "not_comparable": ("#EDEDED", "#525252"),
    "no_data": ("#EDEDED", "#525252"),
    "no_target": ("#FFFFFF", "#525252"),
    "suppressed": ("#EDEDED", "#525252"),
}
SHEET = "Phụ lục"
HEAD_HEIGHTS = (42, 44)
HEAD_HEIGHT = sum(HEAD_HEIGHTS)
WRAPPED = ("indicator", "unit", "note", "assessment", "comparison", "path")
WIDE = 1.3
"""How much wider bold capitals are."""
CONTINUED = "{} (tiếp theo)"


@dataclass
class _Line:
    """A row of the table's body: an indicator, or else a text over the width (kind: band or heading)."""

    kind: str
    height: float
    text: str = ""
    entry: Entry | None = None


@dataclass(frozen=True)
class _Section:
    """An objective and its rows; the rows of a group stay on one page."""

    objective: str
    groups: list[list[_Line]]

    @property
    def heights(self) -> list[float]:
        return [sum(line.height for line in group) for group in self.groups]


def draw(book: Any, annex: Annex, name: str = SHEET, marks: dict[tuple[str, str], int] | None = None) -> "DrawnAnnex":
    """Draw the table as a sheet of an xlsxwriter workbook. marks: numbers of the footnotes on the sheet of notes."""
    drawn = DrawnAnnex(book, annex, name, marks or {})
    drawn.draw()
    return drawn


class DrawnAnnex(Drawing):
    """One annex being drawn. places: row and column of each figure, by its indicator and the content of its column."""

    def __init__(self, book: Any, annex: Annex, name: str, marks: dict[tuple[str, str], int]) -> None:
        self.annex, self.marks = annex, marks
        has_remarks = any(self._remarks(entry) for entry in annex.entries)
        self.columns = [column for column in annex.columns if column.content != "note" or has_remarks]
        super().__init__(book, name, [column.width for column in self.columns])
        self.is_numbered = any(entry.heading_code for entry in annex.entries)
        contents = [column.content for column in self.columns]
        self.beside = contents.index("objective") if "objective" in contents else None
        self.breaks: list[int] = []
        self.places: dict[tuple[str, str], tuple[int, int]] = {}

    def draw(self) -> None:
        self._title()
        self.table_from = self.row
        used = self.height_between(0, self.row)
        self._head()
        legend = list(self._legend())
        sections = list(self._sections())
        closing = sum(self._legend_height(text) for text in legend) + signatures.height(self, self.annex.signatures)
        begins = pages.starts([section.heights for section in sections], self.widths, used, HEAD_HEIGHT, closing)
        for number, section in enumerate(sections):
            self._section(number, section, begins)
        for text in legend:
            self.line(text, font_size=10, font_color="#404040", italic=True, height=self._legend_height(text))
        signatures.draw(self, self.annex.signatures)
        self._page()

    # --- above the table ---------------------------------------------------------------------------------------------

    def _title(self) -> None:
        annex, name = self.annex, self.annex.programme_name.upper()
        grey = {"italic": True, "align": "center", "font_color": "#595959"}
        lines: list[tuple[str, float, dict[str, Any]]] = [
            ("PHỤ LỤC", ROW_HEIGHT, {"bold": True, "align": "center", "font_size": 12}),
            ("BẢNG TỔNG HỢP CHỈ TIÊU", 24, {"bold": True, "align": "center", "font_size": 16, "font_color": INK}),
            (name, 18, {"bold": True, "align": "center", "font_size": 13}),
            (f"{annex.unit_name} · {wording.period(annex.period)}", 18, {"align": "center", "font_size": 13}),
            (f"Theo: {annex.document}", 18, grey),
            *((text, 18, {"align": "center", "bold": True, "font_color": INK}) for text in self._summary()),
            (self._data_state(), ROW_HEIGHT, grey),
        ]
        warning = {"bold": True, "align": "center", "font_color": "#C00000", "bg_color": "#FDE9E7"}
        if annex.is_made_up:
            lines.append((formatting.MADE_UP, 20, warning))
        if annex.plan_is_made_up:
            lines.append((formatting.MADE_UP_PLAN, 20, warning))
        for text, per_line, options in lines:
            size = options.get("font_size", 11) / 11 * (WIDE if text.isupper() else 1)
            self.line(text, height=self.height_of(text, (0, self.last), per_line, size), **options)
        self.row += 1

    def _summary(self) -> Iterator[str]:
        """How many indicators have each verdict, and each path; of a plan without targets, how many have a figure."""
        entries = self.annex.entries
        if not self.annex.has("comparison"):
            yield f"{len(entries)} chỉ tiêu · có số liệu: {sum(entry.ends is not None for entry in entries)}"
            return
        against = f" so với kế hoạch năm {self._target_years()}" if self.annex.target_years else ""
        yield f"{len(entries)} chỉ tiêu{against} · " + _counts(self.annex.tally, list(formatting.VERDICTS.values()))
        if self.annex.has("assessment"):
            printed = Counter(start.assessment for entry in entries if (start := entry.starts.get(self.annex.period)))
            labels = [label for label in printed if label and label != formatting.SUPPRESSED]
            yield "Phụ lục của đơn vị ghi · " + _counts(printed, labels)
        if self.annex.has("path"):
            paths = [formatting.PATHS[entry.milestone.verdict] for entry in entries if entry.milestone]
            counts = _counts({label: paths.count(label) for label in paths}, list(formatting.PATHS.values()))
            yield f"{len(paths)} chỉ tiêu có mốc {wording.period(self.annex.period)} · {counts}"

    def _data_state(self) -> str:
        expected = max((entry.units_expected for entry in self.annex.entries), default=0)
        reporting = max((entry.units_reporting for entry in self.annex.entries), default=0)
        newest = self.annex.accepted_until
        until = f"Số liệu được nhận đến {wording.timestamp(newest)}" if newest else "Chưa nhận được số liệu"
        then = f"Như đã biết lúc {wording.timestamp(self.annex.as_of)} · " if self.annex.as_of else ""
        return then + until + (f" · {reporting}/{expected} đơn vị có báo cáo" if expected > 1 else "")

    def _target_years(self) -> str:
        return ", ".join(map(str, self.annex.target_years))

    # --- the table ---------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        """Two rows of headings; neighbours under one heading share its cell."""
        style = self.grid(bold=True, align="center", bg_color=INK, font_color="#FFFFFF", font_size=10)
        for _, group in groupby(enumerate(self.columns), key=lambda pair: pair[1].heading):
            members = list(group)
            first, last = members[0][0], members[-1][0]
            if any(column.subheading for _, column in members):
                self.merge(
                    self.row, first, self.row, last, self._heading_text(members[0][1].heading, members[0][1]), style
                )
                for index, column in members:
                    self.sheet.write_string(self.row + 1, index, self._heading_text(column.subheading, column), style)
            else:
                for index, column in members:
                    self.merge(self.row, index, self.row + 1, index, self._heading_text(column.heading, column), style)
        for height in HEAD_HEIGHTS:
            self.set_height(self.row, height)
            self.row += 1

    def _heading_text(self, text: str, column: Column) -> str:
        """A heading with its blanks filled in, in capitals where the plan prints capitals."""
        filled = text.format(
            period=wording.period(self.annex.period),
            unit=self.annex.unit_name,
            year=column.year or "",
            target_year=self._target_years(),
        )
        return filled.upper() if text.split("{")[0].isupper() else filled

    def _sections(self) -> Iterator[_Section]:
        for number, (objective, group) in enumerate(groupby(self.annex.entries, key=lambda entry: entry.objective), 1):
            entries, groups = list(group), []
            for (code, heading), members in groupby(entries, key=lambda entry: (entry.heading_code, entry.heading)):
                lines = [_Line("entry", self._height(entry), entry=entry) for entry in members]
                if heading:
                    groups.append([_Line("heading", 18, f"Chỉ tiêu {code}: {heading}"), *lines])
                else:
                    groups += [[line] for line in lines]
            if self.beside is None and objective:
                groups[0].insert(0, _Line("band", 22, f"{_ordinal_of(entries, number)}\t{objective}"))
            section = _Section(objective, groups)
            if self.beside is not None:
                needed = self.height_of(objective, (self.beside, self.beside), 14) + 8
                groups[-1][-1].height += max(0, needed - sum(section.heights))
            yield section

    def _section(self, number: int, section: _Section, begins: list[tuple[int, int]]) -> None:
        first, label = self.row, section.objective
        for at, group in enumerate(section.groups):
            if (number, at) in begins:
                if self.row > first:
                    self._objective(first, label)
                    first, label = self.row, CONTINUED.format(section.objective.partition(":")[0])
                self.breaks.append(self.row)
            for line in group:
                self._draw_line(line)
        self._objective(first, label)

    def _objective(self, first: int, text: str) -> None:
        """The objective beside its rows from `first` on."""
        if self.beside is not None:
            style = self.grid(bold=True, bg_color=PALE, font_size=10, align="center", valign="top")
            self.merge(first, self.beside, self.row - 1, self.beside, text, style)

    def _draw_line(self, line: _Line) -> None:
        if line.entry is not None:
            for index, column in enumerate(self.columns):
                if column.content != "objective":
                    self._cell(index, column, line.entry)
        elif line.kind == "band":
            self._band(*line.text.split("\t"))
        else:
            left = 0 if self.beside is None else self.beside + 1
            style = self.grid(bold=True, bg_color="#F2F5FA", indent=1)
            self.merge(self.row, left, self.row, self.last, line.text, style)
        self.set_height(self.row, line.height)
        self.row += 1

    def _band(self, ordinal: str, text: str) -> None:
        has_ordinal = self.columns[0].content == "ordinal"
        if has_ordinal:
            self.sheet.write_string(self.row, 0, ordinal, self.grid(bold=True, bg_color=PALE, align="center"))
        style = self.grid(bold=True, bg_color=PALE, indent=1)
        self.merge(self.row, int(has_ordinal), self.row, self.last, text, style)

    def _height(self, entry: Entry) -> float:
        texts = {
            index: self._text(column, entry) for index, column in enumerate(self.columns) if column.content in WRAPPED
        }
        return max(self.height_of(text, (index, index), 15) for index, text in texts.items()) + 5

    def _cell(self, index: int, column: Column, entry: Entry) -> None:
        if column.content in printing.COLUMNS:
            self.places[entry.code, column.content] = (self.row, index)
        if column.content == "result":
            self._figure(index, printing.result(entry), bold=True, align="center")
        elif column.content in ("numerator", "denominator"):
            self._count(index, printing.COLUMNS[column.content](entry))
        else:
            style = self.grid(align="center", **self._tint(column, entry))
            if column.content == "indicator":
                style = self.grid(align="left", indent=1, italic=bool(entry.heading))
            self.sheet.write_string(self.row, index, self._text(column, entry), style)

    def _tint(self, column: Column, entry: Entry) -> dict[str, Any]:
        if column.content == "comparison":
            is_early = self.annex.verdict(entry) == formatting.NOT_YET_MET
            verdict = "not_yet_met" if is_early else entry.verdict
        elif column.content == "path" and entry.milestone:
            verdict = entry.milestone.verdict
        else:
            return {}
        fill, ink = TINTS[verdict]
        return {"bg_color": fill, "font_color": ink, "bold": verdict == "not_met"}

    def _text(self, column: Column, entry: Entry) -> str:
        content, start = column.content, entry.starts.get(str(column.year))
        if content == "indicator":
            return self._name(entry)
        if content == "ordinal":
            return entry.code.rpartition(".")[2]
        if content == "unit":
            return entry.unit
        if content == "baseline":
            return formatting.as_printed(start.raw) if start else formatting.MISSING
        if content == "assessment":
            return (start.assessment if start else None) or formatting.MISSING
        if content == "target":
            target = entry.targets.get((column.target_scope or "", column.year or 0))
            return formatting.as_printed(target.raw) if target else formatting.MISSING
        if content == "comparison":
            return self._verdict(entry)
        if content == "milestone":
            return entry.milestone_text
        if content == "path":
            return _path(entry)
        if content == "coverage":
            return str(printing.coverage(entry).content)
        return self._remarks(entry)

    def _verdict(self, entry: Entry) -> str:
        """The verdict, with the year of its target where the heading names several."""
        verdict = self.annex.verdict(entry)
        return f"{verdict} ({entry.against.year})" if entry.against and len(self.annex.target_years) > 1 else verdict

    def _name(self, entry: Entry) -> str:
        """A plan that numbers its headings also numbers those under none: "Chỉ tiêu 2: …"."""
        if entry.heading or "." in entry.code or not self.is_numbered:
            return entry.name
        return f"Chỉ tiêu {entry.code.lstrip(ascii_letters)}: {entry.name}"

    def _remarks(self, entry: Entry) -> str:
        """The footnotes' numbers, and whether the figure is provisional or an estimate."""
        marks = [f"({self.marks[entry.code, note]})" for note in entry.footnotes if (entry.code, note) in self.marks]
        return " ".join([*marks, ", ".join(entry.flags)]).strip()

    def _figure(self, index: int, printed: Printed, **options: Any) -> None:
        if isinstance(printed.content, str):
            self.sheet.write_string(self.row, index, printed.content, self.grid(**options))
        else:
            style = self.grid(num_format=printed.num_format, **options)
            self.sheet.write_number(self.row, index, float(printed.content), style)

    def _count(self, index: int, printed: Printed) -> None:
        is_number = isinstance(printed.content, Decimal)
        options = {"align": "right", "font_color": "#404040", "font_size": 10}
        self._figure(index, printed, **options if is_number else {"align": "center", "font_color": "#595959"})

    # --- below the table ---------------------------------------------------------------------------------------------

    def _legend(self) -> Iterator[str]:
        """What a signatory has to know of the table's terms; everything else is on the sheet of notes."""
        entries = self.annex.entries
        for column in self.columns:
            if column.content == "assessment":
                heading = self._heading_text(column.subheading, column).capitalize()
                yield (
                    f"Cột “{heading}”: chép nguyên văn phụ lục của đơn vị. Cột “So với kế hoạch năm "
                    f"{self._target_years()}”: phần mềm đối chiếu kết quả với kế hoạch, không phải đánh giá của đơn vị."
                )
        if self.annex.has("path"):
            yield "Dấu – ở cột mốc: kế hoạch không có hiện trạng, hoặc chỉ tiêu không có lộ trình, nên không tính mốc."
            if self.annex.is_public:
                yield "Mốc của chỉ tiêu nhạy cảm không công bố, vì từ mốc suy ra được số liệu hiện trạng của đơn vị."
        if self.annex.is_public and any(formatting.SUPPRESSED in _printed(entry) for entry in entries):
            yield (
                f"Dấu {formatting.SUPPRESSED} ở cột hiện trạng: số liệu nhạy cảm của các năm trước không công bố ở đây."
            )
        if any(entry.is_suppressed for entry in entries):
            yield (
                f"Dấu {formatting.SUPPRESSED}: số nhỏ không công bố, hoặc số liên quan mà từ đó có thể suy ra số nhỏ; "
                "để không ai nhận ra một trẻ em. Không phải là 0 và không phải là thiếu báo cáo."
            )
        missing = any(
            entry.ends is None and not entry.is_suppressed and entry.status != "not_applicable" for entry in entries
        )
        terms = {
            "Dấu – ở cột kết quả: chưa có số liệu, không phải là 0.": missing,
            "“tạm tính”: chưa đủ đơn vị có số liệu.": any("tạm tính" in entry.flags for entry in entries),
            "“ước tính”: có phần của đơn vị đã chia tách, phân bổ theo tỷ trọng đã công bố.": any(
                "ước tính" in entry.flags for entry in entries
            ),
        }
        if text := " ".join(term for term, is_used in terms.items() if is_used):
            yield text

    def _legend_height(self, text: str) -> float:
        return self.height_of(text, (0, self.last), 14)

    def _page(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(self.table_from + len(HEAD_HEIGHTS), 2)
        pages.set_up(sheet, self.widths, self.breaks)
        sheet.repeat_rows(self.table_from, self.table_from + len(HEAD_HEIGHTS) - 1)
        sheet.print_area(0, 0, self.row - 1, self.last)
        mark = f"{formatting.MADE_UP} · " if self.annex.is_made_up else ""
        place = f"{self.annex.unit_code} · {self.annex.programme_code} · {self.annex.period}"
        sheet.set_footer(f"&L&8 {mark}{place}&R&8Trang &P/&N")


def _printed(entry: Entry) -> list[str]:
    return [start.raw for start in entry.starts.values()]


def _path(entry: Entry) -> str:
    if entry.milestone is None:
        return formatting.MISSING
    label = formatting.PATHS[entry.milestone.verdict]
    return f"{label} (giữ mức)" if entry.milestone.is_hold and entry.milestone.verdict == "met" else label


def _counts(found: Mapping[Any, int], labels: list[str]) -> str:
    return " · ".join(f"{label}: {found[label]}" for label in labels if found.get(label))


def _ordinal_of(entries: list[Entry], number: int) -> str:
    """The objective's own numeral where the codes carry it (I.1, I.2 → I), else its place."""
    prefixes = {entry.code.rpartition(".")[0] for entry in entries}
    return prefixes.pop() or str(number) if len(prefixes) == 1 else str(number)
