"""Why an order earns what it earns, step by step, as JSON and in words."""
