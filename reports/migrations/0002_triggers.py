from django.db import migrations

SQL = """
SELECT audit_table('reports_export', whose => 'people',
    without => 'content,progress,rows,attempts,failure,created_at,beat_at,finished_at,cancelled_by_id,removed_at');
"""


class Migration(migrations.Migration):
    """Who took which figures away as a file is in the audit log."""

    dependencies = [("reports", "0001_initial"), ("program", "0002_triggers")]

    operations = [migrations.RunSQL(SQL)]
