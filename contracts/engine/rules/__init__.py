"""Rules: their variables and operators, what an order says about them, whether it meets them."""
