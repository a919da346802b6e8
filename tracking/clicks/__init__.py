"""Clicks and impressions: what a link leads to, what is kept of the visitors who follow it, and for how long."""
