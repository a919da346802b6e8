from django.db import migrations

SQL = """
CREATE TRIGGER action_update_append_only BEFORE UPDATE OR DELETE ON tracking_actionupdate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- They stay for minutes: to compress them would take longer than to write them.
ALTER TABLE tracking_checkedorders ALTER payloads SET STORAGE EXTERNAL;
-- No question is asked of what stands inside these; to compare thousands of them was most of an ANALYZE.
ALTER TABLE tracking_conversion ALTER payload SET STATISTICS 0;
ALTER TABLE tracking_action ALTER context SET STATISTICS 0, ALTER profile SET STATISTICS 0,
    ALTER journey SET STATISTICS 0, ALTER order_state SET STATISTICS 0, ALTER limits SET STATISTICS 0;
ALTER TABLE tracking_actionupdate ALTER order_state SET STATISTICS 0, ALTER limits SET STATISTICS 0;
-- Counters are changed by every batch: room on their pages for the new row beside the old.
ALTER TABLE tracking_limitcounter SET (fillfactor = 50);

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

CREATE FUNCTION step_months() RETURNS TABLE (name text, ends timestamptz) LANGUAGE sql STABLE AS $$
    SELECT relname::text, (to_date(right(relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'tracking_step'::regclass AND relname ~ '^tracking_step_[0-9]{4}_[0-9]{2}$'
$$;

-- Makes the partitions of so many months, from that of the day on, and answers how many are new. It is filled before it
-- is attached: rows of the month may lie in the default partition.
CREATE FUNCTION make_step_months(day date, months integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    first timestamp;
    lower timestamptz;
    upper timestamptz;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('step months', 0));
    FOR number IN 0 .. months - 1 LOOP
        first := date_trunc('month', day::timestamp) + make_interval(months => number);
        lower := first AT TIME ZONE 'UTC';
        upper := (first + interval '1 month') AT TIME ZONE 'UTC';
        part := 'tracking_step_' || to_char(first, 'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            LOCK TABLE tracking_step_other;
            EXECUTE format('CREATE TABLE %I (LIKE tracking_step INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
            EXECUTE format('WITH moved AS (DELETE FROM tracking_step_other WHERE at >= %L AND at < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', lower, upper, part);
            EXECUTE format('ALTER TABLE tracking_step ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                part, lower, upper);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

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
