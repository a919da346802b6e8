"""The terms document: read with every error and its path, held as frozen values, written canonically."""
