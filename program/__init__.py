"""What a brand sets up: programs, event types, partners, customers, lists and catalog; and the frame of its pages."""
