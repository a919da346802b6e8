from django.db import migrations


class Migration(migrations.Migration):
    """Who took which figures away as a file is in the audit log."""

    dependencies = [("reports", "0002_export_as_job"), ("program", "0003_audit_triggers")]

    operations = [
        migrations.RunSQL(
            """
            SELECT audit_table('reports_export', 'content,progress,rows,attempts,failure,created_at,beat_at,finished_at', 'people');
            """,
            """
            DROP TRIGGER audit_added ON reports_export;
            DROP TRIGGER audit_changed ON reports_export;
            DROP TRIGGER audit_removed ON reports_export;
            """,
        )
    ]
