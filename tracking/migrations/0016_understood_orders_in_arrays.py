from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

EMPTY = migrations.RunSQL("TRUNCATE tracking_understoodorders", migrations.RunSQL.noop)


def added(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("understoodorders", name, field, preserve_default=False)


class Migration(migrations.Migration):
    """Kept orders in a shape that the database stores by itself; what was kept before is read from its file again."""

    dependencies = [("tracking", "0015_understood_orders")]

    operations = [
        EMPTY,
        migrations.RemoveField("understoodorders", "orders"),
        added(
            "settled",
            models.PositiveIntegerField(default=0, help_text="Rows of the file up to the last of these orders."),
        ),
        added(
            "rows", ArrayField(models.PositiveIntegerField(), default=list, help_text="The first row of each order.")
        ),
        added("event_types", ArrayField(models.BigIntegerField(), default=list)),
        added("order_ids", ArrayField(models.TextField(blank=True), default=list)),
        added("event_dates", ArrayField(models.DateTimeField(), default=list)),
        added("payloads", ArrayField(models.TextField(), default=list, help_text="As JSON.")),
        # They stay for minutes: to compress them would take longer than to write them.
        migrations.RunSQL(
            "ALTER TABLE tracking_understoodorders ALTER payloads SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
    ]
