"""Unpaid sources of visitors, and the channel that the brand gives each."""
