import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Days are found by program and day, or by partner and day: neither reads all of a program, nor of an event type."""

    dependencies = [
        ("program", "0007_authenticator_app"),
        ("reports", "0008_fill_weeks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dailyperformance",
            name="event_type",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.eventtype"
            ),
        ),
        migrations.AlterField(
            model_name="dailyperformance",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AlterField(
            model_name="dailytotal",
            name="event_type",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.eventtype"
            ),
        ),
        migrations.AlterField(
            model_name="dailytotal",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
    ]
