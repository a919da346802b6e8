"""Files of conversions, modifications, partners and customers: checked, shown, imported."""
