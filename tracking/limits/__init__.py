"""Limits and caps: counters of what actions took, new and changed orders under them, and approving over-cap actions."""
