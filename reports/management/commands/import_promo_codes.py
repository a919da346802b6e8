"""Imports promo codes from a file."""

from tracking.models import Upload

from ._importing import ImportCommand


class Command(ImportCommand):
    kind = Upload.Kind.PROMO_CODES
