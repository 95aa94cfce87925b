"""Personal data of children and their relatives: found in a file while it is read, and withheld from all that is kept.

What is a sign of it are rows of identity_patterns.csv; a finding says where and of what kind, never what.
"""
