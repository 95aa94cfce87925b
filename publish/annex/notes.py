"""What the sheet of notes has about an annex: footnotes by number, and what its terms mean."""

from collections.abc import Iterator

from publish import notes
from publish.annex.types import Annex

OF_VERDICTS = (
    "“Đạt vượt KH”: cả khoảng giá trị tốt hơn mức kế hoạch. “chưa đạt”: chưa đến mức kế hoạch, năm của kế hoạch chưa "
    "đến. “chưa xác định”: số liệu chỉ cho biết một giới hạn, ví dụ >96, nên chưa biết có đạt mức kế hoạch hay không. "
    "“không so sánh được”: số liệu và kế hoạch khác cách đo."
)
OF_MILESTONES = (
    "Mốc: mức cần đến trong năm để đạt kế hoạch, do kế hoạch nêu hoặc tính từ hiện trạng đến chỉ tiêu. “giữ mức”: hiện "
    "trạng đã tốt hơn chỉ tiêu, nên mốc của mọi năm là chỉ tiêu."
)
OF_FIGURES = (
    "Tỷ lệ tổng hợp = tổng tử số ÷ tổng mẫu số của các đơn vị có số liệu; không lấy trung bình các tỷ lệ. Số liệu được "
    "ghi với đủ chữ số để thấy đúng kết quả so sánh."
)


def marks(annex: Annex) -> dict[tuple[str, str], int]:
    """The number of each footnote, by indicator and text, in the table's order."""
    found = [(entry.code, note) for entry in annex.entries for note in entry.footnotes]
    return {key: number for number, key in enumerate(found, 1)}


def blocks(annex: Annex) -> Iterator[notes.Block]:
    """The notes of an annex, without the version of the catalogue."""
    footnotes = [(f"({number})", f"Chỉ tiêu {code}", note) for (code, note), number in marks(annex).items()]
    footnotes += [("", "Cả kế hoạch", note) for note in annex.footnotes]
    if footnotes:
        yield notes.Block("Những chỗ kế hoạch ghi khác nhau, và cách đọc ở bảng này", footnotes)
    if annex.confirmed:
        confirmed = [("", f"Chỉ tiêu {code}", text) for code, text in annex.confirmed]
        yield notes.Block("Số liệu khác thường mà đơn vị gửi đã xác nhận", confirmed)
    terms = [OF_VERDICTS] if annex.has("comparison") else []
    terms += [OF_MILESTONES] if annex.has("milestone") else []
    yield notes.Block("Cách ghi trong bảng", [("", "", text) for text in (*terms, OF_FIGURES)])
