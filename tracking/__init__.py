"""What happened: conversions, actions and their changes, received by API, file and page, priced by workers."""
