"""dbt's events while it runs, as far as one of its logs keeps them."""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

RANKS = {level: rank for rank, level in enumerate(EventLevel)}
"""debug, test, info, warn, error: as dbt lists them."""


class WantedEvents(EventManager):
    """Passes over what every log leaves out. dbt's own manager makes a message of each event first, searches it for
    secrets and formats it, once for each log, and only then looks at the levels: thousands of times in a build.
    """

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        rank = RANKS[level or e.level_tag()]
        may_fail = force_warn_or_error_handling or rank >= RANKS[EventLevel.WARN]
        if may_fail or any(rank >= RANKS[logger.level] for logger in self.loggers):
            super().fire_event(e, level, node, force_warn_or_error_handling)
