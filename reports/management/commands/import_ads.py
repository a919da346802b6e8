"""Imports ads from a file."""

from tracking.models import Upload

from ._importing import ImportCommand


class Command(ImportCommand):
    kind = Upload.Kind.ADS
