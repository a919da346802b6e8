"""Clicks and impressions: what a link leads to, what is kept of whoever follows it, and for how long."""
