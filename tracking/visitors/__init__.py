"""Visitors: what their browser and address tell, who they are to a program, and how much a stranger may send."""
