"""A workbook whose cells hold, and which a spreadsheet program would show otherwise: each way of it is named."""

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from publish.proof import display
from warehouse.errors import WrongCall

SHEET, BOOK, STYLES, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Parts = dict[str, str]


def drawn() -> bytes:
    """Two sheets as `publish.drawing` makes them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    figure = book.add_format({"font_name": "Times New Roman", "num_format": "#,##0.0", "border": 1})
    heading = book.add_format({"bg_color": "#1F3864", "font_color": "#FFFFFF"})
    for name in ("Phụ lục", "Ghi chú"):
        sheet = book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_default_row(15.75)
        sheet.set_column(0, 3, 12)
        sheet.write_string(0, 0, "Chỉ tiêu", heading)
        sheet.write_number(1, 0, 96.4, figure)
        sheet.merge_range(2, 0, 2, 3, "Đơn vị", figure)
        sheet.set_footer("&R&8Trang &P/&N")
        sheet.set_h_pagebreaks([2])
        sheet.ignore_errors({"number_stored_as_text": "A1:R3"})
        sheet.freeze_panes(2, 1)
    book.close()
    return file.getvalue()


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def packed(parts: Parts, *added: tuple[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in [*parts.items(), *added]:
            if name in archive.namelist():
                with pytest.warns(UserWarning, match="Duplicate name"):
                    archive.writestr(name, content)
            else:
                archive.writestr(name, content)
    return file.getvalue()


def with_text(part: str, before: str, after: str) -> Callable[[Parts], bytes]:
    """The workbook with another text in a part, at the first place that matches."""

    def changed(parts: Parts) -> bytes:
        found, count = re.subn(before, after, parts[part], count=1, flags=re.DOTALL)
        assert count == 1, (part, before)
        return packed({**parts, part: found})

    return changed


def with_part(name: str, kind: str, content: str = "<x/>") -> Callable[[Parts], bytes]:
    """The workbook with one more part, to which the workbook leads."""

    def changed(parts: Parts) -> bytes:
        relation = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{name}"/></Relationships>'
        found = parts[RELATIONS].replace("</Relationships>", relation)
        return packed({**parts, RELATIONS: found, f"xl/{name}": content})

    return changed


def another_workbook(parts: Parts) -> bytes:
    """openpyxl takes the workbook that the content types name first, Excel the one to which the package leads."""
    other = {f"other/{name[3:]}": content for name, content in parts.items() if name.startswith("xl/")}
    other["other/worksheets/sheet1.xml"] = other["other/worksheets/sheet1.xml"].replace("96.4", "99.9")
    leads = parts["_rels/.rels"].replace("xl/workbook.xml", "other/workbook.xml")
    return packed({**parts, **other, "_rels/.rels": leads})


def another_target(kind: str, other: str) -> Callable[[Parts], bytes]:
    """openpyxl reads styles where they usually are, Excel where the workbook says."""

    def changed(parts: Parts) -> bytes:
        found = parts[RELATIONS].replace(f"{kind}.xml", f"{other}.xml")
        return packed({**parts, RELATIONS: found, f"xl/{other}.xml": parts[f"xl/{kind}.xml"]})

    return changed


CELL = r'(<c r="A2" s="\d+"><v>)[\d.]+(</v></c>)'
END = r"</sheetData>"
CONDITION = '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1"/></conditionalFormatting>'

WAYS: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "a part twice": (lambda parts: packed(parts, (SHEET, parts[SHEET])), "a part that is there twice"),
    "a part in capitals": (lambda parts: packed(parts, (SHEET.upper(), parts[SHEET])), "a part that is there twice"),
    "another workbook": (another_workbook, "another workbook"),
    "other styles": (another_target("styles", "styles2"), "other styles than those"),
    "other texts": (another_target("sharedStrings", "texts"), "other sharedstrings than those"),
    "a chart sheet": (with_part("chartsheets/sheet1.xml", "chartsheet"), "of a kind that no published workbook has"),
    "a drawing": (with_part("drawings/drawing1.xml", "drawing"), "a part that no published workbook has"),
    "rich values": (with_part("metadata.xml", "sheetMetadata"), "a part that no published workbook has"),
    "a sheet of the same name": (
        with_text(BOOK, r'(<sheet name="[^"]*") sheetId="1" (r:id="rId1"/>)', r'\1 sheetId="1" \2\1 sheetId="9" \2'),
        "two sheets of one name",
    ),
    "a cell twice": (with_text(SHEET, CELL, r"\g<1>96.4\2\g<1>11\2"), "a cell that is there twice"),
    "two values": (with_text(SHEET, CELL, r"\g<1>11</v><v>96.4\2"), "a cell that says two things"),
    "a value and a text": (with_text(SHEET, CELL, r"\g<1>96.4</v><is><t>11</t></is></c>"), "says two things"),
    "a value of others": (with_text(SHEET, CELL, r'\g<1>96.4</v><x:v xmlns:x="urn:x">1</x:v></c>'), "says two things"),
    "a rich value": (with_text(SHEET, r'<c r="A2" ', '<c r="A2" vm="1" '), "shown as something else"),
    "a second table": (with_text(SHEET, END, r"</sheetData><sheetData/>"), "sheetData twice"),
    "a conditional format": (with_text(SHEET, END, END + CONDITION), "conditionalFormatting"),
    "a hidden row": (with_text(SHEET, r'<row r="2" ', '<row r="2" hidden="1" '), "a hidden row"),
    "a flat row": (with_text(SHEET, r'<row r="2"[^>]*>', '<row r="2" ht="0.5" customHeight="1">'), "a hidden row"),
    "a hidden column": (with_text(SHEET, r"<col ", '<col hidden="1" '), "a hidden column"),
    "zeros that are hidden": (
        with_text(SHEET, r"<sheetView ", '<sheetView showZeros="0" '),
        "zeros that are not shown",
    ),
    "a header": (with_text(SHEET, r"<oddFooter>", "<oddHeader>&amp;C99,9</oddHeader><oddFooter>"), "a header on each"),
    "a format twice": (
        with_text(STYLES, r"(<numFmt [^>]*>)</numFmts>", r"\1\1</numFmts>"),
        "a number format that is there twice",
    ),
    "white letters": (
        with_text(STYLES, r'<color theme="1"/><name val="T', '<color rgb="FFFFFFFF"/><name val="T'),
        "in the colour of what",
    ),
    "tiny letters": (
        with_text(STYLES, r'<sz val="11"/><color theme="1"/><name val="T', '<sz val="1"/><name val="T'),
        "too",
    ),
    "a text by its format": (
        with_text(STYLES, r'formatCode="#,##0.0"', 'formatCode="#,##0.0;-0;0;&quot;khác&quot;"'),
        "a text that is shown by the number format",
    ),
    "a text in two ways": (with_text(STRINGS, r"</t></si>", "</t><r><t>khác</t></r></si>"), "in two ways"),
}


def test_what_is_drawn_and_what_openpyxl_saves_again_shows_what_its_cells_say():
    again = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(drawn())).save(again)
    assert display.oddities(drawn()) == []
    assert display.oddities(again.getvalue()) == []


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_show_something_else_is_named(way):
    change, expected = WAYS[way]
    found = display.oddities(change(parts_of(drawn())))
    assert any(expected in each.what for each in found), found


def test_a_part_with_entities_is_no_workbook_of_ours():
    parts = parts_of(drawn())
    parts[STRINGS] = parts[STRINGS].replace("<sst ", '<!DOCTYPE x [<!ENTITY y "khác">]><sst ', 1)
    with pytest.raises(WrongCall, match=r"no \.xlsx workbook"):
        display.oddities(packed(parts))
