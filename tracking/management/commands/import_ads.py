"""Imports ads from a file."""

from tracking.management.importing import ImportCommand
from tracking.models import Upload


class Command(ImportCommand):
    kind = Upload.Kind.ADS
