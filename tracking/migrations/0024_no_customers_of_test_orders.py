from django.db import migrations

# Customers that only test orders name: none of them has a real order or a tag.
CLEAN = """
CREATE TEMP TABLE customer_of_tests ON COMMIT DROP AS
    SELECT DISTINCT tested.customer_id AS id FROM tracking_action tested
    WHERE tested.is_test AND tested.customer_id IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM tracking_action bought WHERE bought.customer_id = tested.customer_id AND NOT bought.is_test)
        AND NOT EXISTS (SELECT FROM program_customertagging tagging WHERE tagging.customer_id = tested.customer_id);
UPDATE tracking_action SET customer_id = NULL WHERE is_test AND customer_id IN (SELECT id FROM customer_of_tests);
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM program_customer WHERE id IN (SELECT id FROM customer_of_tests);
"""


class Migration(migrations.Migration):
    """Test orders make no customers; those that they made before go."""

    dependencies = [("tracking", "0023_dismissed_changes"), ("program", "0009_names_as_they_are_compared")]

    operations = [migrations.RunSQL(CLEAN, migrations.RunSQL.noop)]
