"""Time-based codes (TOTP, RFC 6238) by pyotp, for accounts that have them switched on."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A telephone's clock may be half a minute off, either way."""
ISSUER = "baocao"


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """The otpauth:// address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime, taken_step: int | None) -> int | None:
    """The time step that a code is of; None for a wrong one and for one that was taken already (RFC 6238, 5.2)."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if (taken_step is None or step > taken_step) and hmac.compare_digest(
            typed.encode(), totp.at(step * STEP_SECONDS).encode()
        ):
            return step
    return None


def is_used(secret: str, code: str, at: datetime, taken_step: int | None) -> bool:
    """Whether it is the code that was taken last, as long as it would still be good."""
    return taken_step is not None and step_of(secret, code, at, taken_step - 1) == taken_step
