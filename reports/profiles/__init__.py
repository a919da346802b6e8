"""The page of a partner and that of an event type: figures, terms in words, what is owed, the last actions."""
