"""Addresses of pages in other rooms, which a program may or may not have."""

from django.urls import NoReverseMatch, reverse

from program.models import Program


def address(view: str, program: Program, query: str = "") -> str:
    """The page's address, or nothing where there is no such page."""
    try:
        return reverse(view, args=[program.pk]) + query
    except NoReverseMatch:
        return ""
