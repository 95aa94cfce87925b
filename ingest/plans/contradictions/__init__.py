"""Where a plan disagrees with itself, with another plan or with a programme above it, as far as a rule can see it.

A finding is a question to a person and no correction. Each rule says in its first line what it finds.
"""
