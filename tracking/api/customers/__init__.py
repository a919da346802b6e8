"""Customers and their tags by the API: in the platform's form, and in the one that Partnero's clients send."""
