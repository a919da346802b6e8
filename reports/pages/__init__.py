"""Home and the two reports as pages."""
