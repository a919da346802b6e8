import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AUDIT = """
DROP TRIGGER audit_added ON tracking_modification;
DROP TRIGGER audit_changed ON tracking_modification;
DROP TRIGGER audit_removed ON tracking_modification;
SELECT audit_table('tracking_modification', '{without}', 'people');
"""
WITHOUT = "received_at,detail,attempts,begun_together,processed_at,repetition"


class Migration(migrations.Migration):
    """When and why a change was dismissed is in the audit log, whose entry names by whom."""

    dependencies = [
        ("tracking", "0022_upload_sheet"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="modification",
            name="dismissed_at",
            field=models.DateTimeField(
                blank=True, help_text="When somebody decided that a refused change needs nothing more.", null=True
            ),
        ),
        migrations.AddField(
            model_name="modification",
            name="dismissed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="modification",
            name="dismissal_reason",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dismissal_reason", ""), ("dismissed_at__isnull", True)),
                    models.Q(("dismissed_at__isnull", False), models.Q(("dismissal_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="modification_dismissed_with_reason",
            ),
        ),
        migrations.RunSQL(AUDIT.format(without=f"{WITHOUT},dismissed_by_id"), AUDIT.format(without=WITHOUT)),
    ]
