from django.db import migrations


class Migration(migrations.Migration):
    """An update is made by a change of its order, never by a person directly; no state has a detail yet."""

    dependencies = [("tracking", "0025_reasons_of_refused_changes")]

    operations = [
        migrations.RemoveField(model_name="action", name="state_detail"),
        migrations.RemoveField(model_name="actionupdate", name="user"),
    ]
