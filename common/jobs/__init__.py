"""Work of a worker that somebody waits for: claimed, with progress, concluded once."""
