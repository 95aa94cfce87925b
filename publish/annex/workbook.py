"""The plan's own annex table, filled in, as a sheet to print and sign."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from string import ascii_letters
from typing import Any

from publish import formatting
from publish.annex.data import Annex, Column, Entry
from warehouse import wording

TABLE_FROM = 8
INK, PALE, RULE = "#1F3864", "#D9E2F3", "#8EA0BF"
TINTS = {
    "met": ("#E2F0D9", "#2F5E1E"),
    "exceeded": ("#C6E0B4", "#2F5E1E"),
    "not_met": ("#FBE0DD", "#9C1C12"),
    "undetermined": ("#FFF2CC", "#7A5B00"),
    "not_comparable": ("#EDEDED", "#525252"),
    "no_data": ("#EDEDED", "#525252"),
    "no_target": ("#FFFFFF", "#525252"),
}
OF_VERDICTS = (
    "“Đạt vượt KH”: cả khoảng giá trị tốt hơn mức kế hoạch. “chưa xác định”: số liệu chỉ cho biết một giới hạn, ví dụ "
    ">96, nên chưa biết có đạt mức kế hoạch hay không. “không so sánh được”: số liệu và kế hoạch khác cách đo."
)
OF_FIGURES = (
    "“tạm tính”: chưa đủ đơn vị có số liệu. Tỷ lệ tổng hợp = tổng tử số ÷ tổng mẫu số của các đơn vị có số liệu; không "
    "lấy trung bình các tỷ lệ. Dấu –: chưa có số liệu, không phải là 0."
)
OF_ESTIMATES = "“ước tính”: trong số liệu có phần của đơn vị đã chia tách, phân bổ theo tỷ trọng đã công bố."
SHEET = "Phụ lục"


def draw(book: Any, annex: Annex) -> None:
    """Draw the table as a sheet of an xlsxwriter workbook."""
    _Drawing(book, annex).draw()


class _Drawing:
    """One annex being drawn: styles, and the current row."""

    def __init__(self, book: Any, annex: Annex) -> None:
        self.book, self.annex, self.columns = book, annex, annex.columns
        self.sheet = book.add_worksheet(SHEET)
        self.last = len(self.columns) - 1
        self.row = 0
        self.notes = [(entry.code, note) for entry in annex.entries for note in entry.footnotes]
        self.is_numbered = any(entry.heading_code for entry in annex.entries)
        self.heights: list[float] = []
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **options: Any) -> Any:
        """A cell style; the same options give the same one, so the workbook stays small."""
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        key = tuple(sorted((base | options).items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(base | options)
        return self.formats[key]

    def grid(self, **options: Any) -> Any:
        return self.style(border=1, border_color=RULE, **options)

    def line(self, text: str, height: float | None = None, **options: Any) -> None:
        """One line over the whole width of the table."""
        self.sheet.merge_range(self.row, 0, self.row, self.last, text, self.style(**options))
        if height:
            self.sheet.set_row(self.row, height)
        self.row += 1

    def draw(self) -> None:
        self.sheet.hide_gridlines(2)
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width)
        self._title()
        self.row = TABLE_FROM
        self._head()
        self._body()
        self._foot()
        self._page()

    # --- above the table ---------------------------------------------------------------------------------------------

    def _title(self) -> None:
        annex = self.annex
        self.line("PHỤ LỤC", bold=True, align="center", font_size=12)
        self.line("BẢNG TỔNG HỢP CHỈ TIÊU", bold=True, align="center", font_size=16, font_color=INK, height=24)
        name = annex.programme_name.upper()
        self.line(name, bold=True, align="center", font_size=13, height=36 if len(name) > 95 else 18)
        self.line(f"{annex.unit_name} · {wording.period(annex.period)}", align="center", font_size=13, height=18)
        self.line(f"Theo: {annex.document}", italic=True, align="center", font_color="#595959", height=30)
        self.line(self._summary(), align="center", bold=True, font_color=INK, height=20)
        self.line(self._data_state(), align="center", italic=True, font_color="#595959")
        if annex.is_made_up:
            self.line(
                formatting.MADE_UP, bold=True, align="center", font_color="#C00000", bg_color="#FDE9E7", height=20
            )

    def _summary(self) -> str:
        """How many indicators have each verdict; of a plan without targets, how many have a figure."""
        tally = self.annex.tally
        if self.annex.has_targets:
            counts = [f"{label}: {tally[verdict]}" for verdict, label in formatting.VERDICTS.items() if tally[verdict]]
        else:
            counts = [f"có số liệu: {sum(entry.ends is not None for entry in self.annex.entries)}"]
        return f"{len(self.annex.entries)} chỉ tiêu · " + " · ".join(counts)

    def _data_state(self) -> str:
        expected = max((entry.units_expected for entry in self.annex.entries), default=0)
        reporting = max((entry.units_reporting for entry in self.annex.entries), default=0)
        newest = self.annex.accepted_until
        until = f"Số liệu được nhận đến {wording.timestamp(newest)}" if newest else "Chưa nhận được số liệu"
        then = f"Như đã biết lúc {wording.timestamp(self.annex.as_of)} · " if self.annex.as_of else ""
        return then + until + (f" · {reporting}/{expected} đơn vị có báo cáo" if expected > 1 else "")

    # --- the table ---------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        """Two rows of headings; neighbours under one heading share its cell."""
        style = self.grid(bold=True, align="center", bg_color=INK, font_color="#FFFFFF", font_size=10)
        for _, group in groupby(enumerate(self.columns), key=lambda pair: pair[1].heading):
            members = list(group)
            first, last = members[0][0], members[-1][0]
            if any(column.subheading for _, column in members):
                self._merge(
                    self.row, first, self.row, last, self._heading_text(members[0][1].heading, members[0][1]), style
                )
                for index, column in members:
                    self.sheet.write_string(self.row + 1, index, self._heading_text(column.subheading, column), style)
            else:
                for index, column in members:
                    self._merge(self.row, index, self.row + 1, index, self._heading_text(column.heading, column), style)
        self.sheet.set_row(self.row, 30)
        self.sheet.set_row(self.row + 1, 44)
        self.row += 2

    def _heading_text(self, text: str, column: Column) -> str:
        """A heading with its blanks filled in, in capitals where the plan prints capitals."""
        filled = text.format(
            period=wording.period(self.annex.period),
            unit=self.annex.unit_name,
            year=column.year or "",
            target_year=", ".join(map(str, self.annex.target_years)),
        )
        return filled.upper() if text.split("{")[0].isupper() else filled

    def _merge(self, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
        if (top, left) == (bottom, right):
            self.sheet.write_string(top, left, text, style)
        else:
            self.sheet.merge_range(top, left, bottom, right, text, style)

    def _body(self) -> None:
        beside = next((i for i, column in enumerate(self.columns) if column.content == "objective"), None)
        for number, (objective, group) in enumerate(groupby(self.annex.entries, key=lambda entry: entry.objective), 1):
            entries = list(group)
            first, self.heights = self.row, []
            if beside is None and objective:
                self._band(_ordinal_of(entries, number), objective)
            for heading, members in groupby(entries, key=lambda entry: (entry.heading_code, entry.heading)):
                if heading[1]:
                    self._heading(f"Chỉ tiêu {heading[0]}: {heading[1]}", beside)
                for entry in members:
                    self._entry(entry)
            if beside is not None:
                style = self.grid(bold=True, bg_color=PALE, font_size=10, align="center", valign="top")
                self._merge(first, beside, self.row - 1, beside, objective, style)
                needed = 14 * -(-len(objective) // int(self.columns[beside].width)) + 8
                self.sheet.set_row(self.row - 1, max(self.heights[-1], self.heights[-1] + needed - sum(self.heights)))

    def _band(self, ordinal: str, text: str) -> None:
        style = self.grid(bold=True, bg_color=PALE, indent=1)
        has_ordinal = self.columns[0].content == "ordinal"
        if has_ordinal:
            self.sheet.write_string(self.row, 0, ordinal, self.grid(bold=True, bg_color=PALE, align="center"))
        self._merge(self.row, int(has_ordinal), self.row, self.last, text, style)
        self.sheet.set_row(self.row, 22)
        self.row += 1

    def _heading(self, text: str, beside: int | None) -> None:
        left = 0 if beside is None else beside + 1
        self._merge(self.row, left, self.row, self.last, text, self.grid(bold=True, bg_color="#F2F5FA", indent=1))
        self._tall(18)

    def _tall(self, height: float) -> None:
        """Ends a row of the table's body."""
        self.sheet.set_row(self.row, height)
        self.heights.append(height)
        self.row += 1

    def _entry(self, entry: Entry) -> None:
        lines = 1
        for index, column in enumerate(self.columns):
            if column.content != "objective":
                self._cell(index, column, entry)
            if column.content in ("indicator", "unit", "note"):
                lines = max(lines, -(-len(self._text(column, entry)) // int(column.width * 1.05)))
        self._tall(15 * lines + 5)

    def _verdict(self, entry: Entry) -> str:
        """The verdict, with the year of its target where the heading names several."""
        verdict = formatting.VERDICTS[entry.verdict]
        return f"{verdict} ({entry.against.year})" if entry.against and len(self.annex.target_years) > 1 else verdict

    def _cell(self, index: int, column: Column, entry: Entry) -> None:
        if column.content == "result":
            self._figure(index, entry)
        elif column.content == "comparison":
            fill, ink = TINTS[entry.verdict]
            style = self.grid(align="center", bg_color=fill, font_color=ink, bold=entry.verdict == "not_met")
            self.sheet.write_string(self.row, index, self._verdict(entry), style)
        elif column.content in ("numerator", "denominator"):
            self._count(index, entry.numerator if column.content == "numerator" else entry.denominator)
        else:
            style = self.grid(align="center")
            if column.content == "indicator":
                style = self.grid(align="left", indent=1, italic=bool(entry.heading))
            self.sheet.write_string(self.row, index, self._text(column, entry), style)

    def _text(self, column: Column, entry: Entry) -> str:
        if column.content == "indicator":
            return self._name(entry)
        if column.content == "ordinal":
            return entry.code.rpartition(".")[2]
        if column.content == "unit":
            return entry.unit
        if column.content == "baseline":
            return formatting.as_printed(entry.baseline)
        if column.content == "target":
            target = entry.targets.get((column.target_scope or "", column.year or 0))
            return formatting.as_printed(target.raw) if target else formatting.MISSING
        if column.content == "coverage":
            return f"{entry.units_reporting}/{entry.units_expected}"
        return self._remarks(entry)

    def _name(self, entry: Entry) -> str:
        """A plan that numbers its headings also numbers those under none: "Chỉ tiêu 2: …"."""
        if entry.heading or "." in entry.code or not self.is_numbered:
            return entry.name
        return f"Chỉ tiêu {entry.code.lstrip(ascii_letters)}: {entry.name}"

    def _remarks(self, entry: Entry) -> str:
        """The footnotes' numbers, and whether the figure is provisional or an estimate."""
        marks = [f"({self.notes.index((entry.code, note)) + 1})" for note in entry.footnotes]
        flags = {"tạm tính": entry.is_provisional, "ước tính": entry.is_estimated}
        labels = ", ".join(label for label, is_set in flags.items() if is_set and entry.ends)
        return " ".join([*marks, labels]).strip()

    def _figure(self, index: int, entry: Entry) -> None:
        """A number stays a number, with as many decimals as keep it on its side of the target; a bound is text."""
        value = entry.value
        options = {"bold": True, "align": "center"}
        if entry.measure == "yes_no" and value is not None:
            self.sheet.write_string(self.row, index, entry.answers[0 if value else 1], self.grid(**options))
        elif value is not None:
            places = formatting.decimals(value, entry.against.number if entry.against else None)
            style = self.grid(num_format=formatting.excel_format(places), **options)
            self.sheet.write_number(self.row, index, float(value), style)
        else:
            text = formatting.interval(*entry.ends, *entry.closed, *entry.limits) if entry.ends else formatting.MISSING
            text = "không áp dụng" if entry.status == "not_applicable" else text
            self.sheet.write_string(self.row, index, text, self.grid(**options))

    def _count(self, index: int, count: Decimal | None) -> None:
        if count is None:
            self.sheet.write_string(
                self.row, index, formatting.MISSING, self.grid(align="center", font_color="#595959")
            )
        else:
            style = self.grid(align="right", num_format=formatting.excel_format(0), font_color="#404040", font_size=10)
            self.sheet.write_number(self.row, index, float(count), style)

    # --- below the table ---------------------------------------------------------------------------------------------

    def _foot(self) -> None:
        self.row += 1
        across = sum(column.width for column in self.columns) * 1.15
        if self.notes or self.annex.footnotes:
            self.line("Những chỗ kế hoạch ghi khác nhau, và cách đọc ở bảng này", bold=True, font_size=10)
        notes = (f"({number}) Chỉ tiêu {code}: {note}" for number, (code, note) in enumerate(self.notes, 1))
        of_the_plan = (f"Cả kế hoạch: {note}" for note in self.annex.footnotes)
        for text in (*notes, *of_the_plan, *self._legend()):
            self.line(text, font_size=10, font_color="#404040", height=14 * -(-len(text) // int(across)))

    def _legend(self) -> Iterator[str]:
        """What the table's terms mean, and what it was made with: the same version and as_of, the same table."""
        if any(column.content == "comparison" for column in self.columns):
            yield OF_VERDICTS
        yield OF_FIGURES
        if any(entry.is_estimated for entry in self.annex.entries):
            yield OF_ESTIMATES
        yield f"Danh mục chỉ tiêu và cách tính: phiên bản {self.annex.catalogue_version or formatting.MISSING}."

    def _page(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(TABLE_FROM + 2, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(TABLE_FROM, TABLE_FROM + 1)
        sheet.print_area(0, 0, self.row - 1, self.last)
        mark = f"{formatting.MADE_UP} · " if self.annex.is_made_up else ""
        place = f"{self.annex.unit_code} · {self.annex.programme_code} · {self.annex.period}"
        sheet.set_footer(f"&L&8 {mark}{place}&R&8Trang &P/&N")


def _ordinal_of(entries: list[Entry], number: int) -> str:
    """The objective's own numeral where the codes carry it (I.1, I.2 → I), else its place."""
    prefixes = {entry.code.rpartition(".")[0] for entry in entries}
    return prefixes.pop() or str(number) if len(prefixes) == 1 else str(number)
