from django.db import migrations

SQL = """
CREATE TRIGGER action_update_append_only BEFORE UPDATE OR DELETE ON tracking_actionupdate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- They stay for minutes: to compress them would take longer than to write them.
ALTER TABLE tracking_checkedorders ALTER payloads SET STORAGE EXTERNAL;
-- No question is asked of what stands inside these; to compare thousands of them was most of an ANALYZE.
ALTER TABLE tracking_conversion ALTER payload SET STATISTICS 0;
ALTER TABLE tracking_action ALTER context SET STATISTICS 0, ALTER order_state SET STATISTICS 0;
ALTER TABLE tracking_actionupdate ALTER order_state SET STATISTICS 0;
SELECT audit_table('tracking_modification', 'received_at,detail,attempts,begun_together,processed_at,repetition,dismissed_by_id', 'people');
SELECT audit_table('tracking_upload', 'content,preview,summary,progress,rows,attempts,failure,created_at,beat_at,finished_at', 'people');
"""
UNDO = """
DROP TRIGGER action_update_append_only ON tracking_actionupdate;
DROP TRIGGER audit_added ON tracking_modification;
DROP TRIGGER audit_changed ON tracking_modification;
DROP TRIGGER audit_removed ON tracking_modification;
DROP TRIGGER audit_added ON tracking_upload;
DROP TRIGGER audit_changed ON tracking_upload;
DROP TRIGGER audit_removed ON tracking_upload;
"""


class Migration(migrations.Migration):
    """Uploads and changes of orders are in the audit log; the ledger of actions is append-only."""

    dependencies = [("tracking", "0001_initial"), ("accounts", "0002_triggers")]

    operations = [
        migrations.RunSQL(SQL, UNDO),
    ]
