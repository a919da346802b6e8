"""How texts are compared and read, for orders, rules and names alike. The standard library alone."""
