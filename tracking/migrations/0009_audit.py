from django.db import migrations


class Migration(migrations.Migration):
    """Uploads, and changes of orders as they were sent, are in the audit log. Orders and actions are books themselves."""

    dependencies = [("tracking", "0008_change_repetition"), ("program", "0003_audit_triggers")]

    operations = [
        migrations.RunSQL(
            """
            SELECT audit_table('tracking_upload', 'content,preview,summary,progress,rows,attempts,failure,created_at,beat_at,finished_at', 'people');
            SELECT audit_table('tracking_modification', 'received_at,detail,attempts,processed_at,repetition', 'people');
            """,
            """
            DROP TRIGGER audit_added ON tracking_upload;
            DROP TRIGGER audit_changed ON tracking_upload;
            DROP TRIGGER audit_removed ON tracking_upload;
            DROP TRIGGER audit_added ON tracking_modification;
            DROP TRIGGER audit_changed ON tracking_modification;
            DROP TRIGGER audit_removed ON tracking_modification;
            """,
        )
    ]
