"""Who changed what: told to the database with every write, which keeps a chain of entries."""
