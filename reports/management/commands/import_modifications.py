"""Imports modifications from a file."""

from tracking.imports.import_run import Outcome
from tracking.models import Modification, Upload

from ._importing import ImportCommand


class Command(ImportCommand):
    kind = Upload.Kind.MODIFICATIONS

    def after_waiting(self, outcome: Outcome) -> dict[str, object]:
        """The changes that were accepted as rows and refused by their orders: locked since, or without such a line."""
        refused = Modification.objects.filter(pk__in=outcome.changes, state=Modification.State.REFUSED)
        changes = sorted(refused, key=lambda change: outcome.changes[change.pk])
        return {
            "Refused": [
                {
                    "Row": outcome.changes[change.pk],
                    "OrderId": change.order_id,
                    "Reason": change.reason,
                    "Message": change.detail,
                }
                for change in changes
            ]
        }
