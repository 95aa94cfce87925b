"""One place where a plan disagrees."""

from typing import Literal, NamedTuple

from ingest.plans.vocabulary import terms

Severity = Literal["low", "medium", "high"]


class Finding(NamedTuple):
    """kind: as in the seed contradictions. code: of the indicator, empty for the document. line: where to look."""

    kind: str
    reading_a: str
    reading_b: str
    line: int
    code: str = ""
    severity: Severity = "low"

    @property
    def label_vi(self) -> str:
        """The kind as an officer reads it. Raises KeyError for a kind without a row in vocabulary.csv."""
        return terms("finding")[self.kind]
