import common.db.constraints
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import program.models.catalog
import program.models.names
import program.models.program
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.CharField(max_length=255)),
                ("name", models.CharField(blank=True, db_default="", max_length=255)),
                (
                    "surname",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="The end of the name, where it was sent apart.",
                        max_length=255,
                    ),
                ),
                ("email", models.CharField(blank=True, db_default="", max_length=254, verbose_name="e-mail address")),
                (
                    "email_sha1",
                    models.CharField(
                        blank=True, db_default="", max_length=40, verbose_name="SHA-1 of the e-mail address"
                    ),
                ),
                (
                    "email_sha256",
                    models.CharField(
                        blank=True, db_default="", max_length=64, verbose_name="SHA-256 of the e-mail address"
                    ),
                ),
                ("country", models.CharField(blank=True, db_default="", max_length=255)),
                ("region", models.CharField(blank=True, db_default="", max_length=255)),
                ("city", models.CharField(blank=True, db_default="", max_length=255)),
                ("post_code", models.CharField(blank=True, db_default="", max_length=255)),
                (
                    "sent_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When who they are was last sent. Orders received later override it.",
                        null=True,
                    ),
                ),
                (
                    "first_order_date",
                    models.DateField(blank=True, help_text="Of orders from before the brand came.", null=True),
                ),
                (
                    "orders_before",
                    models.PositiveIntegerField(db_default=0, default=0, help_text="How many orders these were."),
                ),
                (
                    "orders",
                    models.PositiveIntegerField(db_default=0, default=0, help_text="Actions that are not reversed."),
                ),
                (
                    "first_order",
                    models.DateTimeField(blank=True, help_text="Event date of the first action.", null=True),
                ),
                ("last_order", models.DateTimeField(blank=True, help_text="Event date of the last action.", null=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Of the last action.",
                        max_length=40,
                        verbose_name="customer status",
                    ),
                ),
                (
                    "partner_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        db_default=[],
                        default=list,
                        help_text="Who brought the actions, by number of the row.",
                    ),
                ),
                (
                    "tag_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        db_default=[],
                        default=list,
                        editable=False,
                        help_text="The tags without an end, by number of the row; the database keeps them.",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, help_text="The id is then a pseudonym.", null=True)),
            ],
            options={
                "ordering": ["customer_id"],
            },
        ),
        migrations.CreateModel(
            name="CustomerTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("gray", "Grey"),
                            ("blue", "Blue"),
                            ("green", "Green"),
                            ("amber", "Amber"),
                            ("red", "Red"),
                            ("purple", "Purple"),
                            ("teal", "Teal"),
                            ("pink", "Pink"),
                        ],
                        db_default="gray",
                        default="gray",
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                (
                    "is_open",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The tag on the shop's pages may put it on the customer; anybody can make a browser do so.",
                        verbose_name="open to browsers",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when it counts where it is, and can be assigned to nobody else.",
                        null=True,
                    ),
                ),
                (
                    "deleting_since",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Since when a worker deletes it, and nobody can use it.",
                        null=True,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ExceptionList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("SKU", "SKUs"), ("CATEGORY", "Categories"), ("PROMO_CODE", "Promo codes")],
                        help_text="What its entries are compared with.",
                        max_length=10,
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when its entries stay as they are. Rules go on finding them.",
                        null=True,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "media_partner_id",
                    models.CharField(
                        help_text="Sent as MediaPartnerId; compared exactly.", max_length=64, verbose_name="partner id"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("country", models.CharField(blank=True, help_text="ISO 3166 alpha-2, such as GB.", max_length=2)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("affiliate", "Affiliate"),
                            ("coupon", "Coupon"),
                            ("content", "Content"),
                            ("influencer", "Influencer"),
                            ("loyalty", "Loyalty"),
                            ("paid search", "Paid search"),
                            ("email", "E-mail"),
                            ("social", "Social"),
                            ("display", "Display"),
                            ("organic", "Organic"),
                            ("other", "Other"),
                        ],
                        db_default="affiliate",
                        default="affiliate",
                        help_text="The kind of source that the partner is, for the path variables.",
                        max_length=12,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="PartnerGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RateFetch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tried_at", models.DateTimeField()),
                ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "failure",
                    models.TextField(blank=True, help_text="Why the last attempt brought nothing; blank where it did."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PartnerGroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.partnergroup")),
                ("partner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.partner")),
            ],
        ),
        migrations.AddField(
            model_name="partner",
            name="groups",
            field=models.ManyToManyField(
                blank=True, related_name="partners", through="program.PartnerGroupMember", to="program.partnergroup"
            ),
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name="program id")),
                ("name", models.CharField(max_length=120)),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[program.models.program.validate_currency],
                        verbose_name="default currency",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC", max_length=64, validators=[program.models.program.validate_time_zone]
                    ),
                ),
                (
                    "orders_complete_since",
                    models.DateField(
                        blank=True,
                        help_text="From this day on every order is here; without a day, from the first order on.",
                        null=True,
                        verbose_name="order history complete since",
                    ),
                ),
                (
                    "landing_domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        help_text="To which click links may lead: shop.example, or *.shop.example for all below it.",
                    ),
                ),
                (
                    "ip_addresses",
                    models.CharField(
                        choices=[
                            ("FULL", "Kept in full"),
                            ("TRUNCATED", "Shortened: 203.0.113.0 is kept of 203.0.113.77"),
                            ("NONE", "Not kept"),
                        ],
                        db_default="TRUNCATED",
                        default="TRUNCATED",
                        max_length=9,
                        verbose_name="IP addresses",
                    ),
                ),
                (
                    "browsers_identify",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="Whether the tag's identify says whose a browser is; else orders alone do.",
                        verbose_name="browsers may identify customers",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.account")),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="partnergroupmember",
            name="program",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AddField(
            model_name="partnergroup",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AddField(
            model_name="partner",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.CreateModel(
            name="MediaSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("affiliate", "Affiliate"),
                            ("coupon", "Coupon"),
                            ("content", "Content"),
                            ("influencer", "Influencer"),
                            ("loyalty", "Loyalty"),
                            ("paid search", "Paid search"),
                            ("email", "E-mail"),
                            ("social", "Social"),
                            ("display", "Display"),
                            ("organic", "Organic"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
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
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="day")),
                ("source", models.CharField(max_length=3, verbose_name="from")),
                ("target", models.CharField(max_length=3, verbose_name="to")),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
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
                "ordering": ["-date", "source", "target"],
            },
        ),
        migrations.CreateModel(
            name="ExceptionListName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
                (
                    "exception_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="program.exceptionlist"
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
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ExceptionListItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=500)),
                (
                    "value_key",
                    program.models.catalog.EntryKey(
                        editable=False, help_text="The value as it is compared.", max_length=765, source="value"
                    ),
                ),
                (
                    "match_mode",
                    models.CharField(
                        choices=[("EQ", "Equals"), ("REGEX", "Regular expression")], default="EQ", max_length=5
                    ),
                ),
                ("name", models.CharField(blank=True, db_default="", help_text="What people call it.", max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                        editable=False,
                    ),
                ),
                (
                    "exception_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="program.exceptionlist",
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
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="exceptionlist",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.CreateModel(
            name="EventType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Sent as EventTypeCode with each conversion.",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_-]+$", "Use letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("SALE", "Online sale"),
                            ("LEAD", "Online lead"),
                            ("DOWNLOAD", "Download"),
                            ("PAGE_VISIT", "Page visit"),
                            ("PARTNER_REFERRAL", "Partner referral"),
                            ("MOBILE_APP", "Mobile app"),
                            ("DATA_POST", "Data post"),
                            ("OFFLINE", "Offline conversion"),
                        ],
                        default="SALE",
                        max_length=20,
                    ),
                ),
                (
                    "payout_levels",
                    models.CharField(
                        choices=[("BOTH", "By order or by item"), ("ORDER", "By order"), ("ITEM", "By item")],
                        default="BOTH",
                        max_length=5,
                        verbose_name="payout level offered",
                    ),
                ),
                (
                    "deduplication_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Days in which the same order id is the same conversion.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="de-duplication window",
                    ),
                ),
                (
                    "reported_by",
                    models.CharField(
                        choices=[("SERVER", "Your server"), ("BROWSER", "The browser"), ("BOTH", "Both")],
                        db_default="SERVER",
                        default="SERVER",
                        help_text="Where both report, the server's order replaces the browser's of the same order id.",
                        max_length=7,
                        verbose_name="conversions come from",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("has_status_mapping", models.BooleanField(default=False, verbose_name="customer status mapping")),
                (
                    "works_out_status",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Where an order brings no status, it is worked out from the customer's earlier orders.",
                        verbose_name="works out the customer status",
                    ),
                ),
                (
                    "re_engaged_after_days",
                    models.PositiveSmallIntegerField(
                        db_default=365,
                        default=365,
                        help_text="Days without an order after which a customer who orders again is Re-Engaged.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
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
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="CustomerTagName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="program.customertag"
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
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CustomerTagging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="From when, included, until when, excluded; without an end it is carried today."
                    ),
                ),
                (
                    "assigned_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                    ),
                ),
                (
                    "assigned_by",
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
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.customer"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.customertag"
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
        migrations.AddField(
            model_name="customertag",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.CreateModel(
            name="CustomerStatusMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=40)),
                ("code_key", models.CharField(editable=False, help_text="The code as it is compared.", max_length=80)),
                ("event_type", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.eventtype")),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "ordering": ["category", "code"],
            },
        ),
        migrations.CreateModel(
            name="CustomerSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("query", models.TextField(help_text="As in the address of the list.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
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
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CustomerRevenue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("orders", models.PositiveIntegerField()),
                ("revenue", models.DecimalField(decimal_places=4, max_digits=19)),
                ("payout", models.DecimalField(decimal_places=4, max_digits=19)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revenues",
                        to="program.customer",
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
        migrations.AddField(
            model_name="customer",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.CreateModel(
            name="CatalogItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=255, verbose_name="SKU")),
                (
                    "name",
                    models.CharField(
                        blank=True, db_default="", help_text="By which people find the product.", max_length=255
                    ),
                ),
                ("manufacturer", models.CharField(blank=True, max_length=255)),
                ("category", models.CharField(blank=True, max_length=255)),
                ("subcategory", models.CharField(blank=True, max_length=255)),
                ("original_format_category", models.CharField(blank=True, max_length=255)),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"
                    ),
                ),
            ],
            options={
                "ordering": ["sku"],
            },
        ),
        migrations.CreateModel(
            name="Ad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("TEXT_LINK", "Text link"),
                            ("BANNER", "Banner"),
                            ("COUPON", "Coupon"),
                            ("PRODUCT", "Product"),
                            ("VIDEO", "Video"),
                            ("OTHER", "Other"),
                        ],
                        default="TEXT_LINK",
                        max_length=10,
                    ),
                ),
                (
                    "landing_page",
                    models.URLField(
                        help_text="Where a link leads that names no other page; on a domain of the program.",
                        max_length=2048,
                    ),
                ),
                (
                    "deal",
                    models.CharField(
                        blank=True, help_text="Referral Deal of clicks that name no other.", max_length=120
                    ),
                ),
                (
                    "sku",
                    models.CharField(
                        blank=True,
                        help_text="Referral SKU of clicks that name no other.",
                        max_length=255,
                        verbose_name="SKU",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="PromoCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=255)),
                (
                    "code_key",
                    program.models.names.ComparedField(
                        editable=False, help_text="The code as it is compared.", max_length=255, source="code"
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[("CREDIT", "Credits its partner"), ("RESERVE", "Reserved")],
                        default="CREDIT",
                        max_length=7,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="program.partnergroup"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="program.partner"
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
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="ReceivedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("variable", models.CharField(max_length=40)),
                ("value", models.CharField(blank=True, max_length=255)),
                ("day", models.DateField()),
                ("orders", models.PositiveIntegerField()),
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
        ),
        migrations.CreateModel(
            name="ReferenceRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("date", models.DateField()),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
            ],
            options={
                "ordering": ["-date", "currency"],
                "indexes": [models.Index(fields=["-date", "currency"], name="reference_rate_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "date"), name="reference_rate_once_a_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="reference_rate_above_0"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TagAct",
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
                        choices=[("ASSIGN", "Assign"), ("REMOVE", "Remove"), ("DELETE", "Delete")], max_length=6
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("RUNNING", "Running"),
                            ("DONE", "Done"),
                            ("UNDO_QUEUED", "Waiting to be undone"),
                            ("UNDOING", "Being undone"),
                            ("UNDONE", "Undone"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="QUEUED",
                        max_length=11,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), help_text="By number of the row."
                    ),
                ),
                ("query", models.TextField(blank=True, help_text="The filter of the list, as in its address.")),
                (
                    "since",
                    models.DateTimeField(help_text="From when the customers have the tags, or have them no more."),
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
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TagActChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tagging", models.BigIntegerField(help_text="By number of the row, as are customer, tag and user.")),
                ("customer", models.BigIntegerField()),
                ("tag", models.BigIntegerField()),
                ("before", django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ("after", django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True)),
                ("assigned_by", models.BigIntegerField(help_text="Who had assigned it before, and when.", null=True)),
                ("assigned_at", models.DateTimeField(null=True)),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="program.tagact"
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
        migrations.AddConstraint(
            model_name="partnergroupmember",
            constraint=models.UniqueConstraint(fields=("partner", "group"), name="partner_in_group_once"),
        ),
        migrations.AddConstraint(
            model_name="partnergroupmember",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="partner_group_member_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="partnergroupmember",
            constraint=common.db.constraints.SameProgram(
                field="group", name="partner_group_member_group_same_program", to="program.PartnerGroup"
            ),
        ),
        migrations.AddConstraint(
            model_name="partnergroup",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="partner_group_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="partnergroup",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="partner_group_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(fields=("program", "media_partner_id"), name="partner_id_unique"),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="partner_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="mediasource",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="media_source_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="exchangerate",
            constraint=models.UniqueConstraint(
                fields=("program", "source", "target", "date"), name="exchange_rate_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangerate",
            constraint=models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_above_0"),
        ),
        migrations.AddConstraint(
            model_name="exchangerate",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True),
                name="exchange_rate_of_two_currencies",
            ),
        ),
        migrations.AddConstraint(
            model_name="exceptionlistname",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="exception_list_name_of_one_list"),
        ),
        migrations.AddConstraint(
            model_name="exceptionlistname",
            constraint=common.db.constraints.SameProgram(
                field="exception_list", name="exception_list_name_same_program", to="program.ExceptionList"
            ),
        ),
        migrations.AddConstraint(
            model_name="exceptionlistitem",
            constraint=models.UniqueConstraint(
                fields=("exception_list", "match_mode", "value_key"), name="exception_list_value_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="exceptionlistitem",
            constraint=common.db.constraints.SameProgram(
                field="exception_list", name="exception_list_item_same_program", to="program.ExceptionList"
            ),
        ),
        migrations.AddConstraint(
            model_name="exceptionlist",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="exception_list_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="exceptionlist",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="exception_list_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="eventtype",
            constraint=models.UniqueConstraint(fields=("program", "code"), name="event_type_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="eventtype",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="event_type_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="customertagname",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="customer_tag_name_of_one_tag"),
        ),
        migrations.AddConstraint(
            model_name="customertagname",
            constraint=common.db.constraints.SameProgram(
                field="tag", name="customer_tag_name_same_program", to="program.CustomerTag"
            ),
        ),
        migrations.AddIndex(
            model_name="customertagging",
            index=models.Index(fields=["customer", "tag"], name="customer_tagging_of_customer"),
        ),
        migrations.AddIndex(
            model_name="customertagging",
            index=models.Index(
                condition=models.Q(("period__endswith__isnull", True)),
                fields=["tag", "customer"],
                name="customer_tagging_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="customertagging",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("customer", "="), ("tag", "="), ("period", "&&")], name="customer_tagged_once_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertagging",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__isempty", False), ("period__startswith__isnull", False)),
                name="customer_tagging_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="customertagging",
            constraint=common.db.constraints.SameProgram(
                field="customer", name="customer_tagging_customer_same_program", to="program.Customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertagging",
            constraint=common.db.constraints.SameProgram(
                field="tag", name="customer_tagging_tag_same_program", to="program.CustomerTag"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(fields=("program", "name_key"), name="customer_tag_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="customer_tag_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="customerstatusmapping",
            constraint=models.UniqueConstraint(
                fields=("event_type", "code_key"), name="customer_status_code_in_one_category"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerstatusmapping",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="customer_status_mapping_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="customersegment",
            constraint=models.UniqueConstraint(fields=("program", "name"), name="customer_segment_name_unique"),
        ),
        migrations.AddIndex(
            model_name="customerrevenue",
            index=models.Index(fields=["program", "currency", "revenue", "customer"], name="customer_by_revenue"),
        ),
        migrations.AddConstraint(
            model_name="customerrevenue",
            constraint=models.UniqueConstraint(
                fields=("customer", "currency"),
                include=("revenue", "program"),
                name="customer_revenue_once_a_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrevenue",
            constraint=common.db.constraints.SameProgram(
                field="customer", name="customer_revenue_same_program", to="program.Customer"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("program"),
                models.OrderBy(models.F("last_order"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="customer_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("program"),
                models.OrderBy(models.F("first_order"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="customer_by_first_order",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("program"),
                models.OrderBy(models.F("orders"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="customer_by_orders",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("program"),
                models.F("status"),
                models.OrderBy(models.F("last_order"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="customer_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("program"),
                models.F("country"),
                models.OrderBy(models.F("last_order"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("country", ""), _negated=True),
                name="customer_by_country",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(fields=["partner_ids"], name="customer_by_partner"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tag_ids"], name="customer_by_tag"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper(
                        django.db.models.functions.text.Concat(
                            "customer_id", models.Value("\n"), "name", models.Value("\n"), "email"
                        )
                    ),
                    name="gin_trgm_ops",
                ),
                name="customer_searched",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email_sha1", ""), _negated=True),
                fields=["program", "email_sha1"],
                name="customer_by_sha1",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email_sha256", ""), _negated=True),
                fields=["program", "email_sha256"],
                name="customer_by_sha256",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("program", "customer_id"), name="customer_id_unique"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="customer_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="catalogitem",
            constraint=models.UniqueConstraint(fields=("program", "sku"), name="catalog_sku_unique"),
        ),
        migrations.AddConstraint(
            model_name="ad",
            constraint=models.UniqueConstraint(fields=("program", "name"), name="ad_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="ad",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="ad_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="promocode",
            constraint=models.UniqueConstraint(fields=("program", "code_key"), name="promo_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="promocode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("partner__isnull", False)),
                    models.Q(("group__isnull", False), ("partner__isnull", True), ("use", "RESERVE")),
                    _connector="OR",
                ),
                name="promo_code_belongs_to_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="promocode",
            constraint=common.db.constraints.SameProgram(
                field="partner", name="promo_code_partner_same_program", to="program.Partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="promocode",
            constraint=common.db.constraints.SameProgram(
                field="group", name="promo_code_group_same_program", to="program.PartnerGroup"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedvalue",
            constraint=models.UniqueConstraint(
                fields=("program", "event_type", "variable", "value", "day"), name="received_value_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedvalue",
            constraint=common.db.constraints.SameProgram(
                field="event_type", name="received_value_event_type_same_program", to="program.EventType"
            ),
        ),
        migrations.AddConstraint(
            model_name="tagact",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="tag_act_program_and_id"),
        ),
        migrations.AddConstraint(
            model_name="tagactchange",
            constraint=common.db.constraints.SameProgram(
                field="act", name="tag_act_change_same_program", to="program.TagAct"
            ),
        ),
    ]
