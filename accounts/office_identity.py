"""Sign in with the office's own accounts: OpenID Connect, authorization code flow with PKCE, by Authlib and joserfc.

The provider says who somebody is, and baocao which account that is: one that was invited under the same, verified
e-mail address. The first sign-in binds the account to the provider's subject, and from then on nobody else with that
address gets in. The provider's own second factor counts; a code of ours is not required beside it.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import psycopg
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from accounts import events, registry, sessions
from accounts.events import Actor
from accounts.registry import Account
from accounts.signing_in import SignedIn
from warehouse.settings import get_settings

SCOPE = "openid email"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with the provider's private key: never `none`, never a secret that we know as well."""
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""

Refusal = Literal["provider", "unverified", "unknown"]
"""provider: no valid answer. unverified: no verified e-mail address. unknown: no account that may sign in with it."""

BIND = """
update ops.account set oidc_issuer = %(issuer)s, oidc_subject = %(subject)s
where account_id = %(account)s and oidc_subject is null and disabled_at is null
"""


class ProviderFailed(Exception):
    """The provider gave no answer, or one that proves nothing."""


@dataclass(frozen=True)
class Begun:
    """A sign-in that is under way: what its browser keeps until the provider sends it back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider names. email: None where it has not verified one."""

    issuer: str
    subject: str
    email: str | None


def is_offered() -> bool:
    """Whether a provider is set."""
    return get_settings().oidc_issuer is not None


def begin(back_to: str) -> tuple[str, Begun]:
    """The provider's address to send the browser to, and what it brings back. Raises ProviderFailed."""
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    with _client(back_to) as client:
        address, _ = client.create_authorization_url(
            _metadata()["authorization_endpoint"],
            state=begun.state,
            nonce=begun.nonce,
            code_verifier=begun.verifier,
        )
    return str(address), begun


def identify(begun: Begun, back_to: str, answer: str) -> Identity:
    """Whom the provider's answer names. answer: the whole address to which the browser returned. Raises ProviderFailed.

    Verified are state, PKCE, the token's signature, issuer, audience, times and nonce (OpenID Connect Core 3.1.3.7).
    """
    try:
        with _client(back_to, begun.state) as client:
            metadata = _metadata()
            token = client.fetch_token(
                metadata["token_endpoint"], authorization_response=answer, code_verifier=begun.verifier
            )
            claims = _claims(metadata, token, begun.nonce)
            if "email" not in claims and "userinfo_endpoint" in metadata:
                user = client.get(metadata["userinfo_endpoint"]).json()
                claims |= {name: user.get(name) for name in ("email", "email_verified") if user["sub"] == claims["sub"]}
    except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
        raise ProviderFailed(f"{type(error).__name__}: {error}") from error
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(claims["iss"], claims["sub"], email)


def sign_in(connection: psycopg.Connection, identity: Identity, address: str) -> SignedIn | Refusal:
    """connection: one that commits each statement. address: where the request comes from."""
    account = registry.of_identity(connection, identity.issuer, identity.subject)
    reason: Refusal = "unknown"
    if account is None and identity.email is None:
        reason = "unverified"
    elif account is None and identity.email is not None:
        account = _bound(connection, registry.find(connection, identity.email), identity)
    if account is None or account.state != "active":
        events.add(connection, "sign_in_failed", None, Actor(None, "page", address), by="oidc", reason=reason)
        return reason
    with connection.transaction():
        if not registry.hold(connection, account):
            return "unknown"
        session = sessions.begin(connection, account)
        events.add(connection, "signed_in", account.account_id, Actor(account.account_id, "page", address), by="oidc")
    return SignedIn(account, session)


def _bound(connection: psycopg.Connection, account: Account | None, identity: Identity) -> Account | None:
    """The account, from now on the identity's own; None where it is another one's."""
    if account is None:
        return None
    values = {"account": account.account_id, "issuer": identity.issuer, "subject": identity.subject}
    return registry.get(connection, account.account_id) if connection.execute(BIND, values).rowcount else None


def _client(back_to: str, state: str | None = None) -> OAuth2Session:
    settings = get_settings()
    return OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope=SCOPE,
        redirect_uri=back_to,
        state=state,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none",
        default_timeout=TIMEOUT_SECONDS,
    )


def _metadata() -> dict[str, Any]:
    """What the provider says of itself. Raises ProviderFailed where it does not, or speaks for another issuer."""
    issuer = get_settings().oidc_issuer or ""
    found = _read(f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderFailed(f"the provider at {issuer} calls itself {found.get('issuer')!r}")
    return found


def _claims(metadata: dict[str, Any], token: dict[str, Any], nonce: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(KeySetSerialization(keys=_read(metadata["jwks_uri"])["keys"]))
    decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": get_settings().oidc_client_id},
    }
    params = {"nonce": nonce, "client_id": get_settings().oidc_client_id}
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    claims.validate(leeway=LEEWAY_SECONDS)
    return dict(claims)


def _read(address: str) -> dict[str, Any]:
    try:
        found = httpx.get(address, timeout=TIMEOUT_SECONDS).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(f"{address}: {error}") from error
    if not isinstance(found, dict):
        raise ProviderFailed(f"{address}: no JSON object")
    return found
