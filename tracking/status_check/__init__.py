"""Status check: the customer statuses that were sent, each against the customer's own earlier orders."""
