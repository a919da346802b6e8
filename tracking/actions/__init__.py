"""Actions: the list, one with the explanation of its payout, and their locking."""
