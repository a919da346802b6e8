from django.db import migrations, models

AUDIT = """
DROP TRIGGER audit_added ON tracking_modification;
DROP TRIGGER audit_changed ON tracking_modification;
DROP TRIGGER audit_removed ON tracking_modification;
SELECT audit_table('tracking_modification', '{without}', 'people');
"""


class Migration(migrations.Migration):
    """How workers went about a change of an order is not in the audit log. The release before writes changes, too."""

    dependencies = [
        ("tracking", "0019_claim_limit"),
    ]

    operations = [
        migrations.AddField(
            model_name="modification",
            name="begun_together",
            field=models.BooleanField(
                default=False,
                db_default=False,
                help_text="Begun among others. Where it waits still, their worker died, and they go on one at a time.",
            ),
        ),
        migrations.RunSQL(
            AUDIT.format(without="received_at,detail,attempts,begun_together,processed_at,repetition"),
            AUDIT.format(without="received_at,detail,attempts,processed_at,repetition"),
        ),
    ]
