"""What browsers report: the tag on a shop's pages, the conversion pixel, the code to copy and what arrived by it."""
