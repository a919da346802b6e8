"""Exception lists and their entries by the API: those of SKUs and categories, and those of promo codes."""
