"""Suppression of small counts of sensitive indicators in public output, and the proof that nothing recovers them."""
