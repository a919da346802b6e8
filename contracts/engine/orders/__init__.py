"""An order as it is priced: its lines, sale amounts, and what the program knows beside it."""
