"""The form of one unit: the catalogue's rows as the lines of a workbook."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from publish import formatting
from warehouse import code_labels
from warehouse.catalogue import DEFAULT_AGENCY

Part = Literal["numerator", "denominator", "value"]
PARTS: tuple[Part, ...] = ("numerator", "denominator", "value")
TYPES = code_labels.vietnamese("submission_type")
YES_NO = ("Có", "Không")
MET_OR_NOT = ("Đạt", "Không đạt")
SCORED_BY = {"self": "số điểm tự chấm", "verified": "số điểm thẩm định"}


@dataclass(frozen=True)
class Previous:
    """The previous figure of a line. shown: as people write it. is_made_up: its report was."""

    shown: str
    period: str
    is_made_up: bool = False


@dataclass(frozen=True)
class Line:
    """One indicator as a unit reports it. factor: what the division is multiplied with, None if there is none.

    hard_max: the most that it can be, None where that is not known.
    answers: the words for yes and no. score_role: `self` or `verified` where points are asked.
    score_kind: the kind of the score sheet's line (`line`, `bonus`, `deduction`), empty where there is none.
    """

    code: str
    name: str
    unit: str
    objective: str
    heading: str
    measure: str
    aggregation: str
    factor: Decimal | None
    numerator: str
    denominator: str
    is_part_of_whole: bool
    is_required: bool
    hard_max: Decimal | None = None
    answers: tuple[str, str] = YES_NO
    score_role: str = ""
    score_kind: str = ""
    evidence: str = ""
    previous: Previous | None = None

    @property
    def is_yes_no(self) -> bool:
        return self.measure == "yes_no"

    @property
    def is_points(self) -> bool:
        return self.measure == "points"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The cells that this line has; the others stay closed."""
        if self.measure in ("yes_no", "points") or self.aggregation == "none":
            return ("value",)
        if self.aggregation == "sum":
            return ("numerator",)
        return PARTS

    @property
    def how(self) -> str:
        """How the figure is made, in one sentence for the person who fills it in."""
        if self.is_points:
            return self._points_how()
        if self.is_yes_no:
            return f"Ghi {self.answers[0]} hoặc {self.answers[1]} vào cột Giá trị."
        if self.aggregation == "sum":
            return f"Ghi vào cột Tử số: số {self.numerator}."
        if self.aggregation == "none":
            return "Ghi kết quả vào cột Giá trị."
        if self.aggregation == "relative_change":
            return f"Tử số: số {self.numerator}.\nMẫu số: số {self.denominator}.\nMức giảm = (mẫu − tử) ÷ mẫu × 100."
        factor = 100 if self.measure == "share" else self.factor
        times = f" × {factor:,.0f}".replace(",", ".") if factor else ""
        return f"Tử số: số {self.numerator}.\nMẫu số: số {self.denominator}.\nGiá trị = tử ÷ mẫu{times}."

    def _points_how(self) -> str:
        what = SCORED_BY.get(self.score_role, "số điểm")
        if self.score_kind == "deduction":
            what = "số điểm bị trừ là số dương, không bị trừ ghi 0"
        most = (
            "; nguồn không nêu mức tối đa" if self.hard_max is None else f", tối đa {formatting.number(self.hard_max)}"
        )
        evidence = f"\nMinh chứng: {self.evidence.rstrip('.')}." if self.evidence else ""
        return f"Ghi {what}{most}.{evidence}"


@dataclass(frozen=True)
class Form:
    """A report to be: who reports about whom for which period. deadline, phrase and window are for people."""

    programme_code: str
    programme_name: str
    period: str
    unit_code: str
    unit_name: str
    unit_level: str
    lines: tuple[Line, ...]
    agency_code: str = DEFAULT_AGENCY
    agency_name: str = ""
    submission_type: str = "full"
    deadline: str = ""
    window: str = ""
    is_made_up: bool = False
    unit_id: str = ""

    @property
    def title(self) -> str:
        """The kind of sheet, by its lines."""
        roles = {line.score_role for line in self.lines if line.is_points}
        if "verified" in roles:
            return "PHIẾU THẨM ĐỊNH ĐIỂM"
        if roles:
            return "BẢNG TỰ CHẤM ĐIỂM VÀ KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU"
        return "BÁO CÁO KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU"

    @property
    def reporter(self) -> str:
        """Who reports, and about whom where it is not the unit itself."""
        own = f"UBND {self.unit_name}"
        return f"Báo cáo của {self.agency_name} về {self.unit_name}" if self.agency_name else f"Báo cáo của {own}"

    @property
    def previous_period(self) -> str | None:
        """The period that most of the earlier figures are of; None where there are none."""
        periods = Counter(line.previous.period for line in self.lines if line.previous)
        return max(periods, key=lambda period: (periods[period], period)) if periods else None

    def only(self, codes: Iterable[str]) -> tuple[Line, ...]:
        """The lines with these codes, in the plan's order.

        Raises KeyError for a code that the form does not have.
        """
        wanted = set(codes)
        if missing := wanted - {line.code for line in self.lines}:
            raise KeyError(f"{self.programme_code}: không có chỉ tiêu {', '.join(sorted(missing))}")
        return tuple(line for line in self.lines if line.code in wanted)


Cell = int | float | Decimal | str
Filled = Mapping[str, Mapping[Part, Cell]]
"""What stands in the input cells: by indicator code, by part."""
