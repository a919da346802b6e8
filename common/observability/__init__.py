"""What the product tells its operator: logs, counters and whether it can work."""
