"""Processes kept running: what ends is started again, what hangs is killed first."""
