"""The score sheet: its data from the marts, and its sheets."""
