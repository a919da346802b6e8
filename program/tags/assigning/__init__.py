"""Tags put on customers and taken off, of one or of many at once, since when, and undone."""
