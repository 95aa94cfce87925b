"""Passwords: Argon2id by argon2-cffi, and what a new one has to be."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
"""Characters. Length counts, not a mixture of kinds (NIST SP 800-63B, 5.1.1)."""
DIFFERENT = 5
"""Characters of a password that differ at least."""
AT_ONCE = threading.BoundedSemaphore(4)
"""Each verification takes 19 MiB: many at once must not take the machine's memory."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB and two passes: OWASP Password Storage Cheat Sheet."""


def hashed(password: str) -> str:
    """What is stored of a password; it names its own parameters and salt."""
    with AT_ONCE:
        return _hasher.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether it is the password. Without a stored one the same work is done, so that the time says nothing."""
    with AT_ONCE:
        try:
            return _hasher.verify(stored or _of_nobody(), password[: LONGEST + 1]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether it was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(stored)


def problem(password: str, email: str, unit_code: str) -> str:
    """Why it cannot be taken: `short`, `long`, `uniform` or `guessable`; empty where it can."""
    lowered = password.casefold()
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if len(set(lowered)) < DIFFERENT:
        return "uniform"
    known = (email.partition("@")[0], unit_code, "baocao", "matkhau", "password", "123456", "qwerty")
    rest = lowered
    for each in known:
        rest = rest.replace(each.casefold(), "")
    return "guessable" if len(rest) < SHORTEST // 2 else ""


@cache
def _of_nobody() -> str:
    return _hasher.hash("the password of nobody")
