"""Actions: the list, the explanation of a payout, and their locking."""
