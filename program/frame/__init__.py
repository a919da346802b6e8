"""What every page of a program stands in: navigation, lists, the style guide."""
