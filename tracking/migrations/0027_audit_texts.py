from django.db import migrations

AUDIT = """
SELECT audit_table('tracking_upload', whose => 'people',
    without => 'content,preview,summary,progress,rows,attempts,failure,created_at,beat_at,finished_at');
SELECT audit_table('tracking_modification', whose => 'people',
    without => 'received_at,detail,attempts,begun_together,processed_at,repetition');
"""


class Migration(migrations.Migration):
    """The triggers of the audit log, which keeps texts apart now."""

    dependencies = [
        ("tracking", "0026_no_columns_that_nobody_writes"),
        ("program", "0011_audit_texts"),
    ]

    operations = [migrations.RunSQL(AUDIT)]
