"""Imports customers from a file."""

from tracking.models import Upload

from ._importing import ImportCommand


class Command(ImportCommand):
    kind = Upload.Kind.CUSTOMERS
