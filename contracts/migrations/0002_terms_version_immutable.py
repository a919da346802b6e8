from django.db import migrations


class Migration(migrations.Migration):
    """A published version never changes: the database itself refuses it."""

    dependencies = [("contracts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only: rows of it are never changed or deleted', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER terms_version_immutable BEFORE UPDATE OR DELETE ON contracts_termsversion
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER terms_version_immutable ON contracts_termsversion; DROP FUNCTION refuse_change();",
        )
    ]
