"""Logging in, in one step or two, staying logged in, and a new password by e-mail."""
