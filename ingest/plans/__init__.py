"""A plan's own document is read and rows of the catalogue are proposed; nothing is decided here.

The rules are the grammar of Vietnamese administrative documents; their words are rows of vocabulary.csv.
"""
