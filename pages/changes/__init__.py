"""The page "What changed": figures between two moments, and the files that changed them."""
