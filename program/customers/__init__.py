"""Customers: who they are, and which of them a filter means."""
