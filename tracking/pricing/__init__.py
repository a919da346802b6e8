"""From waiting conversions to actions: claim, lookups, attribution, contract, price, write."""
