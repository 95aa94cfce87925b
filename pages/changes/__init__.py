"""The page "What changed": figures between two timestamps, and the files that changed them."""
