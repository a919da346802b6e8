from django.db import migrations


class Migration(migrations.Migration):
    """The ledger of actions is append-only: the database itself refuses anything else."""

    dependencies = [("tracking", "0001_initial"), ("contracts", "0002_terms_version_immutable")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER action_update_append_only BEFORE UPDATE OR DELETE ON tracking_actionupdate
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER action_update_append_only ON tracking_actionupdate;",
        )
    ]
