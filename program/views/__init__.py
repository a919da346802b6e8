"""Pages of what a brand sets up, one module a noun. Each view: fetch by access, validate, call a service, answer."""
