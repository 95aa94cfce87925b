"""The reporting calendar: who owes what in which period, and the four rates."""
