"""A program's settings: their index, the program itself, and its account's team, API tokens and audit log."""
