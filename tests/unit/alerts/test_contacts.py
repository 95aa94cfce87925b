"""The address book: good rows are taken, malformed ones are refused with line and reason."""

from pathlib import Path

import pytest

from alerts import contacts
from alerts.contacts import Contact, Refusal
from warehouse import database
from warehouse.errors import WrongCall

HEADER = "unit_code,agency,role,email,webhook\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "contacts.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_row_is_read_with_either_separator_and_with_or_without_a_mark(tmp_path, separator, encoding):
    text = (HEADER + "07228,,reporter,da-mai@example.org,\n").replace(",", separator)
    found, refused = contacts.read(write(tmp_path, text, encoding))
    assert list(found) == [Contact("07228", "UBND", "reporter", "da-mai@example.org", None)]
    assert refused == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7228,,reporter,a@example.org,", "mã đơn vị «7228» không phải là 2, 3 hoặc 5 chữ số"),
        ("BYT,,reporter,a@example.org,", "mã đơn vị «BYT» không phải là 2, 3 hoặc 5 chữ số"),
        ("07228,,chief,a@example.org,", "vai trò «chief» không thuộc reporter, supervisor, owner"),
        ("24,CAT,owner,a@example.org,", "vai trò «owner» nhận tin về mọi cơ quan: xin để trống cột agency"),
        ("07228,,reporter,,", "cần email hoặc webhook"),
        ("07228,,reporter,not an address,", "email «not an address» không hợp lệ"),
        ("07228,,reporter,a@example..org,", "email «a@example..org» không hợp lệ"),
        ("07228,,reporter,a:b@example.org,", "email «a:b@example.org» không hợp lệ"),
        ("07228,,reporter,=?utf-8?q?b?=@example.org,", "email «=?utf-8?q?b?=@example.org» không hợp lệ"),
        (
            "07228,,reporter,,ftp://example.org",
            "webhook «ftp://…»: không phải http(s) và Apprise không có dịch vụ «ftp»",
        ),
        ("07228,,reporter,a@example.org", "có 4 ô, cần 5"),
    ],
)
def test_a_malformed_row_is_refused_with_its_line_and_the_reason(tmp_path, row, reason):
    found, refused = contacts.read(write(tmp_path, HEADER + "09169,,owner,b@example.org,\n" + row + "\n"))
    assert [contact.unit_code for contact in found] == ["09169"]
    assert refused == [Refusal(3, reason, row.split(",")[0])]


def test_an_address_in_capitals_is_the_same_recipient(tmp_path):
    """Two spellings would be two recipients, and get every reminder twice."""
    rows = "07228,,reporter,Da-Mai@Example.org,\n09169,,reporter,da-mai@example.org,\n"
    found, refused = contacts.read(write(tmp_path, HEADER + rows + "07228,,reporter,DA-MAI@example.ORG,\n"))
    assert {contact.email for contact in found} == {"da-mai@example.org"}
    assert refused == [Refusal(4, "lặp lại dòng 2", "07228")]


@pytest.mark.parametrize("address", ["tgram://123456789:abcdefg_hijklmnop/-100", "matrixs://ten:bi-mat@h/#phong"])
def test_a_webhook_may_be_any_service_that_apprise_knows(tmp_path, address):
    found, refused = contacts.read(write(tmp_path, HEADER + f"07228,,reporter,,{address}\n"))
    assert list(found) == [Contact("07228", "UBND", "reporter", None, address)]
    assert refused == []


def test_the_same_contact_twice_is_refused_the_second_time(tmp_path):
    row = "07228,,reporter,a@example.org,\n"
    found, refused = contacts.read(write(tmp_path, HEADER + row + "\n" + row))
    assert len(found) == 1
    assert refused == [Refusal(4, "lặp lại dòng 2", "07228")]


def test_an_address_may_stand_beside_several_webhooks(tmp_path, book):
    text = HEADER + "07228,,reporter,a@example.org,https://h/1\n07228,,reporter,a@example.org,https://h/2\n"
    assert contacts.import_file(write(tmp_path, text)).contacts == 2


def test_headers_may_be_vietnamese(tmp_path):
    text = "Mã đơn vị;Cơ quan;VAI TRÒ;Thư điện tử;Webhook\n07228;;owner;a@example.org;\n"
    found, refused = contacts.read(write(tmp_path, text, "utf-8-sig"))
    assert (found, refused) == ({Contact("07228", "UBND", "owner", "a@example.org", None): 2}, [])


def test_a_column_twice_is_a_wrong_call(tmp_path):
    with pytest.raises(WrongCall, match="cột email có hai lần"):
        contacts.read(write(tmp_path, "unit_code,agency,role,email,webhook,thu_dien_tu\n"))


@pytest.mark.parametrize("rest", ["07228,,reporter,a\0@example.org,\n", '07228,,reporter,"a@example.org\n'])
def test_a_file_that_is_no_csv_is_a_wrong_call(tmp_path, rest):
    with pytest.raises(WrongCall, match="không phải là"):
        contacts.read(write(tmp_path, HEADER + rest))


@pytest.mark.parametrize("text", ["unit_code,role,email\n", "", "một,hai\n"])
def test_a_file_without_the_columns_is_a_wrong_call(tmp_path, text):
    with pytest.raises(WrongCall, match="thiếu cột"):
        contacts.read(write(tmp_path, text))


def test_a_file_that_is_not_utf8_is_a_wrong_call(tmp_path):
    with pytest.raises(WrongCall, match="không phải là UTF-8"):
        contacts.read(write(tmp_path, HEADER + "07228,,reporter,Đ@example.org,\n", "utf-16"))


@pytest.fixture(scope="module")
def map_of_two(empty_database: str) -> None:
    with database.connect() as connection:
        connection.execute("create schema if not exists app")
        connection.execute("create table app.org_unit as select unnest(array['07228', '09169']) as unit_code")
        connection.execute("create table catalogue.agencies as select 'CAT' as agency_code")
        connection.execute("create table catalogue.programmes as select 'BYT' as root_unit_code")


@pytest.fixture
def book(map_of_two: None) -> None:
    """An empty address book, on a map of two communes, in a catalogue with one agency and a ministry's programme."""
    with database.connect() as connection:
        connection.execute("truncate ops.contact")


def test_a_ministry_is_written_to_by_the_code_that_its_programme_gives_it(tmp_path, book):
    rows = "BYT,,supervisor,a@example.org,\nBYT,,owner,b@example.org,\nBTC,,owner,c@example.org,\n"
    done = contacts.import_file(write(tmp_path, HEADER + rows))
    assert done.refused == (Refusal(4, "không có đơn vị nào mang mã «BTC»", "BTC"),)
    assert sorted(stored()) == [("BYT", "a@example.org"), ("BYT", "b@example.org")]


def test_an_import_replaces_a_units_contacts_unless_one_of_its_rows_is_malformed(tmp_path, book):
    contacts.import_file(
        write(tmp_path, HEADER + "07228,,reporter,old@example.org,\n09169,,reporter,old@example.org,\n")
    )
    done = contacts.import_file(
        write(tmp_path, HEADER + "07228,,reporter,new@example.org,\n09169,,reporter,new@example.org,\n09169,,x,,\n")
    )
    assert (done.contacts, done.units, [refusal.line for refusal in done.refused]) == (1, 1, [4])
    assert stored() == [("07228", "new@example.org"), ("09169", "old@example.org")]


def test_a_unit_or_an_agency_that_nobody_knows_is_refused_with_its_line(tmp_path, book):
    rows = "99999,,reporter,a@example.org,\n07228,CAT,reporter,b@example.org,\n09169,XYZ,reporter,c@example.org,\n"
    done = contacts.import_file(write(tmp_path, HEADER + "07228,,x,,\n" + rows + "09169,CAT,reporter,d@example.org,\n"))
    assert [(refusal.line, refusal.reason) for refusal in done.refused] == [
        (2, "vai trò «x» không thuộc reporter, supervisor, owner"),
        (3, "không có đơn vị nào mang mã «99999»"),
        (5, "danh mục không có cơ quan «XYZ»"),
    ]
    assert stored() == []


def stored() -> list[tuple[str, str]]:
    with database.connect() as connection:
        return connection.execute("select unit_code, email from ops.contact order by 1").fetchall()
