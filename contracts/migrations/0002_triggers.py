from django.db import migrations

SQL = """
CREATE TRIGGER terms_version_immutable BEFORE UPDATE OR DELETE ON contracts_termsversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('contracts_contract', 'created_at');
SELECT audit_table('contracts_eventpayout', '');
SELECT audit_table('contracts_groupfile', 'content,written,preview,revision,progress,rows,attempts,failure,created_at,beat_at,finished_at,before', 'people');
SELECT audit_table('contracts_payoutadjustment', '');
SELECT audit_table('contracts_payoutgroup', '');
SELECT audit_table('contracts_payoutrestriction', '');
SELECT audit_table('contracts_templateterms', 'updated_at,created_at,draft_revision');
SELECT audit_table('contracts_termsversion', 'document,published_at');
"""
UNDO = """
DROP TRIGGER terms_version_immutable ON contracts_termsversion;
DROP TRIGGER audit_added ON contracts_contract;
DROP TRIGGER audit_changed ON contracts_contract;
DROP TRIGGER audit_removed ON contracts_contract;
DROP TRIGGER audit_added ON contracts_eventpayout;
DROP TRIGGER audit_changed ON contracts_eventpayout;
DROP TRIGGER audit_removed ON contracts_eventpayout;
DROP TRIGGER audit_added ON contracts_groupfile;
DROP TRIGGER audit_changed ON contracts_groupfile;
DROP TRIGGER audit_removed ON contracts_groupfile;
DROP TRIGGER audit_added ON contracts_payoutadjustment;
DROP TRIGGER audit_changed ON contracts_payoutadjustment;
DROP TRIGGER audit_removed ON contracts_payoutadjustment;
DROP TRIGGER audit_added ON contracts_payoutgroup;
DROP TRIGGER audit_changed ON contracts_payoutgroup;
DROP TRIGGER audit_removed ON contracts_payoutgroup;
DROP TRIGGER audit_added ON contracts_payoutrestriction;
DROP TRIGGER audit_changed ON contracts_payoutrestriction;
DROP TRIGGER audit_removed ON contracts_payoutrestriction;
DROP TRIGGER audit_added ON contracts_templateterms;
DROP TRIGGER audit_changed ON contracts_templateterms;
DROP TRIGGER audit_removed ON contracts_templateterms;
DROP TRIGGER audit_added ON contracts_termsversion;
DROP TRIGGER audit_changed ON contracts_termsversion;
DROP TRIGGER audit_removed ON contracts_termsversion;
"""


class Migration(migrations.Migration):
    """Drafts, versions and contracts are in the audit log; a published version never changes."""

    dependencies = [("contracts", "0001_initial"), ("accounts", "0002_triggers")]

    operations = [
        migrations.RunSQL(SQL, UNDO),
    ]
