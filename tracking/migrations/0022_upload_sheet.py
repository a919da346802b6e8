from django.db import migrations, models


class Migration(migrations.Migration):
    """Of a workbook, somebody may choose another sheet than the first that has the columns."""

    dependencies = [("tracking", "0021_one_index_by_program")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="sheet",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of a workbook: the sheet that somebody chose.",
                max_length=255,
            ),
        ),
    ]
