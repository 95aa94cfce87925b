"""Who reads the marts from outside: readers of one area, and the limits of all readers' sessions."""
