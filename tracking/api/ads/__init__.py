"""Ads and promo codes by the API."""
