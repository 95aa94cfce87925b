"""A figure down to the file, sheet and cell of each report in it."""
