import common.db.constraints
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contracts", "0001_initial"),
        ("program", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyClicks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("impressions", models.PositiveIntegerField()),
                ("clicks", models.PositiveIntegerField()),
                ("payable_clicks", models.PositiveIntegerField()),
                ("bots", models.PositiveIntegerField(help_text="Impressions and links followed by bots.")),
                ("prefetches", models.PositiveIntegerField()),
                ("previews", models.PositiveIntegerField(verbose_name="link previews")),
                ("ad", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.ad")),
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
                "verbose_name_plural": "daily clicks",
                "indexes": [models.Index(fields=["partner", "day"], name="daily_clicks_of_partner")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "day", "partner", "ad"), name="daily_clicks_one_row_a_cell"
                    ),
                    common.db.constraints.SameProgram(
                        field="partner", name="daily_clicks_partner_same_program", to="program.Partner"
                    ),
                    common.db.constraints.SameProgram(field="ad", name="daily_clicks_ad_same_program", to="program.Ad"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyPerformance",
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
                ("day", models.DateField()),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="contracts.contract"
                    ),
                ),
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
                "verbose_name_plural": "daily performance",
                "indexes": [models.Index(fields=["partner", "day"], name="daily_performance_of_partner")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "program",
                            "day",
                            "partner",
                            "contract",
                            "event_type",
                            "customer_status_category",
                            "customer_status",
                            "currency",
                        ),
                        name="daily_performance_one_row_a_cell",
                    ),
                    common.db.constraints.SameProgram(
                        field="event_type", name="daily_performance_event_type_same_program", to="program.EventType"
                    ),
                    common.db.constraints.SameProgram(
                        field="partner", name="daily_performance_partner_same_program", to="program.Partner"
                    ),
                    common.db.constraints.SameProgram(
                        field="contract", name="daily_performance_contract_same_program", to="contracts.Contract"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyTotal",
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
                ("day", models.DateField()),
                (
                    "event_type",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.eventtype"
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "program",
                            "day",
                            "event_type",
                            "customer_status_category",
                            "customer_status",
                            "currency",
                        ),
                        name="daily_total_one_row_a_cell",
                    ),
                    common.db.constraints.SameProgram(
                        field="event_type", name="daily_total_event_type_same_program", to="program.EventType"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filename", models.CharField(max_length=255)),
                ("progress", models.PositiveIntegerField(default=0, help_text="Rows read so far, of this step.")),
                ("rows", models.PositiveIntegerField(default=0)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="How often a worker began this step."),
                ),
                ("failure", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "beat_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="When its worker last made progress."
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, help_text="When its content was removed.", null=True)),
                (
                    "removed_because",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Why it was removed, where it was not too old.",
                        max_length=120,
                    ),
                ),
                ("handle", models.CharField(help_text="Which report: new_vs_return_customer, …", max_length=60)),
                ("parameters", models.JSONField(default=dict, help_text="Its filters, as in the page's address.")),
                ("format", models.CharField(choices=[("csv", "CSV"), ("xlsx", "Excel")], max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("RUNNING", "Running"),
                            ("READY", "Ready"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="QUEUED",
                        max_length=9,
                    ),
                ),
                ("content", models.BinaryField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("program", "id"), name="export_program_and_id")],
            },
        ),
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
                    common.db.constraints.SameProgram(
                        field="event_type", name="weekly_performance_event_type_same_program", to="program.EventType"
                    ),
                    common.db.constraints.SameProgram(
                        field="partner", name="weekly_performance_partner_same_program", to="program.Partner"
                    ),
                ],
            },
        ),
    ]
