"""What it adds up to: rollups, reports, exports, Home, the proof of the figures and what operators watch."""
