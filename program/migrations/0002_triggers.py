from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION audit_programs() RETURNS TABLE (id integer, account_id bigint) LANGUAGE sql STABLE AS $$
    SELECT id, account_id FROM program_program
$$;
SELECT audit_table('program_program', without => 'created_at', program => 'id');
SELECT audit_table('program_eventtype');
SELECT audit_table('program_customerstatusmapping', without => 'code_key', label => $$audit_within(row_->>'code',
    (SELECT code FROM program_eventtype WHERE id = (row_->>'event_type_id')::bigint))$$);
SELECT audit_table('program_partner', without => 'created_at');
SELECT audit_table('program_partnergroup');
SELECT audit_table('program_partnergroupmember', label => $$audit_within(
    (SELECT name FROM program_partner WHERE id = (row_->>'partner_id')::bigint),
    (SELECT name FROM program_partnergroup WHERE id = (row_->>'group_id')::bigint))$$);
SELECT audit_table('program_ad', without => 'created_at');
SELECT audit_table('program_promocode', without => 'code_key,created_at');
SELECT audit_table('program_mediasource', without => 'name_key');
SELECT audit_table('program_customertag');
SELECT audit_table('program_customertagging', without => 'assigned_at', label => $$audit_within(
    (SELECT customer_id FROM program_customer WHERE id = (row_->>'customer_id')::bigint),
    (SELECT name FROM program_customertag WHERE id = (row_->>'tag_id')::bigint))$$);
SELECT audit_table('program_customersegment', without => 'created_at');
-- Or one tagging in two hundred would be taken for current.
CREATE STATISTICS customer_tagging_end ON (upper(period)) FROM program_customertagging;
-- Or a part of an id that a hundred customers have would be taken for one that ten thousand have, and looked for among
-- the newest of them all.
ALTER INDEX customer_searched ALTER COLUMN 1 SET STATISTICS 1000;

-- Keeps the tags of customers beside their figures, where the list of customers filters and sorts: by statement, so
-- that a bulk act writes each of its customers once. They are locked in one order, as the rollup locks them, and then
-- read by a statement that sees what others have committed. Planned each time: there may be one or ten thousand.
CREATE FUNCTION keep_tags_of_customers() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    customers bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT customer_id) INTO customers FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT customer_id) INTO customers FROM old_rows;
    ELSE
        SELECT array_agg(customer_id) INTO customers
            FROM (SELECT customer_id FROM old_rows UNION SELECT customer_id FROM new_rows) AS touched;
    END IF;
    IF customers IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM program_customer WHERE id = ANY (customers) ORDER BY id FOR NO KEY UPDATE;
    UPDATE program_customer AS customer SET tag_ids = carried.tag_ids
    FROM (
        SELECT touched.id, array_remove(array_agg(tagging.tag_id ORDER BY tagging.tag_id), NULL) AS tag_ids
        FROM unnest(customers) AS touched (id)
        LEFT JOIN program_customertagging AS tagging
            ON tagging.customer_id = touched.id AND upper(tagging.period) IS NULL
        GROUP BY touched.id
    ) AS carried
    WHERE customer.id = carried.id AND customer.tag_ids <> carried.tag_ids;
    RETURN NULL;
END $$;
CREATE TRIGGER customer_tags_added AFTER INSERT ON program_customertagging REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_tags_of_customers();
CREATE TRIGGER customer_tags_changed AFTER UPDATE ON program_customertagging
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_tags_of_customers();
CREATE TRIGGER customer_tags_removed AFTER DELETE ON program_customertagging REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_tags_of_customers();
SELECT audit_table('program_exceptionlist', without => 'created_at');
SELECT audit_table('program_exceptionlistitem', without => 'value_key,created_at', label => $$audit_within(row_->>'value',
    (SELECT name FROM program_exceptionlist WHERE id = (row_->>'exception_list_id')::bigint))$$);
SELECT audit_table('program_catalogitem');
SELECT audit_table('program_exchangerate', without => 'created_at', label => $$concat(
    row_->>'source', ' → ', row_->>'target', ', ', row_->>'date')$$);
"""


class Migration(migrations.Migration):
    """What a brand sets up is in the audit log; and what the planner is told of it."""

    dependencies = [("program", "0001_initial"), ("accounts", "0002_triggers")]

    operations = [migrations.RunSQL(SQL)]
