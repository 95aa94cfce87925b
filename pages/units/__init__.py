"""A unit: its figures against targets, its reports and receipts, the units before, after and below it."""
