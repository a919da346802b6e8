"""Customers: their figures, their list and their profile."""
