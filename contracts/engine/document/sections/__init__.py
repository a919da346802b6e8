"""Each section of an event payout: its value, how it is read, written, put into words and explained."""
