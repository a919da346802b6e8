"""What keeps guessed passwords and mailed links within bounds, and the machine free while passwords are hashed."""
