from django.db import migrations, models


class Migration(migrations.Migration):
    """Exports share their fields with the other files that workers write and read."""

    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often a worker began this step."),
        ),
        migrations.AlterField(model_name="export", name="filename", field=models.CharField(max_length=255)),
        migrations.AlterField(
            model_name="export",
            name="progress",
            field=models.PositiveIntegerField(default=0, help_text="Rows read so far, of this step."),
        ),
    ]
