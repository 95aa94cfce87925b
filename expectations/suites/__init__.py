"""One file a table: what must hold for what arrives (raw_*, required_line) and for what is published (fct_*)."""
