"""Who belongs to an account, in which role, and how people are invited."""
