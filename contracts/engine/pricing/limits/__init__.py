"""Limits and caps: which counters an order meets, and what is paid by what they hold (payouts.md §6). Pure."""
