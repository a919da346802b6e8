from django.db import migrations

SQL = """
CREATE TRIGGER action_update_append_only BEFORE UPDATE OR DELETE ON tracking_actionupdate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- They stay for minutes: to compress them would take longer than to write them.
ALTER TABLE tracking_checkedorders ALTER payloads SET STORAGE EXTERNAL;
-- No question is asked of what stands inside these; to compare thousands of them was most of an ANALYZE.
ALTER TABLE tracking_conversion ALTER payload SET STATISTICS 0;
ALTER TABLE tracking_action ALTER context SET STATISTICS 0, ALTER profile SET STATISTICS 0,
    ALTER journey SET STATISTICS 0, ALTER order_state SET STATISTICS 0;
ALTER TABLE tracking_actionupdate ALTER order_state SET STATISTICS 0;

SELECT audit_table('tracking_upload', whose => 'people',
    without => 'content,preview,summary,progress,rows,attempts,failure,'
    'created_at,beat_at,finished_at,cancelled_by_id,removed_at');
SELECT audit_table('tracking_modification', whose => 'people',
    without => 'received_at,detail,attempts,begun_together,processed_at,repetition');
"""


class Migration(migrations.Migration):
    """Uploads and changes of orders are in the audit log; the ledger of actions is append-only."""

    dependencies = [("tracking", "0001_initial"), ("contracts", "0002_triggers")]

    operations = [migrations.RunSQL(SQL)]
