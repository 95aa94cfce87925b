"""The matrix: units below another one, each with its figures of all indicators."""
