"""The tab of over-cap actions, the page of one, and approving them, one or many."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import make_action, make_contracts, make_modification, terms_document
from tracking.models import Action
from tracking.modifications.apply import apply_modifications

LIMITS = [{"Type": "ACTION", "LimitBy": "ALL", "Period": "CONTRACT", "Value": "1"}]
LOCKING = {"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 15}
LIST, APPROVE = "/p/1000/transactions/actions/", "/p/1000/transactions/actions/approve/"


@pytest.fixture
def over(brand, sale, partner):
    """Two of three actions."""
    document = terms_document(Limits=LIMITS, Locking=LOCKING)
    make_contracts(program=brand, document=document, partners=[partner])
    return [make_action(program=brand, OrderId=f"O-{number}", Amount=f"{number}00") for number in (1, 2, 3)][1:]


@pytest.fixture
def finance(frank, client_of):
    return client_of(frank)


def test_they_have_a_tab_with_what_they_would_be_paid(over, finance):
    tab = finance.get(LIST).context["tabs"][-1]
    assert (tab.label, tab.count, tab.payout, tab.note) == ("Over cap", 2, "£50.00", "if approved")
    page = finance.get(LIST + tab.href).content.decode()
    assert page.count('name="row"') == 2
    assert "If approved, GBP" in page
    assert "Payout at first, GBP" not in page
    assert 'data-column="intended_payout"' in page.partition("<tfoot")[2]
    assert "Outside of terms: exceeded action cap" in page


def test_terms_without_limits_have_no_such_tab(brand, standard, finance):
    make_action(program=brand)
    assert [tab.label for tab in finance.get(LIST).context["tabs"]] == ["All", "Pending", "Approved", "Reversed"]


def test_finance_approves_several_after_it_was_said_what_they_are_paid(over, finance):
    ticked = {"row": [each.pk for each in over]}
    asked = finance.post(APPROVE, ticked)
    assert "£50.00" in asked.content.decode()
    assert Action.objects.over_cap().count() == 2
    answer = finance.post(APPROVE, {**ticked, "confirmed": "1"}, follow=True)
    assert "2 actions were approved: £50.00." in answer.content.decode()
    assert [action.payout for action in Action.objects.order_by("id")] == [10, 20, 30]
    entry = AuditEntry.objects.get(event="OVER_CAP_APPROVED")
    assert "frank" in entry.who


def test_what_has_changed_since_it_was_shown_is_asked_about_again(brand, over, finance):
    seen = finance.post(APPROVE, {"row": over[0].pk}).context["seen"]
    make_modification(program=brand, OrderId="O-2", Reason="ORDER_UPDATE", Amount="90000")
    apply_modifications()
    again = finance.post(APPROVE, {"row": over[0].pk, "confirmed": "1", "seen": seen})
    assert (again.status_code, Action.objects.over_cap().count()) == (409, 2)
    assert "£9,000.00" in again.content.decode()
    finance.post(APPROVE, {"row": over[0].pk, "confirmed": "1", "seen": again.context["seen"]})
    assert Action.objects.get(pk=over[0].pk).payout == 9_000


def test_one_is_approved_on_its_page_and_the_receipt_says_why_it_was_over(over, finance):
    page = finance.get(reverse("tracking:action_detail", args=[1000, over[0].pk])).content.decode()
    assert "It would be paid £20.00 and can be approved until it locks." in page
    assert "At most 1 action in all" in page
    assert "1 taken by other actions, 0 left" in page
    finance.post(APPROVE, {"row": over[0].pk, "from": over[0].pk, "confirmed": "1"})
    page = finance.get(reverse("tracking:action_detail", args=[1000, over[0].pk])).content.decode()
    assert "Approved over its cap" in page
    assert "by frank" in page


def test_what_is_locked_says_to_settle_with_the_partner(over, finance):
    Action.objects.filter(pk=over[0].pk).update(locking_date=timezone.now())
    page = finance.get(reverse("tracking:action_detail", args=[1000, over[0].pk])).content.decode()
    assert "Settle its payout with the partner directly." in page
    assert ">Approve<" not in page
    asked = finance.post(APPROVE, {"row": [over[0].pk]}).content.decode()
    assert "Settle its payout with the partner directly." in asked
    finance.post(APPROVE, {"row": [over[0].pk], "confirmed": "1"})
    assert Action.objects.get(pk=over[0].pk).payout == 0


def test_readers_may_not_and_another_brand_finds_nothing(over, bob, charlie, client_of):
    ticked = {"row": [over[0].pk], "confirmed": "1"}
    assert client_of(bob).post(APPROVE, ticked).status_code == 403
    assert 'name="row"' not in client_of(bob).get(f"{LIST}?state=OVER_CAP").content.decode()
    assert client_of(charlie).post(APPROVE, ticked).status_code == 404
    theirs = client_of(charlie).post(APPROVE.replace("1000", "2000"), ticked, follow=True)
    assert "None of them is over its cap any more." in theirs.content.decode()
    assert Action.objects.over_cap().count() == 2
