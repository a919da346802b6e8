from django.db import migrations

SQL = """
CREATE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only: rows of it are never changed or deleted', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$
;

CREATE FUNCTION audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'The audit log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
;

CREATE FUNCTION audit_label(noun text, row_ jsonb)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $$
DECLARE
    own text := coalesce(nullif(row_->>'name', ''), nullif(row_->>'filename', ''), row_->>'username', row_->>'sku',
                         row_->>'order_id', row_->>'code', row_->>'value');
    about text;
BEGIN
    CASE noun
    WHEN 'accounts_membership' THEN
        SELECT username INTO own FROM accounts_user WHERE id = (row_->>'user_id')::int;
    WHEN 'program_partnergroupmember' THEN
        SELECT name INTO own FROM program_partner WHERE id = (row_->>'partner_id')::bigint;
        SELECT name INTO about FROM program_partnergroup WHERE id = (row_->>'group_id')::bigint;
    WHEN 'program_customertagging' THEN
        SELECT customer_id INTO own FROM program_customer WHERE id = (row_->>'customer_id')::bigint;
        SELECT name INTO about FROM program_customertag WHERE id = (row_->>'tag_id')::bigint;
    WHEN 'program_customerstatusmapping' THEN
        SELECT code INTO about FROM program_eventtype WHERE id = (row_->>'event_type_id')::bigint;
    WHEN 'program_exceptionlistitem' THEN
        SELECT name INTO about FROM program_exceptionlist WHERE id = (row_->>'exception_list_id')::bigint;
    WHEN 'contracts_eventpayout' THEN
        SELECT code INTO own FROM program_eventtype WHERE id = (row_->>'event_type_id')::bigint;
        SELECT name INTO about FROM contracts_templateterms WHERE id = (row_->>'template_terms_id')::bigint;
    WHEN 'contracts_payoutgroup', 'contracts_payoutadjustment', 'contracts_payoutrestriction' THEN
        own := coalesce(own, 'rank ' || (row_->>'rank'));
        SELECT t.name || ', ' || e.code INTO about FROM contracts_eventpayout p
            JOIN contracts_templateterms t ON t.id = p.template_terms_id
            JOIN program_eventtype e ON e.id = p.event_type_id
            WHERE p.id = (row_->>'event_payout_id')::bigint;
    WHEN 'contracts_termsversion' THEN
        SELECT name || ', version ' || (row_->>'number') INTO own
            FROM contracts_templateterms WHERE id = (row_->>'template_terms_id')::bigint;
    WHEN 'contracts_contract' THEN
        SELECT name INTO own FROM program_partner WHERE id = (row_->>'partner_id')::bigint;
        SELECT t.name || ', version ' || v.number INTO about FROM contracts_termsversion v
            JOIN contracts_templateterms t ON t.id = v.template_terms_id
            WHERE v.id = (row_->>'terms_version_id')::bigint;
    WHEN 'accounts_invitation' THEN own := row_->>'email'; ELSE NULL;
    END CASE;
    RETURN left(concat(own, ' (' || about || ')'), 300);
END $$
;

CREATE FUNCTION audit_changes(before jsonb, after jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = 'password' THEN '[]' -- that it changed, not what it is
        ELSE jsonb_build_array(before->key, after->key) END), '{}')
    FROM jsonb_object_keys(coalesce(after, before)) AS key
    WHERE key NOT IN ('id', 'account_id', 'program_id')
        AND before->key IS DISTINCT FROM after->key
        AND concat(before->>key, after->>key) <> ''
$$
;

CREATE FUNCTION audit_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
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
        WITH touched AS (%s),
        placed AS (
            SELECT before, after, coalesce(after, before) AS row_,
                coalesce((coalesce(after, before)->>'account_id')::bigint, p.account_id, m.account_id,
                         CASE WHEN $1 = 'accounts_account' THEN (coalesce(after, before)->>'id')::bigint END) AS account,
                coalesce(p.id, CASE WHEN $1 = 'program_program' THEN (coalesce(after, before)->>'id')::int END) AS program
            FROM touched
            LEFT JOIN program_program p ON p.id = (coalesce(after, before)->>'program_id')::int
            LEFT JOIN accounts_membership m
                ON $1 = 'accounts_user' AND m.user_id = (coalesce(after, before)->>'id')::bigint
        ),
        numbered AS (
            SELECT *, count(*) OVER same AS many,
                row_number() OVER (same ORDER BY (row_->>'id')::bigint) AS place
            FROM placed WINDOW same AS (PARTITION BY account, program)
        ),
        told AS (
            SELECT account, program, (row_->>'id')::bigint AS object_id, audit_label($1, row_) AS label,
                1 AS count, audit_changes(before, after) AS changes
            FROM numbered WHERE many <= 20
            UNION ALL
            SELECT account, program, NULL,
                left(string_agg(CASE WHEN place <= 3 THEN audit_label($1, row_) END, ', ' ORDER BY place), 290) || ', …',
                count(*)::int,
                CASE WHEN $2 = 'CHANGED' THEN (
                    SELECT coalesce(jsonb_object_agg(key, '[]'::jsonb), '{}') FROM (
                        SELECT DISTINCT key FROM numbered n, jsonb_object_keys(n.after) AS key
                        WHERE n.account IS NOT DISTINCT FROM numbered.account
                            AND n.program IS NOT DISTINCT FROM numbered.program
                            AND n.before->key IS DISTINCT FROM n.after->key
                    ) changed
                ) ELSE '{}' END
            FROM numbered WHERE many > 20 GROUP BY account, program
        )
        INSERT INTO accounts_auditentry
            (at, account_id, program_id, user_id, who, source, address, event, noun, object_id, label, count, changes, words)
        SELECT clock_timestamp(), account, program, ($3->>'user')::bigint, coalesce($3->>'who', ''),
            coalesce($3->>'source', ''), coalesce($3->>'address', ''), $2, $1, object_id, coalesce(label, ''), count,
            changes, ''
        FROM told
    $query$, touched) USING TG_TABLE_NAME::text,
        CASE TG_OP WHEN 'INSERT' THEN 'ADDED' WHEN 'UPDATE' THEN 'CHANGED' ELSE 'REMOVED' END, actor;
    RETURN NULL;
END $$
;

CREATE FUNCTION audit_table(noun text, without text, whose text DEFAULT ''::text)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_added AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(%L, %L)', noun, without, whose);
    EXECUTE format('CREATE TRIGGER audit_changed AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(%L, %L)', noun, without, whose);
    EXECUTE format('CREATE TRIGGER audit_removed AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(%L, %L)', noun, without, whose);
END $$
;

CREATE FUNCTION audit_hash(before text, entry accounts_auditentry)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $$
    SELECT encode(sha256(convert_to(before || jsonb_build_array(
        entry.id, extract(epoch FROM entry.at)::text, entry.account_id, entry.program_id, entry.user_id, entry.who,
        entry.source, entry.address, entry.event, entry.noun, entry.object_id, entry.label, entry.count, entry.changes,
        entry.words)::text, 'UTF8')), 'hex')
$$
;

CREATE FUNCTION audit_seal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
DECLARE
    own bigint := coalesce(NEW.account_id, 0);
    last_ accounts_auditseal;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || own, 0));
    SELECT * INTO last_ FROM accounts_auditseal WHERE chain = own ORDER BY position DESC LIMIT 1;
    INSERT INTO accounts_auditseal (entry_id, chain, position, hash) VALUES (
        NEW.id, own, coalesce(last_.position, 0) + 1, audit_hash(coalesce(last_.hash, ''), NEW));
    RETURN NULL;
END $$
;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON accounts_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_not_emptied BEFORE TRUNCATE ON accounts_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE CONSTRAINT TRIGGER audit_entry_sealed AFTER INSERT ON accounts_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal();

SELECT audit_table('accounts_account', '');
SELECT audit_table('accounts_apitoken', 'token_hash,last_used_at,created_at,created_by_id');
SELECT audit_table('accounts_invitation', 'token_hash,is_mailed,invited_by_id,accepted_by_id,created_at,expires_at');
SELECT audit_table('accounts_membership', '');
SELECT audit_table('accounts_user', 'last_login');
"""
UNDO = """
DROP TRIGGER audit_added ON accounts_account;
DROP TRIGGER audit_changed ON accounts_account;
DROP TRIGGER audit_removed ON accounts_account;
DROP TRIGGER audit_added ON accounts_apitoken;
DROP TRIGGER audit_changed ON accounts_apitoken;
DROP TRIGGER audit_removed ON accounts_apitoken;
DROP TRIGGER audit_added ON accounts_invitation;
DROP TRIGGER audit_changed ON accounts_invitation;
DROP TRIGGER audit_removed ON accounts_invitation;
DROP TRIGGER audit_added ON accounts_membership;
DROP TRIGGER audit_changed ON accounts_membership;
DROP TRIGGER audit_removed ON accounts_membership;
DROP TRIGGER audit_added ON accounts_user;
DROP TRIGGER audit_changed ON accounts_user;
DROP TRIGGER audit_removed ON accounts_user;
DROP TRIGGER audit_entry_append_only ON accounts_auditentry;
DROP TRIGGER audit_entry_not_emptied ON accounts_auditentry;
DROP TRIGGER audit_seal_append_only ON accounts_auditseal;
DROP TRIGGER audit_seal_not_emptied ON accounts_auditseal;
DROP TRIGGER audit_entry_sealed ON accounts_auditentry;
DROP FUNCTION refuse_change(), audit_refuse(), audit_label(text, jsonb), audit_changes(jsonb, jsonb), audit_rows(),
    audit_table(text, text, text), audit_hash(text, accounts_auditentry), audit_seal();
"""


class Migration(migrations.Migration):
    """The audit log: the database writes it, and refuses to change it."""

    dependencies = [("accounts", "0001_initial"), ("otp_totp", "0003_add_timestamps")]

    operations = [
        # A proxy of a table of django-otp, which itself depends on users.
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
