"""Template terms, their published versions and contracts; `engine` evaluates terms."""
