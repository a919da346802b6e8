"""Orders priced without storing anything, and test orders sent by a form."""
