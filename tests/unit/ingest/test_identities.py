"""Personal data is found wherever it is in a file, and the answer has where and of which kind, never what.

Nobody here exists: the names say that they are samples, and numbers are counted up.
"""

import io
import quopri
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from ingest import reading
from ingest.identities import names, patterns, withholding
from tests.fixtures import make_submissions as made
from tests.unit.ingest.conftest import PROGRAMME
from warehouse.errors import WrongCall

NAME = "Nguyễn Văn " + "Mẫu"
DAY = "/".join(("01", "02", "2019"))
NUMBER = "0" + "".join(str(digit % 10) for digit in range(11))
MOBILE = "09" + "12345678"
ADDRESS = "số nhà " + "12"

HEADER = "chuong_trinh;ky_bao_cao;ma_don_vi;chi_tieu;tu_so;mau_so;gia_tri;ghi_chu"
LINE = f"{PROGRAMME};2026;07228;5.1;291;300;;"

FOUND = {
    f"CCCD {NUMBER}": ["personal_number"],
    f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:9]} {NUMBER[9:]}": ["personal_number"],
    f"mã {'1' + NUMBER[1:]}": ["personal_number"],
    f"{NAME}, sinh ngày {DAY}": ["personal_birth"],
    f"{NAME} ({DAY})": ["personal_birth"],
    f"{NAME} SN 2019": ["personal_birth"],
    f"{NAME.upper()}, sinh năm 2019": ["personal_birth"],
    f"ngày sinh: {DAY}": ["personal_birth"],
    f"01 ca tử vong: cháu {NAME}, thôn 3": ["personal_name"],
    f"Họ và tên trẻ: {NAME}": ["personal_name"],
    f"mẹ cháu: {MOBILE}": ["personal_phone"],
    f"SĐT {MOBILE[:4]} {MOBILE[4:7]} {MOBILE[7:]}": ["personal_phone"],
    f"ở {ADDRESS}, thôn 3": ["personal_address"],
    "nhà ở số 12/5 ngõ 3": ["personal_address"],
    NUMBER[:3] + "".join(f"\u00a0{NUMBER[at : at + 3]}" for at in (3, 6, 9)): ["personal_number"],
    f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}": ["personal_number"],
    f"Mẫu,{NUMBER}": ["personal_number"],
    f"CCCD{NUMBER}": ["personal_number"],
    f"CMND {NUMBER[:9]}": ["personal_number"],
    f"CCCD {' '.join(NUMBER)}": ["personal_number"],
    f"BHYT TE1{NUMBER}": ["personal_number"],
    f"{NAME.replace(' ', '  ')} SN 2019": ["personal_birth"],
    f"{NAME.replace(' ', chr(0xA0))} SN 2019": ["personal_birth"],
    f"{NAME}, nam, dân tộc Kinh, sinh năm 2019": ["personal_birth"],
    f"{NAME} chết ngày {DAY}": ["personal_birth"],
    f"{NAME}, 5 tuổi": ["personal_birth"],
    f"ngày sinh của cháu: {DAY}": ["personal_birth"],
    f"01 bé gái {NAME}": ["personal_name"],
    f"con của chị {NAME}": ["personal_name"],
    f"trẻ {NAME}, thôn 3": ["personal_name"],
    f"em {NAME}": ["personal_name"],
    f"mẹ là {NAME}": ["personal_name"],
    f"họ tên mẹ: {NAME}": ["personal_name"],
    "x " * 10_001 + f"cháu {NAME}": ["personal_name"],
}
"""Notes in a line of figures, and what is found in them."""

PASSED = (
    "Trẻ sinh từ ngày 01/01/2026 đến ngày 30/6/2026",
    "Số trẻ sinh năm 2025 là 120",
    "Số liệu tính đến ngày 30/11/2026",
    f"Đ/c {NAME}, trạm y tế, {MOBILE}",
    f"Người báo cáo: {NAME}, ngày {DAY}",
    "Kinh phí 123456789012 đồng",
    "Xuất lúc 202611201330",
    "Quyết định số 1234/QĐ-UBND ngày 05/11/2026",
    "Trường mầm non tại số 12 đường Hoàng Văn Thụ",
    "Trẻ em Trường Tiểu học Lê Văn Tám",
    "cháu ngoan Bác Hồ: 120 cháu",
    "Liên hệ Phòng Y tế 0204 3854 123",
    "1.234.567.890.123",
    "0001234567",
    "urn:uuid:6f1c1d5e-6d2b-4b0e-9f0a-012345678901",
    "Cấp số định danh cho 1.234/1.300 trẻ theo Thông tư 17/2024/TT-BCA",
    "Mã định danh đơn vị: 000.12.34.H05",
    "Trẻ em xã Lê Hồng Phong, trẻ 5 tuổi: 120",
    "Trẻ Cao Bằng, em Hà Giang",
    "Phường Trần Hưng Đạo: 5 tuổi 120 trẻ",
    "Học sinh Trần Hưng Đạo: 300",
    "0,012345678901",
)
"""Notes of reports as they are."""

UNDER_THE_TABLE = (
    f";;;Người lập biểu: {NAME};;;;",
    f";;;Điện thoại: {MOBILE};;;;",
    f";;;Đa Mai, ngày 20 tháng 11 năm 2026;;;;{NAME}",
    f";;;{NAME};{MOBILE};;;20/11/2026",
    ";;;Địa chỉ: Số nhà 12 đường Hoàng Văn Thụ;;;;",
)
"""An officer's name, telephone, day and the office's address."""


def found_in(reports):
    return [issue.rule for report in reports for issue in report.issues]


def of_note(note):
    return "\n".join((HEADER, LINE.removesuffix(";") + f";{note}", LINE.replace(";5.1;", ";5.2;"))) + "\n"


@pytest.mark.parametrize("note", FOUND)
def test_a_note_with_personal_data_is_found_and_never_quoted(note, measures):
    (report,) = reading.read(of_note(note).encode(), measures)
    assert [(issue.rule, issue.line, issue.raw) for issue in report.issues] == [(rule, 2, None) for rule in FOUND[note]]
    assert (report.programme, report.period, report.unit_code) == (PROGRAMME, "2026", "07228")
    assert not report.lines and withholding.is_restricted([report])
    assert note not in repr(report)


@pytest.mark.parametrize("note", PASSED)
def test_a_note_of_an_office_is_passed(note, measures):
    (report,) = reading.read(of_note(note).encode(), measures)
    assert not withholding.is_restricted([report])
    assert len(report.lines) == 2


@pytest.mark.parametrize("line", UNDER_THE_TABLE)
def test_the_officer_under_the_table_is_no_child(line, measures):
    reports = reading.read(f"{HEADER}\n{LINE}\n{line}\n".encode(), measures)
    assert not withholding.is_restricted(reports)


@pytest.mark.parametrize("figure", [NUMBER, "1" + NUMBER[1:], MOBILE])
def test_a_number_of_a_person_in_a_figure_is_found(figure, measures):
    text = f"{HEADER}\n{LINE.replace(';291;', f';{figure};')}\n"
    (report,) = reading.read(text.encode(), measures)
    assert found_in([report]) == ["personal_number" if len(figure) == 12 else "personal_phone"]


def test_one_report_with_personal_data_holds_the_file_back_and_names_which(measures):
    good = LINE.replace("07228", "07210")
    text = f"{HEADER}\n{good}\n{LINE.removesuffix(';')};{NUMBER}\n"
    reports = {report.unit_code: report for report in reading.read(text.encode(), measures)}
    assert [(issue.rule, issue.line) for issue in reports["07228"].issues] == [("personal_number", 3)]
    assert found_in([reports["07210"]]) == ["personal_data_elsewhere"]


def test_keys_that_are_no_codes_are_left_out(measures):
    text = f"{HEADER}\n{LINE.replace('07228', NUMBER)}\n"
    (report,) = reading.read(text.encode(), measures)
    assert (report.programme, report.unit_code) == (PROGRAMME, None)
    assert found_in([report]) == ["personal_number"]


def test_of_the_broken_examples_none_is_taken_for_personal_data_but_the_one_that_is(tmp_path, measures):
    files = made.create_check_tables(tmp_path)
    found = [file.name for file in files if withholding.is_restricted(reading.read(file.read_bytes(), measures))]
    assert len(files) > 90 and found == ["personal_number.csv"]


# --- workbooks ------------------------------------------------------------------------------------


def workbook(change=lambda book: None, **parts):
    """The report of the fixtures, changed; parts: added to its package, `/` in their names as `__`."""
    book = openpyxl.load_workbook(io.BytesIO(made.workbook()))
    change(book)
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def places(data, measures):
    return [(issue.rule, issue.sheet, issue.cell) for report in reading.read(data, measures) for issue in report.issues]


def test_the_workbook_itself_is_passed(measures):
    assert not withholding.is_restricted(reading.read(workbook(), measures))


def test_a_list_on_a_hidden_sheet_is_found_by_its_headings(measures):
    def change(book):
        sheet = book.create_sheet("Danh sách")
        sheet.sheet_state = "hidden"
        sheet.append(["STT", "Họ và tên", "Ngày, tháng, năm sinh", "Nơi ở"])
        sheet.append([1, NAME, 2019, "thôn 3"])

    assert places(workbook(change), measures) == [("personal_birth", "Danh sách", "B2")]


def test_a_list_that_nobody_filled_in_or_of_who_works_there_is_passed(measures):
    def change(book):
        book.create_sheet("Mẫu").append(["STT", "Họ và tên", "Ngày sinh"])
        officers = book.create_sheet("Cán bộ")
        officers.append(["STT", "Họ và tên", "Năm sinh", "Chức vụ", "Số điện thoại"])
        officers.append([1, NAME, 1985, "Công chức VHXH", MOBILE])

    assert not withholding.is_restricted(reading.read(workbook(change), measures))


@pytest.mark.parametrize(
    "rows",
    [
        [["STT", "Tên", "Tuổi"], [1, NAME, 5]],
        [["Họ đệm", "Tên", "Sinh ngày"], [NAME.rpartition(" ")[0], "Mẫu", DAY]],
        [["DANH SÁCH TRẺ EM BỊ XÂM HẠI NĂM 2026"], ["STT", "Họ và tên", "Thôn"], [1, NAME, "3"]],
        [["Họ và tên:", NAME], ["Ngày sinh:", DAY]],
        [["Số CCCD", int(NUMBER)]],
    ],
)
def test_lists_and_forms_of_persons_are_found_by_what_is_above_or_beside(rows, measures):
    def change(book):
        sheet = book.create_sheet("Phụ biểu")
        for row in rows:
            sheet.append(row)

    assert withholding.is_restricted(reading.read(workbook(change), measures))


def test_a_list_of_officers_under_the_title_of_another_is_passed(measures):
    def change(book):
        sheet = book.create_sheet("Phụ biểu")
        for row in (["DANH SÁCH CÁN BỘ LÀM CÔNG TÁC TRẺ EM"], ["STT", "Họ và tên", "Điện thoại"], [1, NAME, MOBILE]):
            sheet.append(row)

    assert not withholding.is_restricted(reading.read(workbook(change), measures))


@pytest.mark.parametrize(
    ("headings", "values", "rule"),
    [
        (["Số CCCD"], [int(NUMBER)], "personal_number"),
        (["Số CCCD/CMND"], [int(NUMBER)], "personal_number"),
        (["Họ tên mẹ"], [NAME], "personal_name"),
        (["Họ tên trẻ"], [NAME], "personal_name"),
        (["SĐT phụ huynh"], [MOBILE], "personal_phone"),
        (["Địa chỉ trẻ"], ["thôn 3, xã Mẫu"], "personal_address"),
    ],
)
def test_an_extra_column_is_found_by_its_heading(headings, values, rule, measures):
    def change(book):
        for row in (headings, values):
            book["Báo cáo"].cell(7 if row is headings else 8, 12, row[0])

    assert (rule, "Báo cáo", "L8") in places(workbook(change), measures)


def test_a_comment_is_found_by_its_cell(measures):
    def change(book):
        book["Báo cáo"]["D8"].comment = Comment(f"cháu {NAME}", "Kiểm tra")

    assert places(workbook(change), measures) == [("personal_name", "Báo cáo", "D8")]


def test_properties_margins_and_hidden_copies_are_found_and_named(measures):
    def change(book):
        book.properties.title = f"Hồ sơ {NUMBER}"
        book["Báo cáo"].oddHeader.center.text = f"cháu {NAME}"

    copy = f'<pivotCacheRecords><r><s v="cháu {NAME}"/></r></pivotCacheRecords>'
    reports = reading.read(workbook(change, xl__pivotCache__pivotCacheRecords1=copy), measures)
    named = {issue.values["place_vi"]: issue.values["kind_vi"] for report in reports for issue in report.issues}
    assert set(named) == {"Thuộc tính của tệp (File, Info)", "Đầu trang hoặc chân trang", "Dữ liệu ẩn trong tệp"}
    assert named["Thuộc tính của tệp (File, Info)"] == "số giống số định danh cá nhân"
    assert set(found_in(reports)) == {"personal_data_in_file"}


CHILD = f"cháu {NAME}"
PARTS = {
    "xl__drawings__drawing9": f'<wsDr><cNvPr id="2" name="P" descr="{CHILD}"/></wsDr>',
    "xl__tables__table9": f'<table><tableColumns><tableColumn name="{CHILD}"/></tableColumns></table>',
    "xl__externalLinks__externalLink9": f'<externalLink><sheetName val="{CHILD}"/></externalLink>',
    "customXml__item9": f"<a b='{CHILD}'/>",
}
"""Parts with a child in an attribute: an alternative text, the name of a column, of a sheet elsewhere, a property."""
BEHIND_THE_CELLS = (
    f'<dataValidations><dataValidation type="list" sqref="Z1"><formula1>"{CHILD}"</formula1></dataValidation>'
    "</dataValidations>",
    f'<dataValidations><dataValidation prompt="{CHILD}" sqref="Z1"/></dataValidations>',
    f'<hyperlinks><hyperlink ref="Z1" location="a" tooltip="{CHILD}"/></hyperlinks>',
)
"""Of a sheet: a list to choose from, a hint, and the hint of a link."""


@pytest.mark.parametrize("name", PARTS)
def test_a_child_in_an_attribute_of_a_part_is_found(name, measures):
    reports = reading.read(workbook(**{name: PARTS[name]}), measures)
    assert set(found_in(reports)) == {"personal_data_in_file"} and NAME not in repr(reports)


def changed(part, before, after):
    """The report of the fixtures with a text in one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as package, zipfile.ZipFile(out, "w") as copy:
        for name in package.namelist():
            content = package.read(name).decode() if name == part else package.read(name)
            assert name != part or before in content
            copy.writestr(name, content.replace(before, after) if name == part else content)
    return out.getvalue()


@pytest.mark.parametrize("added", BEHIND_THE_CELLS)
def test_a_child_behind_the_cells_of_a_sheet_is_found(added, measures):
    data = changed("xl/worksheets/sheet1.xml", "</worksheet>", f"{added}</worksheet>")
    assert set(found_in(reading.read(data, measures))) == {"personal_data_in_file"}


def test_a_text_that_no_cell_shows_any_more_is_found(measures):
    data = workbook(xl__sharedStrings=f"<sst><si><t>{CHILD}</t></si></sst>")
    assert set(found_in(reading.read(data, measures))) == {"personal_data_in_file"}


def test_a_sheet_named_after_a_child_is_not_named_in_the_receipt(measures):
    def change(book):
        book.create_sheet(f"cháu {NAME}")["A1"] = f"sinh ngày {DAY}"

    reports = reading.read(workbook(change), measures)
    assert {issue.sheet for report in reports for issue in report.issues} == {"trang 2"}
    assert NAME not in repr(reports)


def test_a_file_that_is_no_report_is_looked_through_too(measures):
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as package:
        package.writestr("word/document.xml", f"<w:p><w:t>cháu </w:t><w:t>{NAME}</w:t></w:p>")
    letter = f"From: a@example.vn\nTo: b@example.vn\nSubject: x\n\nCCCD {NUMBER}\n"
    nothing_read = f"Danh sách;Họ tên trẻ\n1;{NAME}\n"
    assert found_in(reading.read(document.getvalue(), measures)) == ["personal_data_in_file"]
    assert found_in(reading.read(letter.encode(), measures)) == ["personal_number"]
    assert found_in(reading.read(nothing_read.encode(), measures)) == ["personal_name"]


OLD_DOCUMENT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 501 + "WordDocument".encode("utf-16-le")
TABLE = f"<tr><{{0}}>Họ và tên</{{0}}><{{0}}>Ngày sinh</{{0}}></tr><tr><{{0}}>{NAME}</{{0}}><{{0}}>{DAY}</{{0}}></tr>"


def document(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        OLD_DOCUMENT + b"\0" * 9 + f"tử vong: {CHILD}".encode("utf-16-le"),
        f"{HEADER}\n{LINE}{CHILD}\n".encode("utf-16-le"),
        f"{HEADER}\n{LINE}{CHILD}\n".encode("utf-16-be"),
        f"<html><body><table>{TABLE.format('td')}</table></body></html>".encode(),
        f"<html><p>cháu <b>{''.join(f'&#{ord(letter)};' for letter in NAME)}</b></p></html>".encode(),
        document(f"<w:tbl>{TABLE.format('tc').replace('tr>', 'w:tr>').replace('tc>', 'w:tc>')}</w:tbl>"),
        b"From: a@b.vn\nTo: b@b.vn\nSubject: x\nContent-Transfer-Encoding: quoted-printable\n\n"
        + quopri.encodestring(CHILD.encode()),
    ],
)
def test_old_documents_pages_and_tables_of_documents_are_looked_through(data, measures):
    assert withholding.is_restricted(reading.read(data, measures))


# --- names of files -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"CCCD_{NUMBER}.xlsx", f"cháu_{NAME.replace(' ', '_')}.xlsx", f"{NAME} SN 2019.XLSX"])
def test_the_name_of_a_file_is_replaced_where_it_is_a_persons(name):
    shown = names.readable(f"inbox/07228/{name}")
    assert shown.startswith("inbox/07228/tep-") and shown.endswith(".xlsx")
    assert names.readable(f"other/{name}").rpartition("/")[2] == shown.rpartition("/")[2]
    assert names.findings(name, patterns.current())


def test_a_folder_named_after_a_child_is_replaced_too():
    shown = names.readable(f"inbox/cháu {NAME}/Báo cáo.xlsx")
    assert shown.startswith("inbox/tep-") and shown.endswith("/Báo cáo.xlsx")
    assert names.is_replaced(shown) and not names.is_replaced("inbox/07228/Báo cáo.xlsx")


@pytest.mark.parametrize(
    "name", ["Báo cáo 2026.xlsx", f"BC_{NAME}_20-11-2026.xlsx", "20261120133000.csv", "z1234567890123.xlsx"]
)
def test_the_name_of_an_officer_or_a_time_stays(name):
    assert names.readable(name) == name
    assert not names.findings(name, patterns.current())


def test_a_pattern_of_the_office_counts_beside_those_that_are_shipped(tmp_path, monkeypatch):
    text = "hồ sơ M-77 của trẻ"
    assert patterns.current().rules(text, "cell") == []
    row = "pattern_code,rule_code,scope,pattern,unless_pattern,source\nown,personal_number,cell,hồ sơ M-[0-9]+,,ours\n"
    (tmp_path / "identity_patterns.csv").write_text(row, encoding="utf-8")
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(tmp_path))
    assert patterns.current().rules(text, "cell") == ["personal_number"]
    assert patterns.current().rules(NUMBER, "cell") == ["personal_number"]


@pytest.mark.parametrize("pattern", ["hồ sơ (", "<<nobody>> [0-9]"])
def test_a_pattern_that_is_none_is_named_before_any_file_is_read(pattern, tmp_path, monkeypatch):
    row = f"pattern_code,rule_code,scope,pattern,unless_pattern,source\nown,personal_number,cell,{pattern},,ours\n"
    (tmp_path / "identity_patterns.csv").write_text(row, encoding="utf-8")
    monkeypatch.setenv("BAOCAO_CATALOGUE", str(tmp_path))
    with pytest.raises(WrongCall, match="identity_patterns, row own"):
        patterns.current()
