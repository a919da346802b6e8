"""Ads: what partners link to, where links may lead, and the links themselves."""
