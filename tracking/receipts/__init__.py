"""The receipt of an action: how its payout came about, from the lines of the order to the cent."""
