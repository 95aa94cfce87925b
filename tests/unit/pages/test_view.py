"""Addresses: language, date and map stay along, and what cannot be read is named in both languages."""

from urllib.parse import parse_qs, urlsplit

import pytest

from pages import view as views
from pages.errors import PageError
from pages.server import require_address
from warehouse.errors import WrongCall

GIVEN = {"lang": "en", "as_of": "2026-09-01", "boundary_basis": "current", "unit": "24", "page": "2"}


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_a_link_keeps_language_date_and_map_and_nothing_else():
    view = views.read("/sang-nay", GIVEN)

    assert query_of(view.link("/don-vi", unit="07228")) == {
        "lang": ["en"],
        "as_of": ["2026-09-01"],
        "boundary_basis": ["current"],
        "unit": ["07228"],
    }


def test_the_same_page_keeps_everything_but_what_is_changed():
    view = views.read("/sang-nay", GIVEN)

    assert query_of(view.same(lang=None, page="3")) == {
        "as_of": ["2026-09-01"],
        "boundary_basis": ["current"],
        "unit": ["24"],
        "page": ["3"],
    }


def test_defaults_are_left_out_of_an_address():
    view = views.read("/sang-nay", {"lang": "vi", "boundary_basis": "as_reported", "as_of": ""})

    assert view.link("/don-vi") == "/don-vi"
    assert (view.language, view.as_of, view.basis, view.page) == ("vi", None, "as_reported", 1)


@pytest.mark.parametrize(
    ("given", "page"), [("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 12, 1), ("all", 0), ("", 1)]
)
def test_a_page_is_a_number_from_1_or_all_rows(given, page):
    assert views.read("/sang-nay", {"page": given}).page == page


@pytest.mark.parametrize("wrong", [{"as_of": "31/11/2026"}, {"as_of": "2026-13-01"}, {"boundary_basis": "old"}])
def test_a_date_or_map_that_there_is_not_is_named(wrong):
    with pytest.raises(PageError) as caught:
        views.read("/sang-nay", wrong)

    (value,) = wrong.values()
    assert caught.value.status == 400
    assert value in caught.value.text.vi and value in caught.value.text.en


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machines_own_address_may_be_listened_on(host):
    require_address(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "", "10.0.0.1"])
def test_any_other_address_is_refused_and_the_reason_is_the_missing_sign_in(host):
    with pytest.raises(WrongCall, match="BAOCAO_SIGN_IN=on"):
        require_address(host)
