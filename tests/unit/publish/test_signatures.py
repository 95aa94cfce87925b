"""The block below a table that is signed, in wide and in narrow tables."""

from io import BytesIO

import openpyxl
import pytest
import xlsxwriter

from publish import signatures
from publish.drawing import Drawing
from publish.signatures import Signatures

SIGNED = Signatures("Đa Mai", (("Người lập biểu", "(Ký)"), ("Thủ trưởng đơn vị", "(Chữ ký, dấu)")), ("Sở Y tế",))


def drawn(widths: list[float], block: Signatures) -> tuple[dict[str, tuple[int, int]], float, float]:
    """Row and column of each text, the height that was announced, and the height that it took."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        drawing = Drawing(book, "Phụ lục", widths)
        announced = signatures.height(drawing, block)
        signatures.draw(drawing, block)
        taken = drawing.height_between(0, drawing.row)
    sheet = openpyxl.load_workbook(buffer).active
    cells = {str(cell.value): (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value}
    return cells, announced, taken


@pytest.mark.parametrize(
    "widths", [[17, 44, 9, 11, 15, 15, 11, 11], [62, 11, 24], [6, 28, 26, 10, 11, 20, 90], [10, 90]]
)
def test_the_block_takes_the_height_that_pages_are_made_with(widths):
    _, announced, taken = drawn(widths, SIGNED)
    assert announced == pytest.approx(taken)


def test_recipients_are_left_of_the_signers_and_below_them_in_a_narrow_table():
    wide, _, _ = drawn([40, 40, 40], SIGNED)
    assert wide["Nơi nhận:"][0] == wide["NGƯỜI LẬP BIỂU"][0] == wide["THỦ TRƯỞNG ĐƠN VỊ"][0]
    assert wide["Nơi nhận:"][1] < wide["NGƯỜI LẬP BIỂU"][1] < wide["THỦ TRƯỞNG ĐƠN VỊ"][1]
    narrow, _, _ = drawn([62, 11, 24], SIGNED)
    assert narrow["Nơi nhận:"][0] > narrow["(Ký)"][0] + 2
    assert "- Sở Y tế;" in narrow and "Đa Mai, ngày …… tháng …… năm ………" in narrow


def test_where_no_row_says_who_signs_nothing_is_drawn_and_unknown_recipients_are_blank():
    assert drawn([40, 40, 40], Signatures("Đa Mai")) == ({}, 0, 0)
    blank, _, _ = drawn([40, 40, 40], Signatures("Đa Mai", SIGNED.signers))
    assert "- …………………;" in blank


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [
        ("Phường Đa Mai", "phường", "Đa Mai"),
        ("Thị Trấn Châu Ổ", "thị trấn", "Châu Ổ"),
        ("Phường 1", "phường", "Phường 1"),
    ],
)
def test_the_place_is_the_name_without_its_type_unless_it_is_a_number(name, kind, place):
    assert signatures.place_of(name, kind) == place
