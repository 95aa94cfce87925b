"""The addresses of the province's room: three pages that are read, and the forms behind them."""

from collections.abc import Callable

import psycopg
from fastapi import FastAPI

from pages.layout import Page
from pages.province import (
    contacts,
    contacts_of_unit,
    deadline,
    decisions,
    exemption,
    target,
    unit_class,
    waiting,
    warning,
)
from pages.view import View

PAGES: dict[str, Callable[[psycopg.Connection, View], Page]] = {
    waiting.ADDRESS: waiting.make,
    decisions.ADDRESS: decisions.make,
    contacts.ADDRESS: contacts.make,
}
"""Only with sign-in: they say who decided what, and list addresses."""


def add_forms(app: FastAPI) -> None:
    deadline.add(app)
    exemption.add(app)
    target.add(app)
    unit_class.add(app)
    contacts.add(app)
    contacts_of_unit.add(app)
    warning.add(app)
