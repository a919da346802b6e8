"""Reports as files that a worker writes."""
