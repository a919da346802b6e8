"""Which rules of terms, published or drafted, ask for a name that the program gives, and what they pay."""
