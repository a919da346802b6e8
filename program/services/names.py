"""Names that a brand gives its groups, tags and lists."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

NAME_LENGTH = 80


def free_name(others: "QuerySet[Any]", name: str) -> str:
    """The name with its spaces tidied, if none of the others has it in any letter case; else ValidationError."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_LENGTH or "\x00" in tidy:
        raise ValidationError({"name": f"A name has 1 to {NAME_LENGTH} characters."})
    if others.filter(name__iexact=tidy).exists():
        raise ValidationError({"name": f"“{tidy}” exists already; choose another name."})
    return tidy
