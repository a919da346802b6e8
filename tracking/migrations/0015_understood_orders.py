import django.db.models.deletion
from django.db import migrations, models

import program.constraints


class Migration(migrations.Migration):
    """What the check of a file understood, for its import."""

    dependencies = [("program", "0007_authenticator_app"), ("tracking", "0014_idempotency_key_where_sent")]

    operations = [
        migrations.CreateModel(
            name="UnderstoodOrders",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("orders", models.TextField()),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="understood", to="tracking.upload"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "understood orders",
                "ordering": ["id"],
                "constraints": [
                    program.constraints.SameProgram(
                        field="upload", name="understood_orders_upload_same_program", to="tracking.Upload"
                    )
                ],
            },
        ),
    ]
