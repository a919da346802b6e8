"""Pages of what happened: actions with their explanation, conversions that were not priced, the test order."""
