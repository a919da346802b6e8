from django.db import migrations


class Migration(migrations.Migration):
    """Drafts, published terms, contracts and files of payout groups are in the audit log."""

    dependencies = [("contracts", "0004_group_file"), ("program", "0003_audit_triggers")]

    operations = [
        migrations.RunSQL(
            """
            SELECT audit_table('contracts_templateterms', 'updated_at,created_at,draft_revision');
            SELECT audit_table('contracts_eventpayout', '');
            SELECT audit_table('contracts_payoutgroup', '');
            SELECT audit_table('contracts_payoutadjustment', '');
            SELECT audit_table('contracts_payoutrestriction', '');
            SELECT audit_table('contracts_termsversion', 'document,published_at');
            SELECT audit_table('contracts_contract', 'created_at');
            SELECT audit_table('contracts_groupfile', 'content,written,preview,revision,progress,rows,attempts,failure,created_at,beat_at,finished_at', 'people');
            """,
            """
            DROP TRIGGER audit_added ON contracts_templateterms;
            DROP TRIGGER audit_changed ON contracts_templateterms;
            DROP TRIGGER audit_removed ON contracts_templateterms;
            DROP TRIGGER audit_added ON contracts_eventpayout;
            DROP TRIGGER audit_changed ON contracts_eventpayout;
            DROP TRIGGER audit_removed ON contracts_eventpayout;
            DROP TRIGGER audit_added ON contracts_payoutgroup;
            DROP TRIGGER audit_changed ON contracts_payoutgroup;
            DROP TRIGGER audit_removed ON contracts_payoutgroup;
            DROP TRIGGER audit_added ON contracts_payoutadjustment;
            DROP TRIGGER audit_changed ON contracts_payoutadjustment;
            DROP TRIGGER audit_removed ON contracts_payoutadjustment;
            DROP TRIGGER audit_added ON contracts_payoutrestriction;
            DROP TRIGGER audit_changed ON contracts_payoutrestriction;
            DROP TRIGGER audit_removed ON contracts_payoutrestriction;
            DROP TRIGGER audit_added ON contracts_termsversion;
            DROP TRIGGER audit_changed ON contracts_termsversion;
            DROP TRIGGER audit_removed ON contracts_termsversion;
            DROP TRIGGER audit_added ON contracts_contract;
            DROP TRIGGER audit_changed ON contracts_contract;
            DROP TRIGGER audit_removed ON contracts_contract;
            DROP TRIGGER audit_added ON contracts_groupfile;
            DROP TRIGGER audit_changed ON contracts_groupfile;
            DROP TRIGGER audit_removed ON contracts_groupfile;
            """,
        )
    ]
