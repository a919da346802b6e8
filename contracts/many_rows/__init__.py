"""Many rows of a draft's list: found by text, rank or variable, and changed at once, which can be undone."""
