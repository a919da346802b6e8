"""The queues of the broker, each with workers of its own."""

PRICING = "pricing"
FILES = "files"  # work on a file may take minutes, and must not delay pricing
