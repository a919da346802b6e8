"""Held orders that are tried again: what they would become, by somebody's act, and by themselves once it can help."""
