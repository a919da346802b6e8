"""What one chooses from as one types: partners, groups, event types, countries, currencies, statuses and tags."""
