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
-- Or one tagging in two hundred would be taken for current, and a page of a tag planned for so few.
CREATE STATISTICS customer_tagging_end ON (upper(period)) FROM program_customertagging;
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
