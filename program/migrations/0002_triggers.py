from django.db import migrations

SQL = """
SELECT audit_table('program_catalogitem', '');
SELECT audit_table('program_customerstatusmapping', 'code_key');
SELECT audit_table('program_customertag', '');
SELECT audit_table('program_customertagging', '');
SELECT audit_table('program_eventtype', '');
SELECT audit_table('program_exceptionlist', '');
SELECT audit_table('program_exceptionlistitem', '');
SELECT audit_table('program_partner', 'created_at');
SELECT audit_table('program_partnergroup', '');
SELECT audit_table('program_partnergroupmember', '');
SELECT audit_table('program_program', 'created_at');
"""
UNDO = """
DROP TRIGGER audit_added ON program_catalogitem;
DROP TRIGGER audit_changed ON program_catalogitem;
DROP TRIGGER audit_removed ON program_catalogitem;
DROP TRIGGER audit_added ON program_customerstatusmapping;
DROP TRIGGER audit_changed ON program_customerstatusmapping;
DROP TRIGGER audit_removed ON program_customerstatusmapping;
DROP TRIGGER audit_added ON program_customertag;
DROP TRIGGER audit_changed ON program_customertag;
DROP TRIGGER audit_removed ON program_customertag;
DROP TRIGGER audit_added ON program_customertagging;
DROP TRIGGER audit_changed ON program_customertagging;
DROP TRIGGER audit_removed ON program_customertagging;
DROP TRIGGER audit_added ON program_eventtype;
DROP TRIGGER audit_changed ON program_eventtype;
DROP TRIGGER audit_removed ON program_eventtype;
DROP TRIGGER audit_added ON program_exceptionlist;
DROP TRIGGER audit_changed ON program_exceptionlist;
DROP TRIGGER audit_removed ON program_exceptionlist;
DROP TRIGGER audit_added ON program_exceptionlistitem;
DROP TRIGGER audit_changed ON program_exceptionlistitem;
DROP TRIGGER audit_removed ON program_exceptionlistitem;
DROP TRIGGER audit_added ON program_partner;
DROP TRIGGER audit_changed ON program_partner;
DROP TRIGGER audit_removed ON program_partner;
DROP TRIGGER audit_added ON program_partnergroup;
DROP TRIGGER audit_changed ON program_partnergroup;
DROP TRIGGER audit_removed ON program_partnergroup;
DROP TRIGGER audit_added ON program_partnergroupmember;
DROP TRIGGER audit_changed ON program_partnergroupmember;
DROP TRIGGER audit_removed ON program_partnergroupmember;
DROP TRIGGER audit_added ON program_program;
DROP TRIGGER audit_changed ON program_program;
DROP TRIGGER audit_removed ON program_program;
"""


class Migration(migrations.Migration):
    """What a brand sets up is in the audit log."""

    dependencies = [("program", "0001_initial"), ("accounts", "0002_triggers")]

    operations = [
        migrations.RunSQL(SQL, UNDO),
    ]
