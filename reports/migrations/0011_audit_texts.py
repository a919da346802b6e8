from django.db import migrations

AUDIT = """
SELECT audit_table('reports_export', whose => 'people',
    without => 'content,progress,rows,attempts,failure,created_at,beat_at,finished_at');
"""


class Migration(migrations.Migration):
    """The triggers of the audit log, which keeps texts apart now."""

    dependencies = [("reports", "0010_one_index_by_program"), ("program", "0011_audit_texts")]

    operations = [migrations.RunSQL(AUDIT)]
