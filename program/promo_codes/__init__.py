"""Promo codes that credit a partner, or that only some partners may use."""
