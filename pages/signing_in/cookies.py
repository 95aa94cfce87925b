"""The cookies, and the token that every form carries: signed by itsdangerous and bound to the visitor's cookie."""

from typing import Literal

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from accounts import tokens
from pages.visitor import Visitor
from warehouse.postgres import passwords
from warehouse.settings import get_settings

SESSION, FORM = "baocao-session", "baocao-form"
"""FORM: of whoever is not signed in yet, so that nobody is signed in as somebody else without noticing."""


def name(of: str) -> str:
    """With TLS the prefix makes browsers refuse it from any other host or path."""
    return f"__Host-{of}" if is_secure() else of


def is_secure() -> bool:
    """Everywhere but on this machine's own http (BAOCAO_PAGES_URL)."""
    return get_settings().pages_url.startswith("https://")


def read(request: Request, of: str) -> str | None:
    return request.cookies.get(name(of))


def put(response: Response, of: str, token: str, samesite: Literal["strict", "lax"] = "strict") -> None:
    """Until the browser ends; how long it is good is the server's to know. lax: it comes along from another site."""
    response.set_cookie(name(of), token, secure=is_secure(), httponly=True, samesite=samesite, path="/")


def remove(response: Response, of: str) -> None:
    response.delete_cookie(name(of), secure=is_secure(), httponly=True, samesite="strict", path="/")


def form_token(cookie: str) -> str:
    """For the forms of a visitor with this cookie."""
    return str(_serializer().dumps(tokens.digest(cookie).hex()))


def is_own_form(visitor: Visitor, given: str) -> bool:
    """Whether a form is one that this visitor got from us."""
    try:
        _serializer().loads(given)
    except BadData:
        return False
    return given == visitor.form_token


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(passwords.get("forms"), salt="form")
