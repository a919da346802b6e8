"""Figures for operators, as Prometheus reads them."""
