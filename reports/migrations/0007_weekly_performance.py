import django.db.models.deletion
import program.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("program", "0007_authenticator_app"),
        ("reports", "0006_days_of_a_partner"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeeklyPerformance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_status_category", models.CharField(blank=True, max_length=40)),
                ("customer_status", models.CharField(blank=True, max_length=40, verbose_name="customer status code")),
                ("currency", models.CharField(max_length=3)),
                ("actions", models.PositiveIntegerField()),
                ("action_cost", models.DecimalField(decimal_places=4, max_digits=18)),
                ("revenue", models.DecimalField(decimal_places=4, max_digits=18)),
                ("gross_actions", models.PositiveIntegerField()),
                ("gross_action_cost", models.DecimalField(decimal_places=4, max_digits=18)),
                ("week", models.DateField(verbose_name="Monday of the week")),
                (
                    "event_type",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.eventtype"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.partner"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "weekly performance",
                "indexes": [models.Index(fields=["partner", "week"], name="weekly_performance_of_partner")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "program",
                            "week",
                            "partner",
                            "event_type",
                            "customer_status_category",
                            "customer_status",
                            "currency",
                        ),
                        name="weekly_performance_one_row_a_cell",
                    ),
                    program.constraints.SameProgram(
                        field="event_type", name="weekly_performance_event_type_same_program", to="program.EventType"
                    ),
                    program.constraints.SameProgram(
                        field="partner", name="weekly_performance_partner_same_program", to="program.Partner"
                    ),
                ],
            },
        ),
    ]
