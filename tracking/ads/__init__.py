"""Ads, promo codes and unpaid sources beside visits and orders: their files, and what was received of each."""
