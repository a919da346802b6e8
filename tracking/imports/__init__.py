"""Files of conversions, modifications and partners: checked, shown, imported."""
