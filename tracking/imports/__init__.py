"""Files of conversions, modifications, partners, customers and customer tags: checked, shown, imported."""
