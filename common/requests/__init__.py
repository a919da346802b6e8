"""What a request must be like before anything reads it, and what middleware has put on it."""
