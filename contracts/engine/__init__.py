"""What terms mean, pure: frozen values in and out.

It imports the standard library, `common.formats`, `common.patterns` (RE2) and `common.refusals` alone.
"""
