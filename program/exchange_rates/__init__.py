"""Exchange rates: the European Central Bank's, seeded, imported and fetched, and a brand's own."""
