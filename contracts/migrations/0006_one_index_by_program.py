import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_audit"),
        ("program", "0008_one_index_by_program"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="contract",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AlterField(
            model_name="eventpayout",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AlterField(
            model_name="groupfile",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AlterField(
            model_name="templateterms",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
        migrations.AlterField(
            model_name="termsversion",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"),
        ),
        migrations.AddConstraint(
            model_name="groupfile",
            constraint=models.UniqueConstraint(fields=("program", "id"), name="group_file_program_and_id"),
        ),
    ]
