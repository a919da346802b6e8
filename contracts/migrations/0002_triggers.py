from django.db import migrations

SQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: rows of it are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER terms_version_immutable BEFORE UPDATE OR DELETE ON contracts_termsversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

SELECT audit_table('contracts_templateterms', without => 'updated_at,created_at,draft_revision');
SELECT audit_table('contracts_eventpayout', label => $$audit_within(
    (SELECT code FROM program_eventtype WHERE id = (row_->>'event_type_id')::bigint),
    (SELECT name FROM contracts_templateterms WHERE id = (row_->>'template_terms_id')::bigint))$$);
CREATE FUNCTION audit_ranked(row_ jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT audit_within(coalesce(audit_name(row_), 'rank ' || (row_->>'rank')), (
        SELECT t.name || ', ' || e.code FROM contracts_eventpayout p
            JOIN contracts_templateterms t ON t.id = p.template_terms_id
            JOIN program_eventtype e ON e.id = p.event_type_id
            WHERE p.id = (row_->>'event_payout_id')::bigint))
$$;
SELECT audit_table('contracts_payoutgroup', label => 'audit_ranked(row_)');
SELECT audit_table('contracts_payoutadjustment', label => 'audit_ranked(row_)');
SELECT audit_table('contracts_payoutrestriction', label => 'audit_ranked(row_)');
SELECT audit_table('contracts_termsversion', without => 'document,published_at', label => $$(
    SELECT name || ', version ' || (row_->>'number') FROM contracts_templateterms
    WHERE id = (row_->>'template_terms_id')::bigint)$$);
SELECT audit_table('contracts_accountrule', without => 'set_at,set_by_id', label => $$replace(row_->>'setting', '_', ' ')$$);
SELECT audit_table('contracts_customterms');
SELECT audit_table('contracts_customtermsversion', without => 'content,created_at', label => $$(
    SELECT name || ', version ' || (row_->>'number') FROM contracts_customterms
    WHERE id = (row_->>'custom_terms_id')::bigint)$$);
SELECT audit_table('contracts_contract', without => 'created_at', label => $$audit_within(
    (SELECT name FROM program_partner WHERE id = (row_->>'partner_id')::bigint),
    (SELECT t.name || ', version ' || v.number FROM contracts_termsversion v
        JOIN contracts_templateterms t ON t.id = v.template_terms_id
        WHERE v.id = (row_->>'terms_version_id')::bigint))$$);
SELECT audit_table('contracts_groupfile', whose => 'people',
    without => 'content,written,preview,revision,progress,rows,attempts,failure,'
    'created_at,beat_at,finished_at,before,cancelled_by_id,removed_at');
"""


class Migration(migrations.Migration):
    """Drafts, versions and contracts are in the audit log; a published version never changes."""

    dependencies = [("contracts", "0001_initial"), ("program", "0002_triggers")]

    operations = [migrations.RunSQL(SQL)]
