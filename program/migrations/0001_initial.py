import common.db.constraints
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import program.models.names
import program.models.program
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
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
            name="CustomerTagging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.customer")),
                ("tag", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.customertag")),
            ],
        ),
        migrations.AddField(
            model_name="customer",
            name="tags",
            field=models.ManyToManyField(
                blank=True, related_name="customers", through="program.CustomerTagging", to="program.customertag"
            ),
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
            name="ExceptionListItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=500)),
                (
                    "match_mode",
                    models.CharField(
                        choices=[("EQ", "Equals"), ("REGEX", "Regular expression")], default="EQ", max_length=5
                    ),
                ),
                (
                    "exception_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="program.exceptionlist"
                    ),
                ),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
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
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("has_status_mapping", models.BooleanField(default=False, verbose_name="customer status mapping")),
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
        migrations.AddField(
            model_name="customertagging",
            name="program",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program"),
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
                ("manufacturer", models.CharField(blank=True, max_length=255)),
                ("category", models.CharField(blank=True, max_length=255)),
                ("subcategory", models.CharField(blank=True, max_length=255)),
                ("original_format_category", models.CharField(blank=True, max_length=255)),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="program.program")),
            ],
            options={
                "ordering": ["sku"],
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
            model_name="exceptionlistitem",
            constraint=models.UniqueConstraint(
                fields=("exception_list", "value", "match_mode"), name="exception_list_value_once"
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
            model_name="customertagging",
            constraint=models.UniqueConstraint(fields=("customer", "tag"), name="customer_tagged_once"),
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
    ]
