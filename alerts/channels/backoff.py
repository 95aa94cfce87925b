"""Within a run a server that does not answer is tried again, waiting longer each time."""

from collections.abc import Callable

from alerts.channels.base import Later, Unreachable, Unusable

ATTEMPTS = 3
WAIT_SECONDS = 1.0
"""Before the second attempt; doubled before the third."""


def until_taken(attempt: Callable[..., None], *arguments: object) -> None:
    """Call `attempt` until it raises no Unreachable any more; the last one is raised, Later and Unusable at once."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

    again = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=WAIT_SECONDS),
        retry=retry_if_exception(
            lambda error: isinstance(error, Unreachable) and not isinstance(error, (Later, Unusable))
        ),
        reraise=True,
    )
    again(attempt, *arguments)
