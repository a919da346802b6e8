"""Event types, their customer status mapping and the code that a shop sends orders with."""
