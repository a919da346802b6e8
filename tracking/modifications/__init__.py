"""Changes of orders: stored, applied as one more update of the action, refused or dismissed."""
