"""The rule builder: what rules can ask for, rules as they are typed, values to complete, and what is worth a second look."""
