"""Made-up reports, marked as made up: their values, error cases, files."""
