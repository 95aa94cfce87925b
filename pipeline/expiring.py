"""The step `expire`: what is kept for a time only is deleted once its time is up."""

from typing import NamedTuple

from accounts import retention
from pipeline import erasing
from warehouse import database


class Expired(NamedTuple):
    """How many files with personal data, and rows about sign-ins, were deleted."""

    files: int
    sign_in_records: int


def expire() -> Expired:
    """Sign-ins first: a file that cannot be deleted keeps nothing else."""
    with database.connect() as connection:
        records = retention.expire(connection)
    return Expired(erasing.expire(), records)
