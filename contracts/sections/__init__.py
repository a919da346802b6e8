"""The page of a draft, section by section: forms, parts of the page, and words."""
