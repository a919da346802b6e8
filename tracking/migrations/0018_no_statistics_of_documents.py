from django.db import migrations

DOCUMENTS = {
    "tracking_conversion": ["payload"],
    "tracking_action": ["context", "order_state"],
    "tracking_actionupdate": ["order_state"],
}


def statistics(target: int) -> str:
    return ";".join(
        f"ALTER TABLE {table} ALTER {column} SET STATISTICS {target}"
        for table, columns in DOCUMENTS.items()
        for column in columns
    )


class Migration(migrations.Migration):
    """No question is asked of what stands inside these; to compare thousands of them was most of an ANALYZE."""

    dependencies = [("tracking", "0017_lines_without_numbers")]

    operations = [migrations.RunSQL(statistics(0), statistics(-1))]
