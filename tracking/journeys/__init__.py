"""Journeys of orders: the clicks, impressions and visits that belong to an order, and what the action keeps of them."""
