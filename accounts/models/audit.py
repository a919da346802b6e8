"""The audit log: who changed what, when and from where. Rows are only ever added; the database refuses the rest."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from .account import Account


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def for_account(self, account: Account) -> "AuditQuerySet":
        return self.filter(account=account)

    def by_person(self, who: str) -> "AuditQuerySet":
        return self.filter(who=who)

    def of_noun(self, noun: str) -> "AuditQuerySet":
        return self.filter(noun=noun)

    def between(self, start: datetime, end: datetime) -> "AuditQuerySet":
        """Those from the first moment on and before the second."""
        return self.filter(at__gte=start, at__lt=end)


class AuditEntry(models.Model):
    """One change of one row, or of many rows by one statement, or an event such as a log-in.

    Nothing here is a foreign key of the database: the entry outlives the users and rows that it names.
    """

    class Source(models.TextChoices):
        PAGE = "PAGE", "Pages"
        ADMIN = "ADMIN", "Administration"
        API = "API", "API"
        COMMAND = "COMMAND", "Command"
        WORKER = "WORKER", "Worker"
        OUTSIDE = "", "Outside of the product"

    at = models.DateTimeField(default=timezone.now)
    account = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    program_id = models.PositiveIntegerField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    who = models.CharField(max_length=150, blank=True, help_text="User name, API token, command or task, as it was.")
    source = models.CharField(max_length=7, choices=Source, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="The network address that the request came from.")
    event = models.CharField(max_length=20, help_text="ADDED, CHANGED, REMOVED, or what else happened.")
    noun = models.CharField(max_length=63, blank=True, help_text="The table of the row.")
    object_id = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(default=1, help_text="Rows that one statement changed.")
    digests: Any = models.JSONField(
        default=dict, help_text="Field of a text → its digest, or null where only that it changed is kept."
    )

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="audit_of_account"),
            models.Index(fields=["account", "who", "-id"], name="audit_of_person"),
            models.Index(fields=["account", "noun", "-id"], name="audit_of_noun"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.who} {self.event} {self.noun}"

    @property
    def label(self) -> str | None:
        """What the row was called then, or what happened where no row changed; None where that was erased."""
        return self._contents().get("", None if "" in self.digests else "")

    @property
    def changes(self) -> dict[str, list[Any] | None]:
        """Field → [before, after]; [] where only that it changed is kept, None where the values were erased."""
        contents = self._contents()
        return {field: contents.get(field) if digest else [] for field, digest in self.digests.items() if field}

    def _contents(self) -> dict[str, Any]:
        return {text.field: json.loads(text.content) for text in self.texts.all()}


class AuditText(models.Model):
    """The label of an entry, or the values of one of its fields, so that they can be erased.

    The entry holds the digest of salt and content. Without its row nobody can tell from the digest what it was.
    """

    pk = models.CompositePrimaryKey("entry", "field")
    entry = models.ForeignKey(
        AuditEntry, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="texts"
    )
    field = models.CharField(max_length=63, blank=True, help_text="The column whose values it says; empty: the label.")
    salt = models.UUIDField()
    content = models.TextField(help_text="As JSON: the label, or [before, after].")

    def __str__(self) -> str:
        return f"{self.field or 'label'} of entry {self.entry_id}"


class AuditLink(models.Model):
    """The link of an entry in its account's chain: a hash over the entry and the hash before it.

    Made by the database when the transaction commits, so that no transaction waits for another's long one.
    """

    entry = models.OneToOneField(AuditEntry, primary_key=True, on_delete=models.DO_NOTHING)
    chain = models.BigIntegerField(help_text="The account, or 0 for what belongs to none.")
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_link_one_per_position")]

    def __str__(self) -> str:
        return f"{self.chain}: {self.position}"
