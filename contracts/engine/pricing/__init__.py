"""From an order and terms to a payout, its reason and its dates."""
