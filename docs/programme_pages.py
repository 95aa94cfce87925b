"""docs/programmes: a page for each programme, written from the rows of the catalogue for the officers whose plan it is.

What the plan asks, who reports when, how each figure is made, where the plan contradicts itself, what is assumed and
what the sources do not say. The pages are in Vietnamese and begin with a line in English.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from docs import programme_texts as texts

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
FOLDER = Path(__file__).resolve().parent / "programmes"

Row = dict[str, str]


def pages() -> dict[str, str]:
    """File name in docs/programmes → its Markdown."""
    return {f"{row['programme_code']}.md": _Page(row).text() for row in _rows("catalogue/programmes")}


@cache
def _rows(seed: str) -> list[Row]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class _Page:
    """One programme's page: a method a section."""

    def __init__(self, programme: Row) -> None:
        self.programme = programme
        self.code = programme["programme_code"]
        self.indicators = sorted(self.of("indicators"), key=lambda row: int(row["sort_order"]))
        self.agencies = {row["agency_code"]: row["name_vi"] for row in self.of("agencies")}

    def of(self, seed: str) -> list[Row]:
        """The programme's rows of a seed."""
        return [row for row in _rows(f"catalogue/{seed}") if row["programme_code"] == self.code]

    def text(self) -> str:
        sections = [
            self.opening(),
            self.reporters(),
            self.figures(),
            self.score_sheet(),
            self.budget(),
            self.contradictions(),
            self.assumed(),
            self.not_in_the_plan(),
        ]
        return "\n\n".join(section for section in sections if section)

    # --- what the plan asks ------------------------------------------------------------------------------------------

    def opening(self) -> str:
        row = self.programme
        kinds = {
            kind: [period["period"] for period in self.of("periods") if period["kind"] == kind] for kind in texts.KINDS
        }
        facts = [
            f"- **Văn bản**: {row['document_vi']}.",
            f"- **Đơn vị**: {_unit_name(row['root_unit_code'], row['starts_on'])} (mã {row['root_unit_code']}).",
            *(f"- **Kỳ {texts.span(periods)}**: {texts.KINDS[kind]}." for kind, periods in kinds.items() if periods),
            f"- **Mức bao phủ**: dưới {texts.number(row['min_coverage_pct'])}% đơn vị có số liệu thì số là tạm tính.",
            *self._objectives(),
            f"- **Nguồn**: `{row['source']}` (tệp văn bản gốc và dòng).",
        ]
        return "\n".join([f"# {row['name_vi']}", "", f"`{self.code}` · *{self._in_english()}*", "", *facts])

    def _objectives(self) -> list[str]:
        counted = Counter(row["objective_vi"] for row in self.indicators)
        return [f"- **{objective}**: {count} dòng." for objective, count in counted.items() if objective]

    def _in_english(self) -> str:
        who = dict.fromkeys(
            f"{texts.LEVELS_EN[row['unit_level']]} ({texts.span([row['period_from'], row['period_to']])})"
            for row in self.of("reporters")
            if row["is_owed"] == "true" and row["form"] == "figures"
        )
        documents = {row["agency_code"] for row in self.of("reporters") if row["form"] == "document"}
        contradicted = {row["contradiction_no"] for row in self.of("contradictions")}
        parts = [
            f"{len(self.indicators)} lines",
            f"figures from {', '.join(who)}" if who else "nobody owes figures",
            *([f"documents from {texts.plural(len(documents), 'reporter')}"] if documents else []),
            *([f"targets for {texts.span(self._own_years())}"] if self._own_years() else ["no numeric targets"]),
            *(["a score sheet"] if self.of("score_sheets") else []),
            f"{texts.plural(len(contradicted), 'contradiction')} of the plan",
        ]
        return "In English: " + "; ".join(parts) + "."

    def _own_years(self) -> list[str]:
        return sorted({row["target_year"] for row in self.of("targets") if row["target_scope"] != "national"})

    # --- who reports when --------------------------------------------------------------------------------------------

    def reporters(self) -> str:
        groups: dict[tuple[str, ...], list[str]] = {}
        for row in self.of("reporters"):
            key = (
                self._about(row),
                texts.FORMS[row["form"]] + ("" if row["is_owed"] == "true" else " (không tính vào nghĩa vụ)"),
                texts.span([row["period_from"], row["period_to"]]),
                self._deadline(row) if row["is_owed"] == "true" else "không tính trễ",
                _basis(row),
            )
            groups.setdefault(key, []).append(self._who(row["agency_code"], row["unit_level"]))
        lines = [("; ".join(names), *key) for key, names in groups.items()]
        table = _table(("ai báo cáo", "về", "hình thức", "kỳ", "thời hạn", "căn cứ"), lines)
        note = (
            "“Trước ngày” không gồm chính ngày đó: đúng hạn là nhận được trước 0 giờ ngày ấy. "
            "Báo cáo của một cơ quan về một đơn vị: đơn vị là nơi được nói đến, cơ quan là nơi báo cáo."
        )
        more = [*self._recipients(), *self._minima(), *self._agencies()]
        return "\n\n".join(["## Ai báo cáo, khi nào", table, note, *more])

    def _who(self, agency: str, level: str) -> str:
        return f"{self.agencies[agency]} (`{agency}`)" if agency in self.agencies else f"UBND {texts.LEVELS[level]}"

    def _about(self, reporter: Row) -> str:
        """Whom the report is about: every unit of a level, or the one that the row names."""
        level, within = texts.LEVELS[reporter["unit_level"]], reporter["within_unit_code"]
        is_one = within != self.programme["root_unit_code"]
        return _unit_name(within, self.programme["starts_on"]) if is_one else level

    def _deadline(self, reporter: Row) -> str:
        """The dates of one reporter: those of its level, or of single units, or that the plan names none."""
        newest: dict[tuple[str, str], Row] = {}
        for row in sorted(self.of("deadlines"), key=lambda row: int(row["revision"])):
            is_its_own = (row["unit_level"], row["agency_code"]) == (reporter["unit_level"], reporter["agency_code"])
            is_its_own &= row["unit_code"] in ("", reporter["within_unit_code"])
            if is_its_own and reporter["period_from"] <= row["period"] <= reporter["period_to"]:
                newest[row["period"], row["unit_code"]] = row
        if not newest:
            return "Kế hoạch không ghi ngày: không bao giờ trễ"
        phrases: dict[tuple[str, str], list[Row]] = {}
        for row in newest.values():
            phrases.setdefault((row["phrase_vi"], row["reading"]), []).append(row)
        return "<br>".join(f"“{phrase}”: {_days(rows, reading)}" for (phrase, reading), rows in phrases.items())

    def _recipients(self) -> list[str]:
        """Whom reports go to: reporters that send to the same places under the same sentence are one row."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for row in self.of("report_recipients"):
            if row["recipient_vi"]:
                key = (
                    texts.span([row["period_from"], row["period_to"]]),
                    texts.RECIPIENT_ROLES[row["role"]],
                    row["recipient_vi"],
                    row["via_vi"],
                    " ".join(part for part in (f"“{row['phrase_vi']}”.", row["basis_vi"]) if part),
                )
                groups.setdefault(key, []).append(self._who(row["agency_code"], row["unit_level"]))
        head = ("ai báo cáo", "kỳ", "là", "nơi nhận", "qua", "căn cứ")
        rows = [("; ".join(names), *key) for key, names in groups.items()]
        return ["### Báo cáo gửi cho ai", _table(head, rows)] if rows else []

    def _minima(self) -> list[str]:
        rows = [
            (
                texts.RATES[row["rate"]],
                texts.LEVELS.get(row["unit_level"], "mọi cấp"),
                f"{texts.number(row['minimum_pct'])}%",
                row["source"],
            )
            for row in self.of("reporting_thresholds")
        ]
        opening = (
            "### Tỷ lệ báo cáo tối thiểu\n\nTính trên các báo cáo đã hết hạn; thấp hơn thì có cảnh báo, nêu tên "
            "từng báo cáo còn thiếu. Số liệu vẫn được tổng hợp và công bố."
        )
        return [opening, _table(("tỷ lệ", "cấp", "tối thiểu", "căn cứ"), rows)] if rows else []

    def _agencies(self) -> list[str]:
        rows = [
            (f"`{row['agency_code']}`", row["name_vi"], row["duty_vi"], f"`{row['source']}`")
            for row in self.of("agencies")
        ]
        return ["### Các cơ quan", _table(("mã", "cơ quan", "việc kế hoạch giao", "nguồn"), rows)] if rows else []

    # --- what the plan costs -----------------------------------------------------------------------------------------

    def budget(self) -> str:
        rows = [
            (
                row["year"] or "cả kế hoạch",
                row["funding_source_vi"],
                f"{texts.number(row['amount_vnd'])} đồng" if row["amount_vnd"] else "",
                " ".join(part for part in (f"“{row['raw'].rstrip('.')}”.", row["note_vi"]) if part),
            )
            for row in self.of("budget_lines")
        ]
        return "## Kinh phí\n\n" + _table(("năm", "nguồn", "số tiền", "kế hoạch ghi"), rows) if rows else ""

    # --- how figures are made ----------------------------------------------------------------------------------------

    def figures(self) -> str:
        scored = {row["indicator_code"] for row in self.of("criterion_indicators") if row["part"] in ("points", "met")}
        figures = [row for row in self.indicators if row["indicator_code"] not in scored]
        if not figures:
            return "## Mỗi số liệu được tính thế nào\n\nMọi dòng là điểm, hoặc đạt hay không đạt: xem bảng điểm."
        head = ("mã", "chỉ tiêu", "ĐVT", "cách tính", "nói bằng", "mức kế hoạch", "hiện trạng")
        opening = (
            "Tỷ lệ không bao giờ được lấy trung bình: cộng tử số, cộng mẫu số của cùng những đơn vị có số liệu, rồi "
            "chia một lần. Ô trống là chưa có số liệu, không phải là 0."
        )
        table = _table(head, [self._figure(row) for row in figures])
        parts = [opening, table, self._comparators(), self._ranges(figures), self._notes(figures)]
        return "\n\n".join(["## Mỗi số liệu được tính thế nào", *(part for part in parts if part)])

    def _figure(self, row: Row) -> tuple[str, ...]:
        code = row["indicator_code"]
        return (
            f"`{code}`",
            row["name_vi"] + (" 🔒" if row["is_sensitive"] == "true" else ""),
            row["unit_vi"],
            texts.how(row),
            self._sources(code),
            self._targets(code),
            "<br>".join(
                f"{base['period']}: {base['raw']}" for base in self.of("baselines") if base["indicator_code"] == code
            ),
        )

    def _targets(self, code: str) -> str:
        """The plan's own targets first, the nation's after them."""
        found = [row for row in self.of("targets") if row["indicator_code"] == code]
        found.sort(key=lambda row: (list(texts.SCOPES).index(row["target_scope"]), row["target_year"]))
        return "<br>".join(map(texts.target, found))

    def _sources(self, code: str) -> str:
        """The figure of each level; once where all levels agree."""
        measures: dict[str, list[str]] = {}
        for row in self.of("indicator_measures"):
            if row["indicator_code"] == code:
                measures.setdefault(texts.MEASURES[row["measure"]], []).append(texts.LEVELS[row["unit_level"]])
        if len(measures) == 1:
            return next(iter(measures))
        return "<br>".join(f"{'; '.join(levels)}: {measure}" for measure, levels in measures.items())

    def _comparators(self) -> str:
        own = Counter(row["comparator_source"] for row in self.of("targets") if row["target_scope"] != "national")
        parts = [f"{count} {texts.COMPARATOR_SOURCES[source]}" for source, count in own.most_common()]
        sentences = [f"Dấu so sánh của các mức kế hoạch: {', '.join(parts)}." if parts else ""]
        national = next((row for row in self.of("targets") if row["target_scope"] == "national"), None)
        if national:
            sentences.append(
                f"Mức “cả nước” để so sánh, không quyết định đạt hay không đạt: {national['source']}; số không kèm dấu "
                "được hiểu theo chiều tốt của chỉ tiêu."
            )
        sentences.append("†: cách hiểu của chúng tôi từ tên chỉ tiêu; kế hoạch không định nghĩa.")
        sentences.append("🔒: số liệu nhạy cảm, số đếm nhỏ có thể chỉ ra một trẻ em.")
        return " ".join(sentence for sentence in sentences if sentence)

    def _ranges(self, figures: Sequence[Row]) -> str:
        rows = [
            (
                f"`{row['indicator_code']}`",
                f"{texts.number(row['soft_min'])}–{texts.number(row['soft_max'])}",
                row["bound_reason"],
            )
            for row in figures
            if row["soft_min"] or row["soft_max"]
        ]
        if not rows:
            return ""
        opening = "### Khoảng hợp lý\n\nSố ngoài khoảng này vẫn được nhận, kèm cảnh báo."
        return opening + "\n\n" + _table(("mã", "từ–đến", "lý do, ngày đặt"), rows)

    def _notes(self, figures: Sequence[Row]) -> str:
        notes: dict[str, list[str]] = {}
        for row in figures:
            if row["note"]:
                notes.setdefault(row["note"], []).append(f"`{row['indicator_code']}`")
        lines = [f"- {', '.join(codes)}: {note}" for note, codes in notes.items()]
        return "### Ghi chú của từng dòng\n\n" + "\n".join(lines) if lines else ""

    # --- the score sheet ---------------------------------------------------------------------------------------------

    def score_sheet(self) -> str:
        sheet = next(iter(self.of("score_sheets")), None)
        if sheet is None:
            return ""
        lines = sorted(self.of("criteria"), key=lambda row: int(row["sort_order"]))
        head = ("mã", "nội dung", "điểm tối đa", "cách cho điểm", "ai chấm")
        title = f"**{sheet['title_vi']}** · {texts.LEVELS[sheet['unit_level']]}."
        opening = f"{title} {texts.VERDICT_RULES[sheet['verdict_rule']]} {sheet['note']}"
        parts = [opening, _table(head, [self._criterion(row) for row in lines]), self._classes()]
        return "\n\n".join(["## Bảng điểm", *(part for part in parts if part)])

    def _criterion(self, row: Row) -> tuple[str, ...]:
        strong = "**" if row["kind"] in ("section", "group") else ""
        named = [link for link in self.of("criterion_indicators") if link["criterion_code"] == row["criterion_code"]]
        figures = [f"`{link['indicator_code']}`" for link in named if link["part"] == "figure"]
        points = texts.POINTS_RULES[row["points_rule"]]
        pieces = [
            f"{texts.number(row['points_each'])} điểm {points}" if row["points_each"] else points,
            f"số liệu: {', '.join(figures)}" if figures else "",
            texts.VERIFICATIONS.get(row["verification"], ""),
            *(
                f"{texts.ZERO_BASES[rule['situation']]}: {texts.ZERO_BASE_RESULTS[rule['result']]}"
                for rule in self.of("zero_base_rules")
                if rule["criterion_code"] == row["criterion_code"]
            ),
        ]
        return (
            row["criterion_code"],
            f"{strong}{row['name_vi']}{strong}",
            texts.number(row["max_points"]),
            "; ".join(piece for piece in pieces if piece),
            self._scorers({link["indicator_code"] for link in named}),
        )

    def _scorers(self, indicators: set[str]) -> str:
        roles = {"self": "tự chấm", "verified": "chấm lại, thẩm định"}
        scorers = dict.fromkeys(
            f"{self.agencies.get(row['agency_code'], 'UBND')} ({roles[row['score_role']]})"
            for row in self.of("indicator_agencies")
            if row["indicator_code"] in indicators and row["score_role"]
        )
        return "; ".join(scorers)

    def _classes(self) -> str:
        rows = [
            (f"`{row['class_code']}`", row["name_vi"], texts.number(row["min_points"]), row["source"])
            for row in self.of("score_classes")
        ]
        return _table(("loại", "là", "ngưỡng điểm", "nguồn"), rows) if rows else ""

    # --- where the plan contradicts itself, what is assumed, what is not said ----------------------------------------

    def contradictions(self) -> str:
        """A contradiction that concerns several lines alike is listed once, with all of them."""
        notes: dict[tuple[str, str], list[str]] = {}
        for row in self.of("annex_footnotes"):
            notes.setdefault((row["contradiction_no"], row["indicator_code"]), []).append(row["footnote_vi"])
        alike: dict[tuple[str, ...], list[str]] = {}
        for row in self.of("contradictions"):
            key = (row["contradiction_no"], f"{row['kind']}: {row['reading_a']}", row["reading_b"], row["handling"])
            alike.setdefault(key, []).append(row["indicator_code"])
        rows = []
        for (number, *parts), lines in alike.items():
            printed = dict.fromkeys(note for line in lines for note in notes.get((number, line), []))
            rows.append((number, texts.codes([line for line in lines if line]), *parts, " ".join(printed)))
        if not rows:
            return ""
        opening = (
            "Không chỗ nào bị sửa ngầm: danh mục giữ điều phụ lục ghi, cách đọc kia đứng bên cạnh, và báo cáo in chú "
            "thích. Mô tả giữ nguyên tiếng Anh như khi đọc các kế hoạch."
        )
        head = ("số", "dòng", "một nơi ghi", "nơi khác ghi", "xử lý", "chú thích trên báo cáo")
        return "\n\n".join(["## Kế hoạch tự mâu thuẫn ở đâu", opening, _table(head, rows), *self._competing()])

    def _competing(self) -> list[str]:
        lines = [
            f"- `{row['indicator_code']}`, {texts.SCOPES[row['target_scope']]} {row['target_year']}: đang dùng "
            f"{texts.value(row)}. {row['competing_reading_vi']}"
            for row in self.of("targets")
            if row["competing_reading_vi"] and row["target_scope"] != "national"
        ]
        return ["### Mức kế hoạch có hai cách đọc", "\n".join(lines)] if lines else []

    def assumed(self) -> str:
        sentences = [*texts.sentences(self.programme["assumptions_vi"])]
        sentences += [sheet["note"] for sheet in self.of("score_sheets") if sheet["is_assumption"] == "true"]
        sentences += [
            f"`{rule['criterion_code']}`, {texts.ZERO_BASES[rule['situation']]}: {rule['basis_vi']}"
            for rule in self.of("zero_base_rules")
            if rule["is_assumption"] == "true"
        ]
        sentences += self._readings_of_targets()
        return "## Điều chúng tôi giả định\n\n" + "\n".join(f"- {sentence}" for sentence in sentences)

    def _readings_of_targets(self) -> Iterable[str]:
        """What the plan's sentence leaves to the reader: beyond a range, and what exceeds a target."""
        own = [row for row in self.of("targets") if row["target_scope"] != "national"]
        for end, beyond in texts.BEYOND.items():
            ranges = dict.fromkeys(row["indicator_code"] for row in own if row["better_end"] == end)
            if ranges:
                yield f"Mức kế hoạch là khoảng của {texts.codes([*ranges])}: {beyond}."
        if any(row["exceeded_when"] == "beyond_bound" for row in own):
            never = dict.fromkeys(
                row["indicator_code"] for row in own if row["exceeded_when"] == "never" and row["measure"] == "count"
            )
            counts = f" Số đếm ({texts.codes([*never])}) dưới mức là đạt, không gọi là vượt." if never else ""
            yield f"“Đạt vượt KH” là khi cả khoảng giá trị tốt hơn hẳn mức kế hoạch.{counts}"

    def not_in_the_plan(self) -> str:
        """The blanks of the catalogue: each is a row's empty cell, so the section cannot claim more than is there."""
        unpromised = self._without_target()
        unnumbered = [row["indicator_code"] for row in self.indicators if row["code_source"] == "ours"]
        blanks = [
            *(f"Ngày nộp của {who}." for who in self._undated()),
            *(f"Nơi nhận báo cáo của {who}." for who in self._unaddressed()),
            *(f"Số tiền của nguồn kinh phí “{source}”." for source in self._unfunded()),
            f"Mức kế hoạch của {texts.codes(unpromised)}: so sánh là “không có chỉ tiêu”." if unpromised else "",
            f"Mã của {texts.codes(unnumbered)}: mã do chúng tôi đặt." if unnumbered else "",
            *self._blank_units(),
            *self._blank_baselines(),
            *self._blank_points(),
        ]
        lines = [f"- {blank}" for blank in blanks if blank]
        closing = "Ô trống được giữ trống cho đến khi cơ quan có thẩm quyền điền."
        return "\n\n".join(["## Điều nguồn không nói", "\n".join(lines), closing]) if lines else ""

    def _undated(self) -> Iterable[str]:
        """Who owes without a date, those of the same periods together."""
        dated = {(row["unit_level"], row["agency_code"], row["period"]) for row in self.of("deadlines")}
        owed = [row["period"] for row in self.of("periods") if row["kind"] == "owed"]
        undated: dict[str, list[str]] = {}
        for row in self.of("reporters"):
            for period in owed if row["is_owed"] == "true" else ():
                is_its_own = row["period_from"] <= period <= row["period_to"]
                if is_its_own and (row["unit_level"], row["agency_code"], period) not in dated:
                    undated.setdefault(self._who(row["agency_code"], row["unit_level"]), []).append(period)
        alike: dict[str, list[str]] = {}
        for who, periods in undated.items():
            alike.setdefault(texts.span(periods), []).append(who)
        return (f"{'; '.join(names)}, kỳ {periods}" for periods, names in alike.items())

    def _unaddressed(self) -> list[str]:
        return [
            self._who(row["agency_code"], row["unit_level"])
            for row in self.of("report_recipients")
            if not row["recipient_vi"]
        ]

    def _unfunded(self) -> list[str]:
        return [row["funding_source_vi"] for row in self.of("budget_lines") if not row["amount_vnd"]]

    def _without_target(self) -> list[str]:
        targeted = {row["indicator_code"] for row in self.of("targets") if row["target_scope"] != "national"}
        scored = {row["indicator_code"] for row in self.of("criterion_indicators") if row["part"] != "figure"}
        return [row["indicator_code"] for row in self.indicators if row["indicator_code"] not in targeted | scored]

    def _blank_units(self) -> list[str]:
        codes = [row["indicator_code"] for row in self.indicators if not row["unit_vi"]]
        return [f"Đơn vị tính của {texts.codes(codes)}."] if codes else []

    def _blank_baselines(self) -> list[str]:
        codes = [
            row["indicator_code"] for row in self.of("baselines") if not row["value_low"] and not row["value_high"]
        ]
        return [f"Hiện trạng của {texts.codes(codes)}."] if codes else []

    def _blank_points(self) -> list[str]:
        criteria = [
            row["criterion_code"]
            for row in self.of("criteria")
            if not row["max_points"] and row["points_rule"] in ("reported", "indicators_met")
        ]
        classes = [row["unit_code"] for row in self.of("unit_classes") if not row["class_code"]]
        return [
            *([f"Điểm tối đa của {texts.codes(criteria)}."] if criteria else []),
            *([f"Loại của {len(classes)} đơn vị ({texts.codes(classes)})."] if classes else []),
        ]


def _basis(reporter: Row) -> str:
    """The plan's sentence; what is assumed says so, by itself or in front."""
    is_unmarked = reporter["is_assumption"] == "true" and "Giả định" not in reporter["basis_vi"]
    return ("Giả định: " if is_unmarked else "") + reporter["basis_vi"]


def _days(rows: Sequence[Row], reading: str) -> str:
    """The days in words: "trước 0 giờ ngày 30/11 của các năm 2026–2030"."""
    when = "trước 0 giờ ngày" if reading == "exclusive" else "hết ngày"
    days = [row["deadline_on"] for row in rows]
    if len(days) > 1 and len({day[4:] for day in days}) == 1:
        return f"{when} {texts.day(days[0])[:5]} của các năm {texts.span([day[:4] for day in days])}"
    return "; ".join(f"{when} {texts.day(day)}" for day in days)


@cache
def _unit_name(code: str, day: str) -> str:
    """The name of the unit that bears this code on that day (ISO)."""
    return next(
        row["unit_name"]
        for row in _rows("geography/org_units")
        if row["unit_code"] == code and row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])
