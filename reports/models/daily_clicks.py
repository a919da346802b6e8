from django.db import models

from common.db.constraints import SameProgram
from program.models import Ad, Partner, Program


class DailyClicks(models.Model):
    """The impressions and clicks of one ad by one partner on one day. Recomputed, never added to. Bots, prefetches and
    previews of links are counted apart; clicks of one visitor within 30 seconds are one payable click.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False)
    ad = models.ForeignKey(Ad, on_delete=models.CASCADE)
    day = models.DateField()
    impressions = models.PositiveIntegerField()
    clicks = models.PositiveIntegerField()
    payable_clicks = models.PositiveIntegerField()
    bots = models.PositiveIntegerField(help_text="Impressions and links followed by bots.")
    prefetches = models.PositiveIntegerField()
    previews = models.PositiveIntegerField("link previews")

    class Meta:
        verbose_name_plural = "daily clicks"
        indexes = [models.Index(fields=["partner", "day"], name="daily_clicks_of_partner")]
        constraints = [
            models.UniqueConstraint(fields=["program", "day", "partner", "ad"], name="daily_clicks_one_row_a_cell"),
            SameProgram(field="partner", to="program.Partner", name="daily_clicks_partner_same_program"),
            SameProgram(field="ad", to="program.Ad", name="daily_clicks_ad_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.partner}, {self.ad}"
