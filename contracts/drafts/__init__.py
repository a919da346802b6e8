"""Drafts of terms: rows to edit, rank and switch, one document, its checks and warnings."""
