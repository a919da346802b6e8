"""Sections that are lists of rows with rules: payout groups, adjustments and restrictions."""
