"""What somebody confirms, asked for and done: at once or, where many contracts change, by a worker."""
