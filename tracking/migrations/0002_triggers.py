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

-- Steps, by month: a month is dropped at once. Whatever no month holds yet is kept in the default partition.
CREATE SEQUENCE tracking_step_number;
CREATE TABLE tracking_step (
    id uuid NOT NULL, at timestamptz NOT NULL, number bigint NOT NULL DEFAULT nextval('tracking_step_number'),
    program_id integer NOT NULL, kind varchar(10) NOT NULL, partner_id bigint, ad_id bigint,
    source varchar(255) NOT NULL, profile varchar(70) NOT NULL, visitor varchar(70) NOT NULL,
    not_counted varchar(8) NOT NULL, facts jsonb NOT NULL, ip_address varchar(45) NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX tracking_step_of_profile ON tracking_step (program_id, profile, at);
CREATE INDEX tracking_step_of_day ON tracking_step (program_id, at);
CREATE TABLE tracking_step_other PARTITION OF tracking_step DEFAULT;

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
