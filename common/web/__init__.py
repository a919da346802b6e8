"""What every request meets, and what pages of all apps share."""
