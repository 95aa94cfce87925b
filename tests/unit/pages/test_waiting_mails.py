"""A mail that waits has its reason in Vietnamese on the page, whatever the reason is."""

from alerts.answer import REASONS
from pages.province import mails

NEVER_WAIT = {"own_letter", "automatic", "bounce", "duplicate"}


def test_every_reason_to_wait_is_said_in_vietnamese():
    assert mails.VIETNAMESE.keys() == REASONS.keys() - NEVER_WAIT
    assert mails.reason("tnef").vi != mails.reason("tnef").en
