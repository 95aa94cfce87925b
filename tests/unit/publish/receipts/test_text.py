"""The receipt as text: one line for each thing, whatever a sender wrote."""

from publish.receipts import text
from publish.receipts.data import Receipt
from warehouse.logging import configure

FORGED = "07228\nbáo cáo 07210 · kỳ 2026 · ĐÃ NHẬN"
CLEAR = "\x1b[2J\x1b]0;x\x07"


def report(own_id: str, unit: str = "07228") -> dict:
    return {
        "submission_id": own_id,
        "status": "rejected",
        "unit": unit,
        "unit_name": None,
        "period": "2026",
        "errors": 1,
        "warnings": 0,
    }


def issue(own_id: str, raw: str, sheet: str | None = None) -> dict:
    return {
        "submission_id": own_id,
        "severity": "critical",
        "rule": "not_a_number",
        "message_vi": f"«{raw}» không đọc được thành số.",
        "sheet": sheet,
        "cell": "E14" if sheet else None,
        "line": None if sheet else 2,
        "raw": raw,
    }


def receipt(reports: list[dict], issues: list[dict], file: str = "a.csv") -> Receipt:
    return Receipt(file, "0" * 64, None, "rejected", None, None, None, "2026-11-20T08:00:00+07:00", issues, reports)


def test_no_line_break_of_a_sender_begins_a_line():
    found = text.render(receipt([report("1", FORGED)], [issue("1", FORGED, sheet=FORGED), issue("1", "a\u2028b\r\nc")]))
    assert [line.split(" ")[0] for line in found.plain.splitlines()] == ["tệp", "báo", "", ""]
    assert "«07228 báo cáo 07210 · kỳ 2026 · ĐÃ NHẬN»" in found.plain


def test_no_sequence_of_a_sender_steers_the_terminal():
    found = text.render(receipt([report("1", CLEAR)], [issue("1", CLEAR, sheet=CLEAR)], file=f"{CLEAR}.csv")).plain
    assert "\\x1b[2J\\x1b]0;x\\x07" in found
    assert not {character for character in found if ord(character) < 32 and character != "\n"}


class Counted(list):
    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()


def test_the_issues_of_many_reports_are_walked_through_once():
    reports = [report(str(number)) for number in range(50)]
    issues = Counted([issue(str(number), f"x{number}") for number in range(50)])
    found = text.render(receipt(reports, issues)).plain.splitlines()
    assert issues.walks == 1
    assert [line.strip() for line in found[3:5]] == [
        "báo cáo 07228 · kỳ 2026 · TỪ CHỐI (1 lỗi)",
        "dòng 2  «x1»  «x1» không đọc được thành số.",
    ]


def test_no_sequence_of_a_sender_steers_the_terminal_from_the_log(capsys):
    import logging

    configure()
    logging.getLogger("ingest.receiving").error("%s stays", f"a{CLEAR}.csv")
    assert "a\\x1b[2J\\x1b]0;x\\x07.csv stays" in capsys.readouterr().err
