"""Addresses of pages of other apps, which may not exist."""

from django.urls import NoReverseMatch, reverse

from program.models import Program


def address(view: str, program: Program, query: str = "") -> str:
    """The page's address, or nothing where it does not exist."""
    try:
        return reverse(view, args=[program.pk]) + query
    except NoReverseMatch:
        return ""
