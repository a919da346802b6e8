"""Contracts: which partner works under which version, and when."""
