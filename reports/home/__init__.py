"""The home page: what waits for a decision, what is owed, how the last 30 days went and who moved them."""
