"""Partners and the brand's own groups of them."""
