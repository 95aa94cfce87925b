"""Reports that nobody sent, as CSV and as workbooks: cells that the grammar of the form allows, and cells beside it."""

import random
from io import BytesIO

import xlsxwriter

from tests.fuzz.mutations import NUMBERS

CODES = ("5.1", "5.2", "7", "11.1", "3.1", "1", "99", "")
HEADINGS = (
    ("programme", "period", "unit_code", "indicator", "numerator", "denominator", "value", "note"),
    ("chuong_trinh", "ky_bao_cao", "ma_don_vi", "chi_tieu", "tu_so", "mau_so", "gia_tri", "ghi_chu"),
    ("Chương trình", "Kỳ báo cáo", "Mã đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số", "Giá trị", "Ghi chú"),
)
KEYS = ("bacninh-2026-2030", "2026", "07228")
UNITS = ("", "", "", " trẻ", "%", " %", "‰", " người")
BOUNDS = ("", "", "", "", "<", "≤ ", "> ", "dưới ", "ít nhất ", "khoảng ")


def made_up(chance: random.Random) -> bytes:
    rows = [list(chance.choice(HEADINGS))]
    for _ in range(chance.randint(1, 12)):
        keys = [key if chance.random() < 0.97 else cell(chance) for key in KEYS]
        rows.append([*keys, chance.choice(CODES), *(cell(chance) for _ in range(3)), chance.choice(("", "ghi chú"))])
    return as_csv(rows, chance) if chance.random() < 0.5 else as_workbook(rows, chance)


def cell(chance: random.Random) -> str:
    if chance.random() < 0.25:
        return chance.choice(NUMBERS)
    number = chance.choice((chance.randrange(1000), chance.randrange(10**7), round(chance.random() * 100, 2)))
    text = f"{number:,}" if chance.random() < 0.2 else str(number)
    if chance.random() < 0.4:
        text = text.replace(",", "_").replace(".", ",").replace("_", chance.choice((".", " ", "")))
    return f"{chance.choice(BOUNDS)}{text}{chance.choice(UNITS)}"


def as_csv(rows: list[list[str]], chance: random.Random) -> bytes:
    delimiter = chance.choice(",;;\t")
    lines = [delimiter.join(_quoted(text, delimiter, chance) for text in row) for row in rows]
    end = chance.choice(("\n", "\r\n"))
    return (end.join(lines) + chance.choice((end, end, ""))).encode(chance.choice(("utf-8", "utf-8-sig", "utf-16")))


def _quoted(text: str, delimiter: str, chance: random.Random) -> str:
    is_needed = any(mark in text for mark in (delimiter, '"', "\n"))
    return f'"{text}"' if (is_needed and chance.random() < 0.9) or chance.random() < 0.05 else text


def as_workbook(rows: list[list[str]], chance: random.Random) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(chance.choice(("Báo cáo", "Sheet1")))
        percent = book.add_format({"num_format": chance.choice(("0%", "0.0%", "0.00", "@", "dd/mm/yyyy"))})
        top, left = chance.choice(((0, 0), (0, 0), (3, 1)))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                place = (top + number, left + column)
                if number and column > 3 and _is_number(text) and chance.random() < 0.7:
                    sheet.write_number(*place, float(text), percent if chance.random() < 0.2 else None)
                elif text:
                    sheet.write_string(*place, text)
    return buffer.getvalue()


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()
