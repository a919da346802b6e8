"""The product catalog, which rules on catalog variables look SKUs up in."""
