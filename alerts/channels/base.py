"""The interface of a channel, by mail or by webhook, and the ways in which sending can fail.

What goes wrong is told without addresses, passwords and tokens: it is logged, and kept in the ledger.
"""

from collections.abc import Callable
from typing import Protocol

from alerts.message import QueuedMessage
from warehouse.errors import BaocaoError


class Unreachable(BaocaoError):
    """Nobody took the message now; it may be sent later."""


class Unusable(Unreachable):
    """The server answers and cannot be used as it is set: a wrong password, a certificate that is not trusted.

    To try again within a run is in vain; when it is mended, the message may be sent.
    """


class Later(Unreachable):
    """The server answers, and takes nothing for this recipient now: a mailbox that is full, an unknown sender whom it
    lets wait. Others may be taken; to try again within the run is in vain.
    """


class Refused(BaocaoError):
    """The other side will never take this message: the address is wrong, say."""


class Channel(Protocol):
    def send(self, message: QueuedMessage, before_data: Callable[[QueuedMessage], None]) -> None:
        """Returns when the message was taken. before_data is called each time that the text is about to go out.

        Raises Refused where it never will be taken, Unreachable after some attempts.
        """
