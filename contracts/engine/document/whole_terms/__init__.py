"""Sections of the terms as a whole: their values, how each is read, written and put into words."""
