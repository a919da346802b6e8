from django.contrib.postgres.fields import ArrayField
from django.db import models


class ClaimQuerySet(models.QuerySet["Claim"]):
    def numbers(self) -> models.QuerySet["Claim", int]:
        """The ids of all conversions in these claims."""
        return self.values_list(models.Func("conversions", function="unnest"), flat=True)


class Claim(models.Model):
    """Conversions that a worker has claimed together, of any programs. Written before the work, and removed by the
    transaction that prices them, which holds its lock meanwhile: an unlocked one was left by a worker that died. So a
    conversion's own row is written only once, with its outcome.
    """

    conversions = ArrayField(models.BigIntegerField())

    is_last = False  # not stored: whether nothing else waited when it was made, except what others had claimed

    objects = ClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Claim of {len(self.conversions)} conversions"
