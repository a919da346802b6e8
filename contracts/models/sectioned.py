from django.db import models


class Sectioned(models.Model):
    """What holds sections of a draft: an event payout its own, the template terms those that apply to all.

    `sections` has those without rows of their own, with the fields that the terms document has for them; `switched_on`
    says of each section, by its name in the engine, whether it will be published.
    """

    sections = models.JSONField(default=dict, blank=True)
    switched_on = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def is_on(self, section: str) -> bool:
        """Whether a section will be published; one that came into the product later begins switched off."""
        return bool(self.switched_on.get(section))
