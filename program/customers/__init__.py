"""Customers and the tags that a brand puts on them."""
