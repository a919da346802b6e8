"""Sections of the terms as a whole on pages: custom terms, and what stands under advanced settings."""
