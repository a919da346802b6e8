"""Who sends the orders: one program, terms of 10% and of 15% for new customers, one partner, one token."""

from accounts.api_tokens import make_api_token
from tests.factories import (
    make_account,
    make_contracts,
    make_event_type,
    make_partner,
    make_program,
    make_user,
    terms_document,
)
from tests.tables import have_tables

PROGRAM, PARTNER = 1000, "P-RIG"
NEW = {
    "Rank": 1,
    "Name": "New",
    "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
    "PayoutRate": "15",
}


def make_brand() -> tuple[str, str]:
    """Make it; the account's SID and the token's secret."""
    have_tables()
    program = make_program(id=PROGRAM, account=make_account(name="Rig Ltd", sid="BB-RIG"))
    make_user(username="rig", program=program)  # so that this is not a first start: no demonstration
    make_event_type(program=program)
    partner = make_partner(program=program, media_partner_id=PARTNER)
    make_contracts(program=program, document=terms_document(groups=[NEW]), partners=[partner])
    _, secret = make_api_token(account=program.account, name="rig")
    return program.account.sid, secret
