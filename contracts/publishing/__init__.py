"""From a draft to a version that never changes: review, effects on contracts, history."""
