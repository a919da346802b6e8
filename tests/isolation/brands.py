"""What the rival's rows are called, and fingerprints of what a brand holds."""

from django.apps import apps
from django.db import connection

from program.models import Program
from tests.test_architecture import PK
from tests.whole_brand import APPS

RIVALS_PK = PK + 1000
SECRET = "Xylographer"  # stands in whatever of the rival's has a name


def prints_of(program: Program) -> dict[str, str]:
    """A fingerprint of all that a program and its account hold, table by table."""
    found = {}
    with connection.cursor() as cursor:
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                names = {field.name for field in model._meta.fields}
                table = model._meta.db_table
                if model._meta.model_name.startswith("audit"):
                    continue
                if "program" in names:
                    where, value = "program_id", program.pk
                elif "account" in names:
                    where, value = "account_id", program.account_id
                else:
                    continue
                cursor.execute(
                    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE {where} = %s", [value]
                )
                found[table] = cursor.fetchone()[0]
    return found
