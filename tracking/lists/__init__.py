"""Exception lists and the product catalog as files and programs send them: their rows, read and imported."""
