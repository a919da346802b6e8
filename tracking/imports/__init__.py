"""Files of conversions, modifications, partners and customer tags: checked, shown, imported."""
