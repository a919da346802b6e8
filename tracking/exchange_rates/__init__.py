"""Orders in another currency than the terms': the rates that they use, wait for and are given, by page and by file."""
