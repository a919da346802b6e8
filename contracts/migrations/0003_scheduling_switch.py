from django.db import migrations, models


def _money() -> models.DecimalField:
    return models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)


class Migration(migrations.Migration):
    """The draft holds every document that the engine loads, and knows the revision that was published."""

    dependencies = [("contracts", "0002_terms_version_immutable")]

    operations = [
        migrations.AddField(
            model_name="eventpayout",
            name="has_scheduling",
            field=models.BooleanField(default=True, verbose_name="payout scheduling"),
        ),
        migrations.AddField(
            model_name="templateterms",
            name="published_revision",
            field=models.PositiveIntegerField(
                editable=False,
                help_text="The revision of the draft that the newest version was published from.",
                null=True,
            ),
        ),
        migrations.AlterField(model_name="eventpayout", name="default_payout", field=_money()),
        migrations.AlterField(model_name="eventpayout", name="default_payout_rate", field=_money()),
        migrations.AlterField(model_name="payoutgroup", name="payout", field=_money()),
        migrations.AlterField(model_name="payoutgroup", name="payout_rate", field=_money()),
        migrations.AlterField(model_name="payoutadjustment", name="rate", field=_money()),
        migrations.AlterField(model_name="payoutadjustment", name="amount", field=_money()),
        migrations.AlterField(
            model_name="payoutgroup", name="name", field=models.CharField(blank=True, max_length=255)
        ),
    ]
