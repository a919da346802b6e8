"""Many rule sets at once: compiled into bit masks, so that ten thousand cost little more than ten."""
