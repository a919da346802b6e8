"""The pages on which a draft is edited: terms, event types, sections and rows."""
