from django.db import migrations

SQL = """
SELECT audit_table('reports_export', 'content,progress,rows,attempts,failure,created_at,beat_at,finished_at', 'people');
"""
UNDO = """
DROP TRIGGER audit_added ON reports_export;
DROP TRIGGER audit_changed ON reports_export;
DROP TRIGGER audit_removed ON reports_export;
"""


class Migration(migrations.Migration):
    """Who took which figures away as a file is in the audit log."""

    dependencies = [("reports", "0001_initial"), ("accounts", "0002_triggers")]

    operations = [
        migrations.RunSQL(SQL, UNDO),
    ]
