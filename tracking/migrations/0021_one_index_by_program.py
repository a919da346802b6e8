import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("program", "0008_one_index_by_program"),
        ("tracking", "0020_begun_together"),
    ]

    operations = [
        migrations.AlterField(
            model_name="modification",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"),
        ),
        migrations.AlterField(
            model_name="upload",
            name="program",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="program.program"),
        ),
    ]
