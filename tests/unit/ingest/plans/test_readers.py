"""A plan as text, Word and Excel is one plan, and what cannot be read has an error in words."""

import sys
import zipfile

import openpyxl
import pytest

from ingest.plans import document, readers
from tests.unit.pipeline.draft_quality import PLANS
from warehouse.errors import WrongCall

ROWS = [
    ["TT", "Chỉ tiêu", "Đơn vị tính", "Hiện trạng 2026", "Năm 2027", "Năm 2029"],
    ["1", "Tỷ lệ trẻ em biết bơi an toàn", "%", "41,5", "≥60", "≥80"],
]


def test_a_word_table_has_its_rows_and_cells_and_the_text_its_paragraphs():
    text, docx = (readers.read(PLANS / f"000_6962923d4d476e9a.{kind}") for kind in ("txt", "docx"))
    rows = [[line.cells for line in each.lines if line.cells] for each in (text, docx)]

    assert len(rows[0]) == 42
    assert [row for row in rows[1] if row not in rows[0]] == []
    assert [each.text for each in document.paragraphs(text)][:90] == [each.text for each in document.paragraphs(docx)][
        :90
    ]


def test_a_row_of_a_sheet_is_a_row_and_a_lone_cell_is_a_sentence(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Phụ lục"
    for row in (["KẾ HOẠCH (ví dụ)"], *ROWS):
        book.active.append(row)
    book.save(tmp_path / "ke-hoach.xlsx")

    lines = readers.read(tmp_path / "ke-hoach.xlsx").lines
    assert (lines[0].text, lines[0].cells) == ("KẾ HOẠCH (ví dụ)", ())
    assert [list(line.cells) for line in lines[1:]] == ROWS
    assert lines[2].place == "Phụ lục!A3"


def test_wrapped_lines_are_one_paragraph_and_bullets_numbers_and_headings_begin_one():
    text = (
        "II. MỤC TIÊU\n- Nâng cao nhận thức về phòng, chống đuối nước cho trẻ em và\n\n"
        "cha mẹ trên địa bàn.\n3\n1. Sở Y tế\nChủ trì."
    )
    made = document.paragraphs(document.of_text("a.txt", text))
    assert [(each.line, each.text[:12]) for each in made] == [
        (1, "II. MỤC TIÊU"),
        (2, "- Nâng cao n"),
        (5, "3"),
        (6, "1. Sở Y tế"),
        (7, "Chủ trì."),
    ]
    assert made[1].line_at(made[1].text.index("cha mẹ")) == 4


def test_a_pdf_without_its_reader_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    (tmp_path / "ke-hoach.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(WrongCall, match=r"PDF.*pip install pdfplumber.*\.docx hay \.txt"):
        readers.read(tmp_path / "ke-hoach.pdf")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.odt", b"PK", r"không đọc được tệp \.odt.*\.txt, \.docx, \.xlsx, \.pdf"),
        ("a.txt", "Kế hoạch".encode("utf-16"), "không phải UTF-8"),
        ("a.txt", b"  \n \n", "không có chữ nào"),
        ("a.docx", b"Ke hoach", r"không phải văn bản \.docx"),
        ("a.xlsx", b"Ke hoach", r"không phải sổ \.xlsx"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongCall, match=message):
        readers.read(tmp_path / name)


def test_a_zip_without_a_text_and_a_file_that_is_not_there_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("readme", "no document")
    with pytest.raises(WrongCall, match="không phải văn bản"):
        readers.read(tmp_path / "a.docx")
    with pytest.raises(WrongCall, match="Không có tệp"):
        readers.read(tmp_path / "b.docx")
