"""A report as of two timestamps: what changed between them, and its sheet."""
