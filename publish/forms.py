"""What the workbook of one unit asks for: the catalogue's rows, put in the words of a form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Part = Literal["numerator", "denominator", "value"]
PARTS: tuple[Part, ...] = ("numerator", "denominator", "value")
TYPES = {"full": "đầy đủ", "correction": "đính chính", "retraction": "rút"}


@dataclass(frozen=True)
class Line:
    """One indicator as it is asked of a unit. factor: what the division is multiplied with, None if there is none."""

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

    @property
    def is_yes_no(self) -> bool:
        return self.measure == "yes_no"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The cells that this line asks for; the others stay closed."""
        if self.is_yes_no or self.aggregation == "none":
            return ("value",)
        if self.aggregation == "sum":
            return ("numerator",)
        return PARTS

    @property
    def how(self) -> str:
        """How the figure is made, in one sentence for the person who fills it in."""
        if self.is_yes_no:
            return "Ghi Có hoặc Không vào cột Giá trị."
        if self.aggregation == "sum":
            return f"Ghi vào cột Tử số: số {self.numerator}."
        if self.aggregation == "none":
            return "Ghi kết quả vào cột Giá trị."
        if self.aggregation == "relative_change":
            return f"Tử số: số {self.numerator}.\nMẫu số: số {self.denominator}.\nMức giảm = (mẫu − tử) ÷ mẫu × 100."
        times = f" × {self.factor:,.0f}".replace(",", ".") if self.factor else ""
        return f"Tử số: số {self.numerator}.\nMẫu số: số {self.denominator}.\nGiá trị = tử ÷ mẫu{times}."


@dataclass(frozen=True)
class Form:
    """A report to be: who reports what to whom for which period. deadline, phrase and window are for people."""

    programme_code: str
    programme_name: str
    period: str
    unit_code: str
    unit_name: str
    unit_level: str
    lines: tuple[Line, ...]
    agency_code: str = "UBND"
    submission_type: str = "full"
    deadline: str = ""
    window: str = ""
    is_made_up: bool = False

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
