"""The plan's annex table: its data from the marts, and its sheet."""
