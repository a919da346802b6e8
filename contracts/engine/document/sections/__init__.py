"""The sections of an event payout, one module each: its value, how it is read, written, and put into words."""
