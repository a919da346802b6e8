"""Erasing a customer, and everything known of one customer as a file."""
