from django.db import migrations


class Migration(migrations.Migration):
    """The weeks of the days that are rolled up already."""

    dependencies = [("reports", "0007_weekly_performance")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO reports_weeklyperformance (program_id, event_type_id, partner_id, week,
                customer_status_category, customer_status, currency, actions, action_cost, revenue, gross_actions,
                gross_action_cost)
            SELECT program_id, event_type_id, partner_id, day - (extract(isodow FROM day)::integer - 1),
                customer_status_category, customer_status, currency, sum(actions), sum(action_cost), sum(revenue),
                sum(gross_actions), sum(gross_action_cost)
            FROM reports_dailyperformance GROUP BY 1, 2, 3, 4, 5, 6, 7;
            """,
            "DELETE FROM reports_weeklyperformance;",
        )
    ]
