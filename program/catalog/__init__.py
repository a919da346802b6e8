"""Exception lists and the product catalog, which rules look things up in."""
