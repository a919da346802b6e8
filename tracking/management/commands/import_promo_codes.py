"""Imports promo codes from a file."""

from tracking.management.importing import ImportCommand
from tracking.models import Upload


class Command(ImportCommand):
    kind = Upload.Kind.PROMO_CODES
