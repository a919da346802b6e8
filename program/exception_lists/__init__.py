"""Exception lists: their names, kinds and states, their entries, and what rests on each."""
