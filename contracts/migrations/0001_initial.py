import common.db.constraints
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import program.models.program
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("program", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("partner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="program.partner")),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CustomTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("name_key", models.CharField(editable=False, help_text="As names are compared.", max_length=80)),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "custom terms",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CustomTermsVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("CUSTOM", "Custom"),
                            ("EMAIL", "E-mail"),
                            ("COPYWRITING", "Copywriting"),
                            ("PAID_SEARCH", "Paid search"),
                            ("SEO", "SEO"),
                            ("TRADEMARK", "Trademark"),
                            ("APPROVAL", "Approval"),
                        ],
                        max_length=12,
                    ),
                ),
                ("content", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "custom_terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="contracts.customterms"
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
                "ordering": ["custom_terms", "-number"],
            },
        ),
        migrations.CreateModel(
            name="EventPayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sections", models.JSONField(blank=True, default=dict)),
                ("switched_on", models.JSONField(blank=True, default=dict)),
                ("event_type", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="program.eventtype")),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "section",
                    models.CharField(help_text="The list, as contracts.drafts.documents names it.", max_length=30),
                ),
                ("said", models.CharField(help_text="What it did, in words.", max_length=200)),
                ("deleted", models.BooleanField(help_text="Whether it deleted the rows.")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="The rows before it, by field.",
                    ),
                ),
                ("revision", models.PositiveIntegerField(help_text="Of the draft, that it made.")),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
                (
                    "event_payout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_change",
                        to="contracts.eventpayout",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GroupFile",
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
                ("kind", models.CharField(choices=[("EXPORT", "Export"), ("IMPORT", "Import")], max_length=6)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("RUNNING", "Running"),
                            ("READY", "Ready"),
                            ("CONFIRMED", "Waiting to be imported"),
                            ("IMPORTING", "Being imported"),
                            ("IMPORTED", "Imported"),
                            ("UNDONE", "Undone"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="QUEUED",
                        max_length=9,
                    ),
                ),
                ("content", models.BinaryField(default=b"", help_text="The file as it was sent.")),
                (
                    "written",
                    models.BinaryField(default=b"", help_text="The export, or the rows that an import rejects."),
                ),
                (
                    "sheet",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of a workbook: the sheet that somebody chose.",
                        max_length=255,
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of the draft that it was checked against; of an imported one, that it made.",
                        null=True,
                    ),
                ),
                ("before", models.JSONField(db_default=[], default=list)),
                ("preview", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "only_good_rows",
                    models.BooleanField(default=False, help_text="Import the good rows although others are rejected."),
                ),
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
                    "event_payout",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contracts.eventpayout"),
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
            },
        ),
        migrations.CreateModel(
            name="PayoutAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveIntegerField()),
                (
                    "rules",
                    models.JSONField(default=list, help_text="As in the terms document: Variable, Operator, Values."),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="switched on")),
                (
                    "direction",
                    models.CharField(
                        choices=[("INCREASE", "Increase"), ("DECREASE", "Decrease")], default="INCREASE", max_length=8
                    ),
                ),
                ("rate", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ("amount", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                (
                    "event_payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payout_adjustments",
                        to="contracts.eventpayout",
                    ),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "ordering": ["rank"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PayoutGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveIntegerField()),
                (
                    "rules",
                    models.JSONField(default=list, help_text="As in the terms document: Variable, Operator, Values."),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="switched on")),
                ("name", models.CharField(blank=True, max_length=255)),
                ("payout", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ("payout_rate", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                (
                    "payable_items",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="limit on payable items"),
                ),
                (
                    "event_payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payout_groups",
                        to="contracts.eventpayout",
                    ),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "ordering": ["rank"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PayoutRestriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveIntegerField()),
                (
                    "rules",
                    models.JSONField(default=list, help_text="As in the terms document: Variable, Operator, Values."),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="switched on")),
                (
                    "zero_payout_hide_report",
                    models.BooleanField(default=False, verbose_name="leave such actions out of reports"),
                ),
                (
                    "event_payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payout_restrictions",
                        to="contracts.eventpayout",
                    ),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "ordering": ["rank"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TakenTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="taken_times", to="contracts.contract"
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contracts.contract"
                    ),
                ),
                ("event_type", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="program.eventtype")),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TemplateTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sections", models.JSONField(blank=True, default=dict)),
                ("switched_on", models.JSONField(blank=True, default=dict)),
                ("name", models.CharField(help_text="The name in lists, contracts and actions.", max_length=120)),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="For your own sorting.",
                    ),
                ),
                ("currency", models.CharField(max_length=3, validators=[program.models.program.validate_currency])),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "draft_revision",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Counts the changes of the draft, so that a stale page can be detected.",
                    ),
                ),
                (
                    "published_revision",
                    models.PositiveIntegerField(
                        editable=False,
                        help_text="The revision of the draft that the newest version was published from.",
                        null=True,
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
                "verbose_name_plural": "template terms",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="eventpayout",
            name="template_terms",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="event_payouts", to="contracts.templateterms"
            ),
        ),
        migrations.CreateModel(
            name="TermsVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                (
                    "counters_since",
                    models.PositiveIntegerField(
                        default=1, editable=False, help_text="The version with which its limits began to count."
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template_terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="contracts.templateterms",
                    ),
                ),
            ],
            options={
                "ordering": ["template_terms", "-number"],
            },
        ),
        migrations.CreateModel(
            name="PublishReview",
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
                ("revision", models.PositiveIntegerField(help_text="Of the draft, when the review was asked for.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Waiting"),
                            ("RUNNING", "Being reviewed"),
                            ("READY", "Ready"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="QUEUED",
                        max_length=9,
                    ),
                ),
                ("found", models.JSONField(default=dict)),
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
                (
                    "template_terms",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contracts.templateterms"),
                ),
                (
                    "newest",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contracts.termsversion",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The older version to be published again; without one, the draft.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contracts.termsversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Publishing",
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
                ("kind", models.CharField(choices=[("PUBLISH", "Publish"), ("JOIN", "Join partners")], max_length=7)),
                (
                    "join",
                    models.JSONField(
                        blank=True, help_text="Ids of the partners who join, or all; null: nobody new.", null=True
                    ),
                ),
                ("start", models.DateField(blank=True, null=True)),
                ("comment", models.TextField(blank=True)),
                (
                    "shown",
                    models.CharField(help_text="The fingerprint of the effects that were confirmed.", max_length=64),
                ),
                (
                    "address",
                    models.TextField(
                        blank=True, help_text="Of the page that asked, to which the same can be sent again."
                    ),
                ),
                ("sent", models.JSONField(default=list, help_text="What was sent there: names and values.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Waiting"),
                            ("RUNNING", "Being done"),
                            ("DONE", "Done"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="QUEUED",
                        max_length=9,
                    ),
                ),
                ("outcome", models.JSONField(default=dict)),
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
                (
                    "template_terms",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="contracts.templateterms"),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The older version to be published again; without one, the draft.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contracts.termsversion",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The one that partners work under, once it is done.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contracts.termsversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contract",
            name="terms_version",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="contracts.termsversion"),
        ),
        migrations.CreateModel(
            name="AccountRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("setting", models.CharField(help_text="A key of contracts.account_rules.settings.", max_length=40)),
                ("least", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ("most", models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True)),
                ("choice", models.CharField(blank=True, max_length=40)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="term_rules",
                        to="accounts.account",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["setting"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "setting"), name="account_rule_one_per_setting"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least__isnull", False),
                            ("most__isnull", False),
                            models.Q(("choice", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="account_rule_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least__isnull", True),
                            ("most__isnull", True),
                            ("least__lte", models.F("most")),
                            _connector="OR",
                        ),
                        name="account_rule_range_runs_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractEventType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="event_types", to="contracts.contract"
                    ),
                ),
                ("event_type", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="program.eventtype")),
                ("partner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.partner")),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("partner", "="), ("event_type", "="), ("period", "&&")],
                        name="one_contract_per_partner_and_event_type_at_a_time",
                    ),
                    common.db.constraints.SameProgram(
                        field="contract", name="contract_event_type_contract_same_program", to="contracts.Contract"
                    ),
                    common.db.constraints.SameProgram(
                        field="partner", name="contract_event_type_partner_same_program", to="program.Partner"
                    ),
                    common.db.constraints.SameProgram(
                        field="event_type", name="contract_event_type_same_program", to="program.EventType"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="customterms",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="custom_terms_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="customterms",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="custom_terms_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="customtermsversion",
            constraint=models.UniqueConstraint(
                fields=("custom_terms", "number"), name="custom_terms_version_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="customtermsversion",
            constraint=common.db.constraints.SameProgram(
                field="custom_terms", name="custom_terms_version_same_program", to="contracts.CustomTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=common.db.constraints.SameProgram(
                field="event_payout", name="bulk_change_event_payout_same_program", to="contracts.EventPayout"
            ),
        ),
        migrations.AddConstraint(
            model_name="groupfile",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="group_file_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="groupfile",
            constraint=common.db.constraints.SameProgram(
                field="event_payout", name="group_file_same_program", to="contracts.EventPayout"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutadjustment",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("event_payout", "rank"),
                name="payout_adjustment_rank_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutadjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("rate__isnull", True)),
                    models.Q(("amount__isnull", True), ("rate__gte", 0)),
                    _connector="OR",
                ),
                name="payout_adjustment_percent_or_fixed",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutadjustment",
            constraint=common.db.constraints.SameProgram(
                field="event_payout", name="payout_adjustment_same_program", to="contracts.EventPayout"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutgroup",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("event_payout", "rank"),
                name="payout_group_rank_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payout__isnull", True), ("payout_rate__gte", 0)),
                    models.Q(("payout__gte", 0), ("payout_rate__isnull", True)),
                    _connector="OR",
                ),
                name="payout_group_percent_or_fixed",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutgroup",
            constraint=common.db.constraints.SameProgram(
                field="event_payout", name="payout_group_same_program", to="contracts.EventPayout"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutrestriction",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("event_payout", "rank"),
                name="payout_restriction_rank_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutrestriction",
            constraint=common.db.constraints.SameProgram(
                field="event_payout", name="payout_restriction_same_program", to="contracts.EventPayout"
            ),
        ),
        migrations.AddConstraint(
            model_name="takentime",
            constraint=common.db.constraints.SameProgram(
                field="contract", name="taken_time_contract_same_program", to="contracts.Contract"
            ),
        ),
        migrations.AddConstraint(
            model_name="takentime",
            constraint=common.db.constraints.SameProgram(
                field="earlier", name="taken_time_earlier_same_program", to="contracts.Contract"
            ),
        ),
        migrations.AddConstraint(
            model_name="takentime",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="taken_time_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateterms",
            constraint=models.UniqueConstraint(fields=("program", "name"), name="template_terms_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="templateterms",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="template_terms_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="eventpayout",
            constraint=models.UniqueConstraint(
                fields=("template_terms", "event_type"), name="event_payout_one_per_event_type"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sections__has_key", "DefaultPayout"), ("sections__has_key", "DefaultPayoutRate"), _connector="XOR"
                ),
                name="event_payout_percent_or_fixed",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventpayout",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="event_payout_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="eventpayout",
            constraint=common.db.constraints.SameProgram(
                field="template_terms", name="event_payout_template_terms_same_program", to="contracts.TemplateTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventpayout",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="event_payout_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="termsversion",
            constraint=models.UniqueConstraint(fields=("template_terms", "number"), name="terms_version_number_unique"),
        ),
        migrations.AddConstraint(
            model_name="termsversion",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="terms_version_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="termsversion",
            constraint=common.db.constraints.SameProgram(
                field="template_terms", name="terms_version_template_terms_same_program", to="contracts.TemplateTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishreview",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="publish_review_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="publishreview",
            constraint=common.db.constraints.SameProgram(
                field="template_terms", name="publish_review_template_terms_same_program", to="contracts.TemplateTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishreview",
            constraint=common.db.constraints.SameProgram(
                field="source", name="publish_review_source_same_program", to="contracts.TermsVersion"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishreview",
            constraint=common.db.constraints.SameProgram(
                field="newest", name="publish_review_newest_same_program", to="contracts.TermsVersion"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishing",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="publishing_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="publishing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["QUEUED", "RUNNING"])),
                fields=("template_terms", "shown"),
                name="publishing_confirmed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishing",
            constraint=common.db.constraints.SameProgram(
                field="template_terms", name="publishing_template_terms_same_program", to="contracts.TemplateTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishing",
            constraint=common.db.constraints.SameProgram(
                field="source", name="publishing_source_same_program", to="contracts.TermsVersion"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishing",
            constraint=common.db.constraints.SameProgram(
                field="version", name="publishing_version_same_program", to="contracts.TermsVersion"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="contract_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="contract_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=common.db.constraints.SameProgram(
                field="terms_version", name="contract_terms_version_same_program", to="contracts.TermsVersion"
            ),
        ),
    ]
