"""The two reports as pages."""
