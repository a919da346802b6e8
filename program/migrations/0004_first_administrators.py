from django.db import migrations


class Migration(migrations.Migration):
    """Editors did everything so far: the first of each account becomes its administrator, or nobody could be added."""

    dependencies = [("program", "0003_audit_triggers")]

    operations = [
        migrations.RunSQL(
            """
            UPDATE program_membership SET role = 'ADMINISTRATOR' WHERE id IN (
                SELECT min(id) FROM program_membership WHERE role = 'EDITOR' GROUP BY account_id);
            """,
            "UPDATE program_membership SET role = 'EDITOR' WHERE role IN ('ADMINISTRATOR', 'FINANCE');",
        )
    ]
