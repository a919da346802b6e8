from django.db import migrations, models

AUDIT = """
DROP TRIGGER audit_added ON contracts_groupfile;
DROP TRIGGER audit_changed ON contracts_groupfile;
DROP TRIGGER audit_removed ON contracts_groupfile;
SELECT audit_table('contracts_groupfile', '{without}', 'people');
"""
WITHOUT = "content,written,preview,revision,progress,rows,attempts,failure,created_at,beat_at,finished_at"


class Migration(migrations.Migration):
    """Of a workbook somebody may choose the sheet; an import keeps what it replaced, so that it can be undone."""

    dependencies = [("contracts", "0006_one_index_by_program")]

    operations = [
        migrations.AddField(
            model_name="groupfile",
            name="sheet",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of a workbook: the sheet that somebody chose.",
                max_length=255,
            ),
        ),
        migrations.AddField(
            model_name="groupfile",
            name="before",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AlterField(
            model_name="groupfile",
            name="revision",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Of the draft that it was checked against; of an imported one, that it made.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="groupfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("QUEUED", "Queued"),
                    ("RUNNING", "Running"),
                    ("READY", "Ready"),
                    ("CONFIRMED", "Waiting to be imported"),
                    ("IMPORTING", "Being imported"),
                    ("IMPORTED", "Imported"),
                    ("UNDONE", "Undone"),
                    ("FAILED", "Failed"),
                    ("DISCARDED", "Discarded"),
                ],
                default="QUEUED",
                max_length=9,
            ),
        ),
        migrations.RunSQL(AUDIT.format(without=f"{WITHOUT},before"), AUDIT.format(without=WITHOUT)),
    ]
