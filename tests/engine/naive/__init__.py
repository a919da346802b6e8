"""A second, slow reading of terms and orders: from the raw rules, in fractions, one rule and one group at a time.

It imports nothing of the project, on purpose: its table of variables is a copy of the specification's.
"""
