"""Verifies that no entry of the audit log was changed or removed since it was written."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.log import prove_log
from accounts.models import AuditEntry, AuditLink


class Command(BaseCommand):
    help = (
        "Computes the hash of every entry of the audit log again, along the chain of its account, and of every text. "
        "Prints the counts as one line of JSON, with how many texts were erased. Entries that do not match go to "
        "standard error, and the exit status is then 1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        proof = prove_log()
        counts = {
            "Entries": AuditEntry.objects.count(),
            "Chains": AuditLink.objects.values("chain").distinct().count(),
            "Broken": len(proof.broken),
            "Erased": proof.erased,
        }
        self.stdout.write(json.dumps(counts))
        for entry in proof.broken[:20]:
            self.stderr.write(f"Audit entry {entry} is not as it was written, or the one before it is gone.")
        if proof.broken:
            raise CommandError("The audit log was tampered with.")
