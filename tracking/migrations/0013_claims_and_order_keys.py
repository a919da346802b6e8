import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of the de-duplication starts with a number; what a worker has in hand stands in a row of its own."""

    dependencies = [
        ("program", "0005_no_single_keys"),
        ("tracking", "0012_no_single_keys"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="conversion",
            name="conversion_order_id_once_in_window",
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="conversion_order_id_once_in_window",
                expressions=[
                    (
                        models.Func(
                            models.F("order_id"), 0, function="hashtextextended", output_field=models.BigIntegerField()
                        ),
                        "=",
                    ),
                    ("order_id", "="),
                    ("event_type", "="),
                    ("is_test", "="),
                    ("deduplication_period", "&&"),
                ],
                condition=models.Q(
                    models.Q(("state", "DUPLICATE"), _negated=True), models.Q(("order_id", ""), _negated=True)
                ),
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "conversions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("claimed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
    ]
