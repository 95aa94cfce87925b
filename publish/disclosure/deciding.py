"""What of a programme is released, what is suppressed, and the proof that nothing recovers it."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from publish.disclosure import certificate, ledger, reading
from publish.disclosure.certificate import Certificate
from publish.disclosure.ledger import History
from publish.disclosure.protection import protect
from publish.disclosure.reading import Candidates, Key
from publish.disclosure.types import Problem, Published, Suppression, Terms, ends


@dataclass(frozen=True)
class Decision:
    """periods: those that were requested and all that were released before, which may have been corrected since."""

    periods: tuple[str, ...]
    candidates: Candidates
    suppression: Suppression
    certificate: Certificate

    @property
    def suppressed(self) -> frozenset[Key]:
        return frozenset(key for key in self.candidates.rows if key in self.suppression.keys)


def decide(
    connection: psycopg.Connection, programme: str, periods: Iterable[str], *, with_complementary: bool = True
) -> Decision:
    """Decide on every figure of a sensitive indicator, and attack the decision. Nothing is written.

    with_complementary: False suppresses the small counts alone, to see that the attacker then recovers them.
    """
    history = ledger.load(connection, programme)
    released = tuple(sorted({*periods, *history.periods}))
    candidates = reading.load(connection, programme, released)
    problem = _problem(history, candidates)
    suppression = protect(problem, with_complementary=with_complementary)
    figures = [*history.figures, *ledger.released(candidates.figures, suppression)]
    found = certificate.bounds(
        ((figure.release_id, figure.key, figure.is_suppressed, figure.sums) for figure in figures),
        problem.counts,
        problem.relations,
        problem.orders,
    )
    return Decision(released, candidates, suppression, Certificate(len(candidates.figures), suppression, found))


def _problem(history: History, candidates: Candidates) -> Problem:
    counts = {**history.counts, **candidates.counts}
    published: dict[frozenset[object], Published] = {}
    targets: dict[frozenset[object], Terms] = {}
    for figure in history.figures:
        for terms, is_primary in figure.sums:
            signature = frozenset(terms.items())
            if not figure.is_suppressed:
                published[signature] = Published(terms, *ends(terms, counts))
            elif is_primary:
                targets[signature] = terms
    return Problem(
        counts,
        candidates.figures,
        _each_once(*history.relations, *candidates.relations),
        _each_once(*history.orders, *candidates.orders),
        tuple(published.values()),
        tuple(targets.values()),
    )


def _each_once(*sums: Terms) -> tuple[Terms, ...]:
    return tuple({frozenset(terms.items()): terms for terms in sums}.values())
