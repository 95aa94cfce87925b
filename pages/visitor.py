"""Who looks at a page: nobody where sign-in is off, else a signed-in account."""

from dataclasses import dataclass, field

from accounts.registry import Account


@dataclass(frozen=True)
class Visitor:
    """account: None for whoever is not signed in yet. form_token: what every form of this visitor has to carry.

    session: the token of the cookie. has_approvals: whether any report ever needed one.
    """

    account: Account | None
    form_token: str = field(repr=False)
    session: str | None = field(default=None, repr=False)
    has_approvals: bool = False
