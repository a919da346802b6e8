"""What every app may use. It imports none of them."""
