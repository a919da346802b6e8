"""The pages of Engage → Contracts."""
