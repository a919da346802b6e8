"""A customer whose values are planted wherever they can be, where they are found, and their erasing."""

import hashlib
import json
from io import StringIO
from urllib.parse import quote_plus

from django.core.management import call_command
from django.db import connection

from program.models import Customer
from tracking.erasing.services import erase_customer, run_erasure

ID, NAME, EMAIL = "Kunde-4711", "Zenobia Quillfeather", "zenobia.q@example.org"
SHA1, SHA256 = (getattr(hashlib, kind)(EMAIL.encode()).hexdigest() for kind in ("sha1", "sha256"))
PERSONAL = {
    "CustomerId": ID, "CustomerEmail": SHA1, "CustomerPostCode": "QX9 7ZZ", "CustomerCity": "Nether Wallop",
    "CustomerRegion": "Hampshireland", "IpAddress": "198.51.100.77", "PhoneNumber": "+44 7700 900777",
    "UserAgent": "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko Quillbrowser/9.1",
    "Note": "leave it with the neighbour", "Text1": "engraved Zenobia",
    "CustomProfileId": "PROFILE-90210", "SharedId": "shared-zen", "SubId1": "sub-zen", "Date1": "1987-03-14",
    "Numeric1": "918273645",
}  # fmt: skip
VISIT = {
    "SharedId": "step-shared-zen", "ReferralParam1": "param-zen", "ReferralUrl": "https://zen.example/her-diary",
    "ReferralLandingPage": "https://shop.example/for-zen", "ReferralDerivedBrowser": "Quillbrowser at the click",
}  # fmt: skip
PLANTED = [NAME, EMAIL, quote_plus(EMAIL), SHA1, SHA256, *PERSONAL.values(), *VISIT.values(), "source-zen",
           "visitor-zen", "198.51.100.78"]  # fmt: skip
NEIGHBOUR = {**{name: f"{value}x" for name, value in PERSONAL.items() if name not in ("Date1", "Numeric1")},
             "CustomerEmail": SHA1[::-1], "IpAddress": "198.51.100.79"}  # fmt: skip
HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,Amount,CustomerId,CustomerPostCode\n"
CITY = {"Variable": "CUSTOMER_CITY", "Operator": "STARTS_WITH", "Values": ["Nether"]}


def everything_stored():
    """Every row of every table as text, files as they read."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute("SET bytea_output = 'escape'")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            told += [f"{table}: {row}" for (row,) in cursor.fetchall()]
        cursor.execute("SET bytea_output = 'hex'")
    return told


def where(value):
    """The rows that hold a value, other than as the beginning of the neighbour's."""
    return [row for row in everything_stored() if value in row.replace(f"{value}x", "")]


def verified():
    out, told = StringIO(), StringIO()
    call_command("verify", "--program", "1000", stdout=out, stderr=told)
    return json.loads(out.getvalue())


def erase(customer, user=None):
    erasure = erase_customer(customer=customer, user_id=user and user.pk)
    assert run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == "DONE", erasure.failure
    return erasure


def customer(customer_id=ID):
    return Customer.objects.get(customer_id=customer_id)
