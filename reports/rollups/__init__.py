"""Performance by day, week and total, recomputed a whole touched day at a time."""
