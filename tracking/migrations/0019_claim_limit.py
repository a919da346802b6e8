from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0018_no_statistics_of_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversion",
            name="claim_limit",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                help_text="Among how many it is priced at most, since a worker died over it; none: no limit.",
            ),
        ),
    ]
