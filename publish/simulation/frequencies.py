"""How often a made-up national history has what real reporting has. Assumptions, of no source: change them freely."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Frequencies:
    """Shares from 0 to 1: of reports first, then of lines."""

    missing_reports: float = 0.04
    """Reports that never arrive."""
    late_reports: float = 0.08
    """Of those that arrive: after the deadline."""
    wrong_reports: float = 0.03
    """Of those that arrive: with an error for which the gate rejects them."""
    resent_reports: float = 0.8
    """Of the wrong ones: sent again without the error."""
    corrected_reports: float = 0.05
    """Of those without an error: followed by a correction of one to three lines."""
    withdrawn_reports: float = 0.003
    """Of those without an error: retracted in the end."""
    missing_lines: float = 0.01
    """Written as `-`."""
    not_applicable_lines: float = 0.005
    value_only_lines: float = 0.02
    """Of ratios: the rate without numerator and denominator."""
    nil_lines: float = 0.01
    """Of ratios: the numerator is `KPS`."""
    censored_lines: float = 0.3
    """Of ratios with fewer than CENSORED_BELOW cases: the numerator is `<5`."""


CENSORED_BELOW = 5
USUAL = Frequencies()
