from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from accounts.models import Account

KEPT_FOR = timedelta(days=1)


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def outdated(self, now: datetime) -> "KeptAnswerQuerySet":
        """Those of keys that nobody sends again."""
        return self.filter(created_at__lt=now - KEPT_FOR)


class KeptAnswer(models.Model):
    """What a request of the API with an Idempotency-Key has done, so that the same request does it once.

    Of the key and the request there are only hashes, and of the answer numbers: nothing in it says who a customer is.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key_hash"], name="kept_answer_once_a_key")]

    def __str__(self) -> str:
        return self.key_hash[:8]
