from django.db import migrations, models


class Migration(migrations.Migration):
    """Two more reasons to refuse a change. Files that the release before has checked are read anew when they are
    imported: it took parts of orders for whole ones, and placeholders such as `undefined` for ids."""

    dependencies = [("tracking", "0024_no_customers_of_test_orders")]

    operations = [
        migrations.AlterField(
            "modification",
            "reason",
            models.CharField(
                max_length=30,
                blank=True,
                choices=[
                    ("ORDER_NOT_FOUND", "No action of that order"),
                    ("ACTION_LOCKED", "The action is locked"),
                    ("SKU_NOT_FOUND", "No such item in the order"),
                    ("SKU_ON_SEVERAL_LINES", "The SKU stands on several lines"),
                    ("AMOUNT_ON_ITEMS", "The order has items"),
                    ("QUANTITY_NOT_POSSIBLE", "A line of quantity 0 cannot grow"),
                    ("RAISED_BY_RETURN", "A return that would leave more"),
                    ("BEFORE_ORDER", "Dated before its order"),
                    ("TOO_MANY_UPDATES", "Too many updates of one action"),
                    ("GIVEN_UP", "Its worker died three times"),
                    ("ERROR", "An error in applying it"),
                ],
            ),
        ),
        migrations.RunSQL("DELETE FROM tracking_understoodorders", migrations.RunSQL.noop),
    ]
