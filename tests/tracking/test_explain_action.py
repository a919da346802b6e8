"""The explanation arrives at the stored figures, however the world around the action has changed since."""

from program.models import CustomerTag, EventType, ExceptionListItem
from program.models.event_type import CustomerStatusMapping
from tests.factories import make_action, make_contracts, make_customer, make_exception_list, terms_document
from tracking.actions.explain import explain_action
from tracking.models import Action


def test_it_says_why_and_when(brand, standard):
    explanation = explain_action(make_action(program=brand, CustomerStatus="repeat", EventDate="2026-11-01T10:00:00Z"))
    (unit,) = explanation["Units"]
    (group,) = unit["Groups"]
    assert not group["Holds"]
    assert group["Rules"][0]["Actual"] == "repeat"
    assert (explanation["Payout"], unit["Reason"]) == ("10.00", "default payout: 10%")
    assert explanation["Dates"]["Locks"] == "2026-11-17T00:00:00+00:00"
    assert explanation["Agrees"]


def test_it_stands_when_lists_tags_and_mapping_change_later(brand, sale, partner):
    CustomerStatusMapping.objects.create(program=brand, event_type=sale, category="New", code="first", code_key="first")
    EventType.objects.update(has_status_mapping=True)
    rules = [
        {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]},
        {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]},
        {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]},
    ]
    group = {"Rank": 1, "Name": "All of it", "Rules": rules, "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    make_exception_list(program=brand, name="Winter", values=["S1"])
    make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    action = make_action(program=brand, CustomerStatus="first", CustomerId="C-1", ItemSku1="S1", ItemPrice1="100")
    assert action.payout == 20
    for rows in (CustomerStatusMapping, CustomerTag, ExceptionListItem):
        rows.objects.all().delete()
    explanation = explain_action(action)
    assert explanation["Agrees"]
    assert explanation["Units"][0]["Groups"][0]["Holds"]


def test_a_falsified_figure_is_told(brand, standard):
    action = make_action(program=brand)
    Action.objects.filter(pk=action.pk).update(payout="10.01")
    action.refresh_from_db()
    assert not explain_action(action)["Agrees"]
