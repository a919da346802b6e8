"""What browsers report: the tag and the pixel, the code to copy, what arrived, and what the server's orders replace."""
