"""Who is credited with an order, and what the journey to it says for the rules (payouts.md §12, §14). Pure."""
