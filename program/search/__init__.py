"""Search over a program: its orders, partners, customers and terms, its pages, and what can be done there."""
