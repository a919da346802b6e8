from django.db import migrations

# One function for every audited table, by statement: what a bulk statement did becomes one entry per program, so that
# 10,000 imported groups are a line in the log and not 10,000. Columns are read from the catalogue: a new column is
# written down without anybody's thinking of it.
FUNCTIONS = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- A text may go, with its salt, where somebody's data is erased (accounts.audit.erasing); never change.
CREATE FUNCTION audit_refuse_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('brandboard.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- What a row is called, where its table has no label of its own.
CREATE FUNCTION audit_name(row_ jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(nullif(row_->>'name', ''), nullif(row_->>'filename', ''), row_->>'username', row_->>'sku',
                    row_->>'order_id', row_->>'code', row_->>'value')
$$;

CREATE FUNCTION audit_within(own text, whole text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT own || coalesce(' (' || whole || ')', '')
$$;

CREATE FUNCTION audit_changes(before jsonb, after jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = 'password' THEN '[]' -- that it changed, not what it is
        ELSE jsonb_build_array(before->key, after->key) END), '{}')
    FROM jsonb_object_keys(coalesce(after, before)) AS key
    WHERE key NOT IN ('id', 'account_id', 'program_id')
        AND before->key IS DISTINCT FROM after->key
        AND concat(before->>key, after->>key) <> ''
$$;

-- The account of each program. The app that has programs puts its own in place of this.
CREATE FUNCTION audit_programs() RETURNS TABLE (id integer, account_id bigint) LANGUAGE sql STABLE AS $$
    SELECT NULL::integer, NULL::bigint WHERE false
$$;

CREATE FUNCTION audit_digest(salt uuid, content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT encode(sha256(convert_to(salt || content, 'UTF8')), 'hex')
$$;

-- Adds entries: a list of {account, program, number, many, label, changes}. Texts lie in rows of their own, each beside
-- a salt that nobody can guess; the entry, and with it the chain, holds only their digests. A text and its salt can go,
-- and the chain still proves.
CREATE FUNCTION audit_write(at_ timestamptz, actor jsonb, event_ text, noun_ text, told jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH numbered AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('accounts_auditentry', 'id')::regclass) AS id, entries.*
        FROM jsonb_to_recordset(told) AS entries (
            account bigint, program integer, number bigint, many integer, label text, changes jsonb)
    ),
    said AS MATERIALIZED (
        SELECT id, '' AS field, to_jsonb(label)::text AS content, gen_random_uuid() AS salt
            FROM numbered WHERE label <> ''
        UNION ALL
        SELECT id, key, value::text, CASE WHEN value <> '[]' THEN gen_random_uuid() END
            FROM numbered, jsonb_each(changes)
    ),
    texts AS (
        INSERT INTO accounts_audittext (entry_id, field, salt, content)
        SELECT id, field, salt, content FROM said WHERE salt IS NOT NULL
    )
    INSERT INTO accounts_auditentry
        (id, at, account_id, program_id, user_id, who, source, address, event, noun, object_id, count, digests)
    SELECT id, at_, account, program, (actor->>'user')::bigint, coalesce(actor->>'who', ''),
        coalesce(actor->>'source', ''), coalesce(actor->>'address', ''), event_, noun_, number, many,
        coalesce(digests, '{}')
    FROM numbered LEFT JOIN (
        SELECT id, jsonb_object_agg(field, audit_digest(salt, content)) AS digests FROM said GROUP BY id
    ) digested USING (id)
    ORDER BY id;
END $$;

CREATE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor jsonb := coalesce(nullif(current_setting('brandboard.actor', true), '')::jsonb, '{}');
    columns text;
    touched text;
BEGIN
    IF TG_ARGV[1] = 'people' AND TG_OP <> 'INSERT' AND coalesce(actor->>'source', '') NOT IN ('PAGE', 'ADMIN', 'API') THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped
            AND attname <> ALL (string_to_array(TG_ARGV[0], ','));
    -- Only the columns that are kept are read: a file's content is not turned into JSON to be thrown away.
    touched := CASE TG_OP
        WHEN 'INSERT' THEN format(
            'SELECT NULL::jsonb AS before, to_jsonb(n) AS after FROM (SELECT %s FROM new_rows) n', columns)
        WHEN 'DELETE' THEN format(
            'SELECT to_jsonb(o) AS before, NULL::jsonb AS after FROM (SELECT %s FROM old_rows) o', columns)
        ELSE format(
            'SELECT to_jsonb(o) AS before, to_jsonb(n) AS after FROM (SELECT %1$s FROM old_rows) o '
            'JOIN (SELECT %1$s FROM new_rows) n ON n.id = o.id WHERE o IS DISTINCT FROM n', columns)
        END;
    EXECUTE format($query$
        WITH touched AS (%1$s),
        placed AS (
            SELECT before, after, coalesce(after, before) AS row_,
                coalesce((coalesce(after, before)->>'account_id')::bigint, p.account_id, m.account_id,
                         CASE WHEN $1 = 'accounts_account' THEN (coalesce(after, before)->>'id')::bigint END) AS account,
                (coalesce(after, before)->>%3$L)::int AS program
            FROM touched
            LEFT JOIN audit_programs() p ON p.id = (coalesce(after, before)->>%3$L)::int
            LEFT JOIN accounts_membership m
                ON $1 = 'accounts_user' AND m.user_id = (coalesce(after, before)->>'id')::bigint
        ),
        numbered AS (
            SELECT *, count(*) OVER same AS many,
                row_number() OVER (same ORDER BY (row_->>'id')::bigint) AS place
            FROM placed WINDOW same AS (PARTITION BY account, program)
        ),
        labelled AS (
            SELECT *, CASE WHEN many <= 20 OR place <= 3 THEN coalesce(left(%2$s, 300), '') END AS label FROM numbered
        ),
        told AS (
            SELECT account, program, (row_->>'id')::bigint AS number, 1 AS many, label,
                audit_changes(before, after) AS changes
            FROM labelled WHERE many <= 20
            UNION ALL
            SELECT account, program, NULL, count(*)::int, left(string_agg(label, ', ' ORDER BY place), 290) || ', …',
                CASE WHEN $2 = 'CHANGED' THEN (
                    SELECT coalesce(jsonb_object_agg(key, '[]'::jsonb), '{}') FROM (
                        SELECT DISTINCT key FROM labelled n, jsonb_object_keys(n.after) AS key
                        WHERE n.account IS NOT DISTINCT FROM labelled.account
                            AND n.program IS NOT DISTINCT FROM labelled.program
                            AND n.before->key IS DISTINCT FROM n.after->key
                    ) changed
                ) ELSE '{}' END
            FROM labelled WHERE many > 20 GROUP BY account, program
        )
        SELECT audit_write(clock_timestamp(), $3, $2, $1, jsonb_agg(to_jsonb(told))) FROM told HAVING count(*) > 0
    $query$, touched, TG_ARGV[2], TG_ARGV[3]) USING TG_TABLE_NAME::text,
        CASE TG_OP WHEN 'INSERT' THEN 'ADDED' WHEN 'UPDATE' THEN 'CHANGED' ELSE 'REMOVED' END, actor;
    RETURN NULL;
END $$;

-- Puts the triggers on a table. `without` names the columns that are left out (secrets, contents, bookkeeping of workers);
-- `whose` is 'people' where only what somebody did is worth an entry and not what a worker does with the row afterwards;
-- `label` is SQL over `row_`, the row as jsonb; `program` is the column with the number of the row's program.
CREATE FUNCTION audit_table(
    noun text, without text DEFAULT '', whose text DEFAULT '', label text DEFAULT 'audit_name(row_)',
    program text DEFAULT 'program_id'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT * FROM (VALUES
        ('audit_added', 'INSERT', 'NEW TABLE AS new_rows'),
        ('audit_changed', 'UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'),
        ('audit_removed', 'DELETE', 'OLD TABLE AS old_rows')) AS kinds (name, event, rows)
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %s AFTER %s ON %I REFERENCING %s FOR EACH STATEMENT '
            'EXECUTE FUNCTION audit_rows(%L, %L, %L, %L)',
            each.name, each.event, noun, each.rows, without, whose, label, program);
    END LOOP;
END $$;

CREATE FUNCTION audit_hash(before text, entry accounts_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(before || jsonb_build_array(
        entry.id, extract(epoch FROM entry.at)::text, entry.account_id, entry.program_id, entry.user_id, entry.who,
        entry.source, entry.address, entry.event, entry.noun, entry.object_id, entry.count, entry.digests)::text,
        'UTF8')), 'hex')
$$;

-- Runs as the transaction commits: chains are short locks then, and commits stand in the order of their positions.
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint := coalesce(NEW.account_id, 0);
    last_ accounts_auditlink;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || own, 0));
    SELECT * INTO last_ FROM accounts_auditlink WHERE chain = own ORDER BY position DESC LIMIT 1;
    INSERT INTO accounts_auditlink (entry_id, chain, position, hash) VALUES (
        NEW.id, own, coalesce(last_.position, 0) + 1, audit_hash(coalesce(last_.hash, ''), NEW));
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_text_append_only BEFORE UPDATE OR DELETE ON accounts_audittext
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_but_erasing();
CREATE TRIGGER audit_text_not_emptied BEFORE TRUNCATE ON accounts_audittext
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON accounts_auditlink
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_link_not_emptied BEFORE TRUNCATE ON accounts_auditlink
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE CONSTRAINT TRIGGER audit_entry_linked AFTER INSERT ON accounts_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_link();
"""
TABLES = """
SELECT audit_table('accounts_user', without => 'last_login');
SELECT audit_table('accounts_account');
SELECT audit_table('accounts_membership',
    label => $$(SELECT username FROM accounts_user WHERE id = (row_->>'user_id')::bigint)$$);
SELECT audit_table('accounts_invitation',
    without => 'token_hash,is_mailed,invited_by_id,accepted_by_id,created_at,expires_at', label => $$row_->>'email'$$);
SELECT audit_table('accounts_apitoken', without => 'token_hash,last_used_at,created_at,created_by_id');
"""


class Migration(migrations.Migration):
    """The audit log: the database writes it, and refuses to change it."""

    dependencies = [("accounts", "0001_initial"), ("otp_totp", "0003_add_timestamps")]

    operations = [
        # A proxy of a table of django-otp, whose own migrations depend on users.
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunSQL(FUNCTIONS + TRIGGERS + TABLES),
    ]
