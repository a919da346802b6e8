import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("program", "0008_one_index_by_program"),
        ("reports", "0009_days_of_a_program"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="export_program_and_id"),
        ),
    ]
