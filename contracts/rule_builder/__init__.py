"""The rule builder: what rules can ask for, rules as they are typed, values to complete, and findings beside rows."""
