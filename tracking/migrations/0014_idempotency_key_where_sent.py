from django.db import migrations, models


class Migration(migrations.Migration):
    """Conversions without an idempotency key are in no index of keys."""

    dependencies = [("tracking", "0013_claims_and_order_keys")]

    operations = [
        migrations.RemoveConstraint(model_name="conversion", name="conversion_idempotency_key_unique"),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key__isnull", False)),
                fields=("program", "idempotency_key"),
                name="conversion_idempotency_key_unique",
            ),
        ),
    ]
