from django.db import migrations


class Migration(migrations.Migration):
    """The totals of the days that are rolled up already."""

    dependencies = [("reports", "0004_daily_total")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO reports_dailytotal (program_id, event_type_id, day, customer_status_category, customer_status,
                currency, actions, action_cost, revenue, gross_actions, gross_action_cost)
            SELECT program_id, event_type_id, day, customer_status_category, customer_status, currency, sum(actions),
                sum(action_cost), sum(revenue), sum(gross_actions), sum(gross_action_cost)
            FROM reports_dailyperformance GROUP BY 1, 2, 3, 4, 5, 6;
            """,
            "DELETE FROM reports_dailytotal;",
        )
    ]
