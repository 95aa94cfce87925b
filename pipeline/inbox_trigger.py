"""Airflow's triggerer looks at the inbox, and each set of finished files starts the DAG `submissions`.

`dags/submissions.py` imports this module at its top, as Airflow's triggerer does: nothing of ours is imported here
before the first look.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    from pipeline.inbox import Version

log = logging.getLogger(__name__)

FOLDER_SECONDS = 0.5
ADDRESS_SECONDS = 10.0
"""Between two looks; an object store charges for each."""
SECONDS_A_FILE = 0.001
"""As much longer for each file that waits: of a national wave the processors are needed for receiving."""
FAILED_SECONDS = 30.0


class InboxTrigger(BaseEventTrigger):
    """Fires when files of the inbox are finished, once for each content; reads and never deletes.

    What is announced is known to this process alone. After a restart the files that still wait are announced again:
    one run too many, and none too few.
    """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """No arguments: the inbox is a setting, which the triggerer reads as everybody does."""
        return f"{__name__}.{type(self).__qualname__}", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        announced: Mapping[str, Version] = {}
        failure = ""
        while True:
            try:
                finished = await asyncio.to_thread(_finished)
            except Exception as error:  # a store that is away, a folder without rights: the schedule reports it
                if failure != (failure := f"{type(error).__name__}: {error}"):
                    log.warning("The inbox cannot be watched, next look in %.0f s: %s", FAILED_SECONDS, failure)
                await asyncio.sleep(FAILED_SECONDS)
                continue
            failure = ""
            if new := finished.items() - announced.items():
                yield TriggerEvent({"finished_files": len(new)})
            announced = finished
            await asyncio.sleep(_seconds_to_next(len(finished)))


def _finished() -> Mapping[str, "Version"]:
    """In a thread, its imports too: the triggerer's other triggers go on meanwhile."""
    from pipeline import inbox

    return inbox.finished()


def _seconds_to_next(waiting: int) -> float:
    from ingest import archive
    from warehouse.settings import get_settings

    base = ADDRESS_SECONDS if archive.is_url(get_settings().inbox) else FOLDER_SECONDS
    return base + waiting * SECONDS_A_FILE
