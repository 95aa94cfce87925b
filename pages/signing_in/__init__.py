"""Sign-in: sessions and form tokens, what each role may open, and the pages of one's own account."""
