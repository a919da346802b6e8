"""The only writers of this app's tables, one module a noun.

A refusal is a `ValidationError` whose keys are the names of the form's fields: pages show it beside the field,
commands as one line.
"""
