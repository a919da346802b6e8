import common.db.constraints
import common.db.generated
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("program", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("number", models.BigIntegerField(help_text="The order in which steps were stored.")),
                (
                    "kind",
                    models.CharField(
                        choices=[("CLICK", "Click"), ("IMPRESSION", "Impression"), ("VISIT", "Visit")], max_length=10
                    ),
                ),
                ("partner_id", models.BigIntegerField(blank=True, null=True)),
                ("ad_id", models.BigIntegerField(blank=True, null=True)),
                ("source", models.CharField(blank=True, help_text="The unpaid source.", max_length=255)),
                (
                    "profile",
                    models.CharField(help_text="Whose it is: a cookie's id, or one made for this step.", max_length=70),
                ),
                (
                    "visitor",
                    models.CharField(help_text="By which clicks of one visitor are told to be one.", max_length=70),
                ),
                (
                    "not_counted",
                    models.CharField(
                        blank=True,
                        choices=[("BOT", "Bot"), ("PREFETCH", "Prefetch"), ("PREVIEW", "Link preview")],
                        max_length=8,
                    ),
                ),
                ("facts", models.JSONField(help_text="Its referral values, by the names of parameters.")),
                ("ip_address", models.CharField(blank=True, max_length=45)),
            ],
            options={
                "db_table": "tracking_step",
                "ordering": ["-at"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conversions", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.CharField(blank=True, max_length=64)),
                ("event_date", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("API", "API"),
                            ("FILE", "File"),
                            ("PIXEL", "Pixel"),
                            ("TAG", "Tag"),
                            ("MANUAL", "Test order"),
                            ("SYSTEM", "By itself"),
                            ("MEMBER", "Your team"),
                        ],
                        max_length=6,
                    ),
                ),
                ("payload", models.JSONField()),
                (
                    "derived",
                    models.JSONField(
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        help_text="Browser, system, device, country and region, from the user agent and the IP address at its time.",
                    ),
                ),
                (
                    "customer_id",
                    common.db.generated.StoredColumn(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            django.db.models.fields.json.KeyTextTransform("CustomerId", "payload"),
                            models.Value(""),
                            output_field=models.TextField(),
                        ),
                        output_field=models.CharField(blank=True, max_length=255),
                    ),
                ),
                ("idempotency_key", models.CharField(blank=True, max_length=255, null=True)),
                ("is_test", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting to be priced"),
                            ("PRICED", "Priced"),
                            ("HELD", "Could not be credited"),
                            ("DUPLICATE", "Duplicate"),
                            ("QUARANTINED", "Quarantined"),
                            ("ERASED", "Erased before it was priced"),
                        ],
                        default="WAITING",
                        max_length=11,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ACTION_REF_NOT_FOUND", "No click, impression or code"),
                            ("NO_VALID_ACTION_REF", "No referral by a partner"),
                            ("OUTSIDE_ASSOCIATION_WINDOW", "Outside of the referral window"),
                            ("REFTYPE_NOT_ACCEPTED", "A click or an impression that the terms do not count"),
                            ("ACTIONTERMS_NOT_FOUND", "The contract does not pay for the event type"),
                            ("BLOCKED_BY_PROMOCODE", "Another partner's promo code"),
                            ("RESTRICTED_PROMOCODE", "A promo code reserved to a group"),
                            ("PARTNER_NOT_FOUND", "No such partner"),
                            ("PARTNER_NOT_ACTIVE", "The partner is not active"),
                            ("CONTRACT_NOT_FOUND", "No contract at that time"),
                            ("EXCHANGE_RATE_NOT_FOUND", "No exchange rate"),
                            ("ACTIONTRACKER_NOT_ACTIVE", "The event type is not active"),
                            ("CONV_DUPLICATE", "Duplicate order id"),
                            ("REPLACED_BY_SERVER", "Your server sent the order"),
                            ("DIFFERS_FROM_SERVER", "Your server sent the order with another amount"),
                            ("NOT_REPLACED", "The browser's order could not be replaced"),
                            ("GIVEN_UP", "Interrupted three times"),
                            ("ERROR", "An error in pricing it"),
                            ("CUSTOMER_ERASED", "Its customer was erased"),
                        ],
                        max_length=30,
                    ),
                ),
                ("detail", models.TextField(blank=True)),
                (
                    "missing_rate",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="The pair whose rate of its day it waits for: USD/GBP.",
                        max_length=7,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "claim_limit",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Among how many it is priced at most, since a worker died over it; none: no limit.",
                        null=True,
                    ),
                ),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "erased_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When all that it told of its customer was removed from what was sent.",
                        null=True,
                    ),
                ),
                ("deduplication_period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="tracking.conversion",
                    ),
                ),
                (
                    "event_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.eventtype",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.program",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.CharField(blank=True, max_length=64)),
                ("promo_code", models.CharField(blank=True, max_length=255)),
                ("event_date", models.DateTimeField()),
                ("day", models.DateField(help_text="The event date's day in the program's time zone.")),
                ("creation_date", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[("PENDING", "Pending"), ("APPROVED", "Approved"), ("REVERSED", "Reversed")],
                        default="PENDING",
                        max_length=8,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=16, verbose_name="sale amount")),
                ("payout", models.DecimalField(decimal_places=4, max_digits=16)),
                (
                    "intended_payout",
                    models.DecimalField(
                        decimal_places=4,
                        help_text="As priced at first; of an action over its cap what it would be paid if it were approved.",
                        max_digits=16,
                    ),
                ),
                (
                    "referring_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CLICK_COOKIE", "Click"),
                            ("IMPRESSION_COOKIE", "Impression"),
                            ("PROMOCODE", "Promo code"),
                            ("REPORTED_PARTNER_ID", "Partner id sent"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "referring_date",
                    models.DateTimeField(blank=True, help_text="Of the click or impression credited.", null=True),
                ),
                ("referring_domain", models.CharField(blank=True, max_length=255)),
                ("original_currency", models.CharField(max_length=3)),
                (
                    "original_amount",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="sale amount as ordered"),
                ),
                ("customer_status", models.CharField(blank=True, max_length=40, verbose_name="customer status code")),
                (
                    "customer_status_category",
                    models.CharField(blank=True, max_length=40, verbose_name="customer status"),
                ),
                (
                    "status_is_worked_out",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The order brought no status; its customer's earlier orders say it.",
                    ),
                ),
                ("group_rank", models.PositiveIntegerField(blank=True, null=True)),
                ("group_name", models.CharField(blank=True, max_length=120)),
                ("is_restricted", models.BooleanField(default=False)),
                ("is_hidden", models.BooleanField(default=False, verbose_name="left out of reports")),
                (
                    "over_cap",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ACTIONS", "Outside of terms: exceeded action cap"),
                            ("SPEND", "Outside of terms: exceeded budget"),
                        ],
                        db_default="",
                        default="",
                        help_text="Why it is outside of its terms.",
                        max_length=7,
                    ),
                ),
                ("is_test", models.BooleanField(default=False)),
                ("locking_date", models.DateTimeField(blank=True, null=True)),
                ("clearing_date", models.DateField(blank=True, null=True)),
                ("context", models.JSONField()),
                ("profile", models.JSONField(default=dict)),
                ("journey", models.JSONField(default=dict)),
                ("limits", models.JSONField(blank=True, null=True)),
                ("order_state", models.JSONField(default=dict)),
                ("updates_count", models.PositiveSmallIntegerField(default=1)),
                ("trace", models.JSONField(blank=True, null=True)),
                (
                    "ad",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.ad",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="contracts.contract"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.customer",
                    ),
                ),
                (
                    "event_type",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="program.eventtype"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="program.partner"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.program",
                    ),
                ),
                (
                    "terms_version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.termsversion",
                    ),
                ),
                (
                    "conversion",
                    models.OneToOneField(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="tracking.conversion"
                    ),
                ),
            ],
            options={
                "ordering": ["-event_date", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CustomerFile",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("RUNNING", "Running"),
                            ("READY", "Ready"),
                            ("FAILED", "Failed"),
                        ],
                        default="QUEUED",
                        max_length=7,
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to="program.customer"
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
            },
        ),
        migrations.CreateModel(
            name="ErasedProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("profile_hash", models.CharField(help_text="SHA-256: the profile itself is gone.", max_length=64)),
                ("erased_at", models.DateTimeField()),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
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
                (
                    "state",
                    models.CharField(
                        choices=[("QUEUED", "Queued"), ("RUNNING", "Running"), ("DONE", "Done"), ("FAILED", "Failed")],
                        default="QUEUED",
                        max_length=7,
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to="program.customer"
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
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_hash", models.CharField(max_length=64)),
                ("request_hash", models.CharField(max_length=64)),
                ("answer", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="accounts.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LimitCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.PositiveIntegerField()),
                ("what", models.CharField(choices=[("PAYOUT", "Payout"), ("ACTIONS", "Actions")], max_length=7)),
                ("limit_by", models.CharField(max_length=8)),
                ("scope", models.CharField(blank=True, max_length=32)),
                ("period", models.CharField(max_length=14)),
                ("period_key", models.CharField(blank=True, max_length=32)),
                ("value", models.DecimalField(decimal_places=4, max_digits=16)),
                (
                    "event_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.eventtype",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.partner",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.program",
                    ),
                ),
                (
                    "template_terms",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contracts.templateterms",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Modification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.CharField(max_length=64)),
                ("modification_date", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("API", "API"),
                            ("FILE", "File"),
                            ("PIXEL", "Pixel"),
                            ("TAG", "Tag"),
                            ("MANUAL", "Test order"),
                            ("SYSTEM", "By itself"),
                            ("MEMBER", "Your team"),
                        ],
                        max_length=6,
                    ),
                ),
                ("payload", models.JSONField()),
                ("repetition", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "Waiting to be applied"), ("APPLIED", "Applied"), ("REFUSED", "Refused")],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ORDER_NOT_FOUND", "No action of that order"),
                            ("ACTION_LOCKED", "The action is locked"),
                            ("SKU_NOT_FOUND", "No such item in the order"),
                            ("SKU_ON_SEVERAL_LINES", "The SKU is on several lines"),
                            ("AMOUNT_ON_ITEMS", "The order has items"),
                            ("QUANTITY_NOT_POSSIBLE", "A line of quantity 0 cannot grow"),
                            ("RAISED_BY_RETURN", "A return that would leave more"),
                            ("BEFORE_ORDER", "Dated before its order"),
                            ("LATER_CHANGE", "A later change stands"),
                            ("TOO_MANY_UPDATES", "Too many updates of one action"),
                            ("CUSTOMER_ERASED", "The customer was erased"),
                            ("REVERSAL_POLICY", "More than the reversal policy allows"),
                            ("GIVEN_UP", "Interrupted three times"),
                            ("ERROR", "An error in applying it"),
                        ],
                        max_length=30,
                    ),
                ),
                ("detail", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "begun_together",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Begun among others. Where it waits still, their worker died, and they go on one at a time.",
                    ),
                ),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dismissed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When somebody decided that a refused change needs nothing more.",
                        null=True,
                    ),
                ),
                ("dismissal_reason", models.CharField(blank=True, db_default="", max_length=500)),
                (
                    "dismissed_by",
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
                    "event_type",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="program.eventtype"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ActionUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="1 is the order as tracked.")),
                (
                    "disposition",
                    models.CharField(
                        choices=[
                            ("IR_BLANK", "Order tracked"),
                            ("ORDER_UPDATE", "Order updated"),
                            ("ITEM_RETURNED", "Item returned"),
                            ("ITEM_OUT_OF_STOCK", "Item out of stock"),
                            ("CONS_FRAUD", "Consumer fraud"),
                            ("CONS_ERROR", "Consumer error"),
                            ("CONS_INFO_INVALID", "Consumer's details invalid"),
                            ("ORDER_ERROR", "Order error"),
                            ("PUB_ACT_DISPUTE", "Partner's dispute"),
                            ("ADV_ACT_DISPUTE", "Brand's dispute"),
                            ("NOT_COMPLIANCE_TERMS", "Not compliant with the terms"),
                            ("TEST_ACTION", "Test action"),
                            ("REJECTED", "Rejected"),
                            ("MP_RETURNED", "Returned by the partner"),
                            ("PARTNER_NOT_ACTIVE", "Partner not active"),
                            ("CREDITED_DIFFERENT_MP", "Credited to another partner"),
                            ("OTHER", "Other"),
                            ("LOCKED", "Locked"),
                            ("APPROVED", "Approved over its cap"),
                        ],
                        max_length=24,
                    ),
                ),
                ("update_date", models.DateTimeField(help_text="When it happened: the event or modification date.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("delta_amount", models.DecimalField(decimal_places=4, max_digits=16)),
                ("delta_payout", models.DecimalField(decimal_places=4, max_digits=16)),
                (
                    "state",
                    models.CharField(
                        choices=[("PENDING", "Pending"), ("APPROVED", "Approved"), ("REVERSED", "Reversed")],
                        help_text="The action's state from here on.",
                        max_length=8,
                    ),
                ),
                (
                    "order_state",
                    models.JSONField(
                        default=dict, help_text="The order as it stands from here on: engine.orders.OrderState."
                    ),
                ),
                ("what", models.TextField(blank=True, help_text="The change in words.")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("API", "API"),
                            ("FILE", "File"),
                            ("PIXEL", "Pixel"),
                            ("TAG", "Tag"),
                            ("MANUAL", "Test order"),
                            ("SYSTEM", "By itself"),
                            ("MEMBER", "Your team"),
                        ],
                        max_length=6,
                    ),
                ),
                ("limits", models.JSONField(blank=True, null=True)),
                ("before", models.JSONField(blank=True, null=True)),
                (
                    "action",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="tracking.action",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.program",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who approved it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaced",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="The browser's order that the server's took the place of.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tracking.conversion",
                    ),
                ),
                (
                    "modification",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="tracking.modification",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="RetryOfMany",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("q", models.CharField(blank=True, help_text="What was searched for.", max_length=64)),
                ("is_test", models.BooleanField(default=False)),
                (
                    "before",
                    models.BigIntegerField(
                        help_text="Orders of this number and later ones are queued, or came afterwards."
                    ),
                ),
                ("queued", models.PositiveIntegerField(default=0)),
                ("orders", models.PositiveIntegerField(help_text="How many there were to queue.")),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
        ),
        migrations.CreateModel(
            name="SeenTogether",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("profile", models.CharField(max_length=70)),
                ("customer_id", models.CharField(blank=True, max_length=255)),
                ("other_profile", models.CharField(blank=True, max_length=70)),
                (
                    "told_by",
                    models.CharField(
                        choices=[
                            ("IDENTIFY", "a browser’s identify"),
                            ("LANDING", "a landing page"),
                            ("BROWSER", "a browser’s order"),
                            ("ORDER", "an order of your server"),
                        ],
                        help_text="Who said so first, or an order of the server.",
                        max_length=8,
                    ),
                ),
                ("seen_at", models.DateTimeField(help_text="When first.")),
                (
                    "looks",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="How often held orders were looked for that it may credit: once soon, and once when all are priced.",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatusCheck",
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
                ("start", models.DateField()),
                ("end", models.DateField(help_text="Included.")),
                (
                    "re_engaged_after_days",
                    models.PositiveSmallIntegerField(
                        help_text="Days without an order after which a customer who orders again is Re-Engaged.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                    ),
                ),
                (
                    "complete_since",
                    models.DateField(
                        blank=True, help_text="From which day on every order was here when it was checked.", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Waiting"),
                            ("RUNNING", "Being checked"),
                            ("READY", "Ready"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="QUEUED",
                        max_length=9,
                    ),
                ),
                ("findings", models.JSONField(default=dict)),
                ("csv", models.BinaryField(null=True)),
                ("xlsx", models.BinaryField(null=True)),
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
            name="CheckedStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("DISAGREES", "Disagrees"),
                            ("NO_EARLIER", "No earlier order is known"),
                            ("INCOMPLETE", "The order history is not complete"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("sent", models.CharField(max_length=40)),
                ("by_history", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("payout", models.DecimalField(decimal_places=4, max_digits=16)),
                ("right_payout", models.DecimalField(decimal_places=4, max_digits=16)),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="tracking.action"
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
                (
                    "earlier",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The last order before this one. Without one, orders from before the brand came prove it.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tracking.conversion",
                    ),
                ),
                (
                    "status_check",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="tracking.statuscheck",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="TouchedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "conversions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[]),
                ),
                (
                    "customers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[]),
                ),
                (
                    "event_type",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to="program.eventtype"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.partner",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TouchedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CONVERSIONS", "Conversions"),
                            ("MODIFICATIONS", "Modifications"),
                            ("PARTNERS", "Partners"),
                            ("CUSTOMERS", "Customers"),
                            ("CUSTOMER_TAGS", "Customer tags"),
                            ("ADS", "Ads"),
                            ("PROMO_CODES", "Promo codes"),
                            ("EXCHANGE_RATES", "Exchange rates"),
                            ("EXCEPTION_LIST", "Entries of an exception list"),
                            ("CATALOG", "Product catalog"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ADD", "Add them to the customer's tags"),
                            ("REMOVE", "Remove them from the customer"),
                            ("REPLACE", "Put them in place of the customer's tags"),
                        ],
                        db_default="",
                        default="",
                        help_text="Of customer tags, entries of lists and the catalog: what to do.",
                        max_length=7,
                    ),
                ),
                ("content", models.BinaryField()),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Waiting to be checked"),
                            ("CHECKING", "Being checked"),
                            ("CHECKED", "Ready to import"),
                            ("CONFIRMED", "Waiting to be imported"),
                            ("IMPORTING", "Being imported"),
                            ("IMPORTED", "Imported"),
                            ("FAILED", "Could not be read"),
                            ("CANCELLED", "Cancelled"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="QUEUED",
                        max_length=10,
                    ),
                ),
                ("summary", models.JSONField(default=dict)),
                ("preview", models.JSONField(default=list)),
                (
                    "only_good",
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
                    "exception_list",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose entries.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="program.exceptionlist",
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
            },
        ),
        migrations.AddField(
            model_name="modification",
            name="upload",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="tracking.upload"
            ),
        ),
        migrations.AddField(
            model_name="conversion",
            name="upload",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="tracking.upload",
            ),
        ),
        migrations.CreateModel(
            name="CheckedOrders",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("settled", models.PositiveIntegerField(help_text="Rows of the file up to the last of these orders.")),
                (
                    "rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), help_text="The first row of each order."
                    ),
                ),
                ("event_types", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                ("order_ids", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(blank=True))),
                ("event_dates", django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField())),
                (
                    "payloads",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text="As JSON."),
                ),
                (
                    "derived",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), help_text="Their derived values, as JSON."
                    ),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checked_orders", to="tracking.upload"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "checked orders",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UploadError",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("field", models.CharField(blank=True, max_length=80)),
                ("message", models.TextField()),
                (
                    "values",
                    models.JSONField(default=dict, help_text="The row as it was sent, for the file of rejected rows."),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="errors", to="tracking.upload"
                    ),
                ),
            ],
            options={
                "ordering": ["row", "id"],
            },
        ),
        migrations.CreateModel(
            name="ActionItem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "action", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("index", models.PositiveSmallIntegerField(help_text="The line's place in the order as sent, from 0.")),
                ("sku", models.CharField(blank=True, max_length=255, verbose_name="SKU")),
                ("name", models.CharField(blank=True, max_length=255)),
                ("category", models.CharField(blank=True, max_length=255)),
                ("quantity", models.PositiveIntegerField()),
                ("sale_amount", models.DecimalField(decimal_places=4, max_digits=16)),
                ("payout", models.DecimalField(decimal_places=4, max_digits=16)),
                (
                    "action",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="tracking.action",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="program.program",
                    ),
                ),
            ],
            options={
                "ordering": ["index"],
                "constraints": [
                    common.db.constraints.SameProgram(
                        field="action", name="action_item_same_program", to="tracking.Action"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BrowserReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("API", "API"),
                            ("FILE", "File"),
                            ("PIXEL", "Pixel"),
                            ("TAG", "Tag"),
                            ("MANUAL", "Test order"),
                            ("SYSTEM", "By itself"),
                            ("MEMBER", "Your team"),
                        ],
                        max_length=6,
                    ),
                ),
                ("order_id", models.CharField(blank=True, max_length=64)),
                ("sent", models.JSONField(default=dict, help_text="The names and values that were sent, shortened.")),
                (
                    "refused",
                    models.JSONField(default=list, help_text="Why nothing was stored: pairs of field and words."),
                ),
                (
                    "left_out",
                    models.JSONField(default=list, help_text="What was not taken, and why: pairs of field and words."),
                ),
                (
                    "event_type",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="program.eventtype",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
                (
                    "conversion",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tracking.conversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["program", "-id"], name="browser_report_newest"),
                    models.Index(fields=["conversion"], name="browser_report_of_conversion"),
                ],
                "constraints": [
                    common.db.constraints.SameProgram(
                        field="event_type", name="browser_report_event_type_same_program", to="program.EventType"
                    ),
                    common.db.constraints.SameProgram(
                        field="conversion", name="browser_report_conversion_same_program", to="tracking.Conversion"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["program", "-event_date", "-id"],
                include=("is_test", "state", "currency", "amount", "payout"),
                name="action_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["program", "amount", "id"], include=("is_test", "state"), name="action_by_amount"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["program", "payout", "id"], include=("is_test", "state"), name="action_by_payout"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["program", "locking_date", "id"], include=("is_test", "state"), name="action_by_lock"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["program", "event_type", "partner", "day"], name="action_of_the_day"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["program", "order_id"], name="action_order"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["terms_version", "event_type", "group_rank", "day", "state", "is_test"],
                name="action_by_payout_group",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("referring_date__isnull", False)),
                fields=["program", "referring_date"],
                name="action_referred",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("original_currency", models.F("currency")), _negated=True),
                fields=["program", "original_currency", "currency", "day"],
                name="action_in_another_currency",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("profile__CustomerTags", []), _negated=True),
                fields=["program", "-event_date", "-id"],
                name="action_tagged",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("over_cap__gt", "")),
                fields=["program", "-event_date", "-id"],
                include=("is_test", "currency", "amount", "payout"),
                name="action_over_cap",
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("state", "PENDING")), fields=["locking_date"], name="action_pending_lock"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("locking_date__isnull", True), ("state", "PENDING")),
                fields=["event_date"],
                name="action_open_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="action_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="conversion", name="action_conversion_same_program", to="tracking.Conversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="action_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="action_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="contract", name="action_contract_same_program", to="contracts.Contract"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="terms_version", name="action_terms_version_same_program", to="contracts.TermsVersion"
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(field="ad", name="action_ad_same_program", to="program.Ad"),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=common.db.constraints.SameProgram(
                field="customer", name="action_customer_same_program", to="program.Customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerfile",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="customer_file_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="customerfile",
            constraint=common.db.constraints.SameProgram(
                field="customer", name="customer_file_customer_same_program", to="program.Customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasedprofile",
            constraint=models.UniqueConstraint(fields=("program", "profile_hash"), name="erased_profile_once"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="erasure_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=common.db.constraints.SameProgram(
                field="customer", name="erasure_customer_same_program", to="program.Customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["QUEUED", "RUNNING"])),
                fields=("customer",),
                name="erasure_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptanswer",
            constraint=models.UniqueConstraint(fields=("account", "key_hash"), name="kept_answer_once_a_key"),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=models.UniqueConstraint(
                fields=(
                    "template_terms",
                    "partner",
                    "event_type",
                    "since",
                    "what",
                    "limit_by",
                    "scope",
                    "period",
                    "period_key",
                ),
                name="limit_counter_unique",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="limit_counter_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=common.db.constraints.SameProgram(
                field="template_terms", name="limit_counter_template_terms_same_program", to="contracts.TemplateTerms"
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="limit_counter_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddIndex(
            model_name="actionupdate",
            index=models.Index(
                condition=models.Q(("replaced__isnull", False)),
                fields=["program", "-id"],
                name="action_update_replacing",
            ),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=models.UniqueConstraint(fields=("action", "number"), name="action_update_number_unique"),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=models.UniqueConstraint(
                fields=("modification", "action"), name="action_update_modification_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__lte", 1000)), name="action_update_at_most_1000"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=common.db.constraints.SameProgram(
                field="action", name="action_update_same_program", to="tracking.Action"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=common.db.constraints.SameProgram(
                field="modification", name="action_update_modification_same_program", to="tracking.Modification"
            ),
        ),
        migrations.AddConstraint(
            model_name="actionupdate",
            constraint=common.db.constraints.SameProgram(
                field="replaced", name="action_update_replaced_same_program", to="tracking.Conversion"
            ),
        ),
        migrations.AddIndex(
            model_name="seentogether",
            index=models.Index(fields=["program", "profile", "told_by", "id"], name="seen_together_first"),
        ),
        migrations.AddIndex(
            model_name="seentogether",
            index=models.Index(
                condition=models.Q(("customer_id", ""), _negated=True),
                fields=["program", "customer_id", "told_by", "id"],
                name="seen_together_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="seentogether",
            index=models.Index(
                condition=models.Q(("other_profile", ""), _negated=True),
                fields=["program", "other_profile", "told_by", "id"],
                name="seen_together_profile",
            ),
        ),
        migrations.AddIndex(
            model_name="seentogether",
            index=models.Index(condition=models.Q(("looks__lt", 2)), fields=["id"], name="seen_together_late"),
        ),
        migrations.AddConstraint(
            model_name="seentogether",
            constraint=models.UniqueConstraint(
                fields=("program", "profile", "customer_id", "other_profile"), name="seen_together_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="seentogether",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer_id", ""), ("other_profile", ""), _connector="XOR"),
                name="seen_together_with_one",
            ),
        ),
        migrations.AddIndex(
            model_name="statuscheck",
            index=models.Index(fields=["program", "-id"], name="status_check_newest"),
        ),
        migrations.AddConstraint(
            model_name="statuscheck",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="status_check_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="statuscheck",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="status_check_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddIndex(
            model_name="checkedstatus",
            index=models.Index(fields=["status_check", "verdict", "id"], name="checked_status_of_check"),
        ),
        migrations.AddConstraint(
            model_name="checkedstatus",
            constraint=common.db.constraints.SameProgram(
                field="status_check", name="checked_status_check_same_program", to="tracking.StatusCheck"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkedstatus",
            constraint=common.db.constraints.SameProgram(
                field="action", name="checked_status_action_same_program", to="tracking.Action"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkedstatus",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="checked_status_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkedstatus",
            constraint=common.db.constraints.SameProgram(
                field="earlier", name="checked_status_earlier_same_program", to="tracking.Conversion"
            ),
        ),
        migrations.AddIndex(
            model_name="touchedday",
            index=models.Index(fields=["program", "day"], name="touched_day_program"),
        ),
        migrations.AddConstraint(
            model_name="touchedday",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="touched_day_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="touchedday",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="touched_day_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddIndex(
            model_name="touchedstep",
            index=models.Index(fields=["program", "id"], name="touched_step_program"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="upload_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=common.db.constraints.SameProgram(
                field="exception_list", name="upload_exception_list_same_program", to="program.ExceptionList"
            ),
        ),
        migrations.AddIndex(
            model_name="modification",
            index=models.Index(condition=models.Q(("state", "WAITING")), fields=["id"], name="modification_waiting"),
        ),
        migrations.AddIndex(
            model_name="modification",
            index=models.Index(fields=["program", "order_id"], name="modification_order"),
        ),
        migrations.AddIndex(
            model_name="modification",
            index=models.Index(
                condition=models.Q(("dismissed_at__isnull", True), ("state", "REFUSED")),
                fields=["program", "-id"],
                name="modification_to_settle",
            ),
        ),
        migrations.AddIndex(
            model_name="modification",
            index=models.Index(
                condition=models.Q(("reason", "ORDER_NOT_FOUND"), ("state", "REFUSED")),
                fields=["processed_at"],
                name="modification_without_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="modification_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="modification_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=common.db.constraints.SameProgram(
                field="upload", name="modification_upload_same_program", to="tracking.Upload"
            ),
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
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(fields=["event_type", "-id"], name="conversion_newest"),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(condition=models.Q(("state", "WAITING")), fields=["id"], name="conversion_waiting"),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                condition=models.Q(("state__in", ["WAITING", "PRICED"]), _negated=True),
                fields=["program", "-id"],
                name="conversion_unpriced",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                condition=models.Q(
                    models.Q(("customer_id", ""), _negated=True),
                    ("is_test", False),
                    models.Q(("state", "DUPLICATE"), _negated=True),
                ),
                fields=["event_type", "customer_id", "event_date", "id"],
                name="conversion_of_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                condition=models.Q(("state", "HELD")), fields=["program", "reason", "-id"], name="conversion_held"
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                models.F("program"),
                django.db.models.fields.json.KeyTextTransform("ClickId", "payload"),
                condition=models.Q(("state", "HELD")),
                name="conversion_held_click",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                models.F("program"),
                django.db.models.fields.json.KeyTextTransform("CustomProfileId", "payload"),
                condition=models.Q(("state", "HELD")),
                name="conversion_held_profile",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                condition=models.Q(("source__in", ["PIXEL", "TAG"]), models.Q(("order_id", ""), _negated=True)),
                fields=["event_type", "order_id"],
                name="conversion_of_browser",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(
                condition=models.Q(("state__in", ["HELD", "QUARANTINED"])),
                fields=["state"],
                name="conversion_needs_attention",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    models.Q(("state", "DUPLICATE"), _negated=True), models.Q(("order_id", ""), _negated=True)
                ),
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
                    (
                        models.ExpressionWrapper(
                            models.Q(("source__in", ["PIXEL", "TAG"])), output_field=models.BooleanField()
                        ),
                        "=",
                    ),
                    ("deduplication_period", "&&"),
                ],
                name="conversion_order_id_once_in_window",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key__isnull", False)),
                fields=("program", "idempotency_key"),
                name="conversion_idempotency_key_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="conversion_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="conversion_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=common.db.constraints.SameProgram(
                field="upload", name="conversion_upload_same_program", to="tracking.Upload"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=common.db.constraints.SameProgram(
                field="duplicate_of", name="conversion_duplicate_of_same_program", to="tracking.Conversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkedorders",
            constraint=common.db.constraints.SameProgram(
                field="upload", name="checked_orders_upload_same_program", to="tracking.Upload"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploaderror",
            constraint=common.db.constraints.SameProgram(
                field="upload", name="upload_error_same_program", to="tracking.Upload"
            ),
        ),
    ]
