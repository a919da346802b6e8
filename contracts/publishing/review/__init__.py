"""What publishing a draft would say: problems, warnings and changes, at once or, of many groups, from a worker."""
