"""Concepts: what is the same indicator in several programmes, over the years."""
