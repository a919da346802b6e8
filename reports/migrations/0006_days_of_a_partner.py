import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A partner's days are found by partner and day; the key alone needs no index beside that."""

    dependencies = [("reports", "0005_fill_daily_totals")]

    operations = [
        migrations.AddIndex(
            model_name="dailyperformance",
            index=models.Index(fields=["partner", "day"], name="daily_performance_of_partner"),
        ),
        migrations.AlterField(
            model_name="dailyperformance",
            name="partner",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.partner"),
        ),
    ]
