"""One condition of the terms, as every part of the engine holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition: the variable's key, the operator's key, and the literal values of which one is enough.

    Numbers and dates stay the text that was written; they were checked when the document was loaded.
    """

    variable: str
    operator: str
    values: tuple[str, ...] = ()
