"""Two people with one row open in Django admin: the second is told what the first has saved, and decides."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, change_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from program.models import Partner
from tests.contracts.addresses import NEW
from tests.contracts.page_fields import forms_of
from tests.factories import make_event_type, make_partner, make_user

TOLD = "Someone else changed this after you opened it."
# What is edited: what the first and the second type, and what the second is told of the first's.
EDITS = {
    "templateterms": ({"name": "First"}, {"name": "Second"}, "Name: First"),
    "eventpayout": ({"value": "12"}, {"value": "13"}, "Payout: 12"),
    "payoutgroup": ({"rules_as_text": "[Order Total >= 5]"}, {"name": "Second"}, "Rules: [Order Total"),
    "payoutadjustment": ({"rate": "7"}, {"rate": "8"}, "Rate: 7"),
    "payoutrestriction": ({"zero_payout_hide_report": "on"}, {"rules_as_text": "[Item SKU is A]"}, "reports: On"),
    "partner": ({"name": "First"}, {"country": "GB"}, "Name: First"),
    "user": ({"first_name": "Ann"}, {"first_name": "Anna"}, "First name: Ann"),
}


@pytest.fixture
def admin(client_of, brand):
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def rows(brand, alice):
    sale = make_event_type(program=brand)
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))
    return {
        "templateterms": terms,
        "eventpayout": payout,
        "payoutgroup": add_payout_group(event_payout=payout, rules=[NEW], payout_rate=Decimal(3)),
        "payoutadjustment": add_payout_adjustment(event_payout=payout, rules=[], direction="INCREASE", rate=Decimal(1)),
        "payoutrestriction": add_payout_restriction(event_payout=payout, rules=[NEW]),
        "partner": make_partner(program=brand, name="Kettle"),
        "user": alice,
    }


def address_of(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def opened(admin, address):
    """The fields of the page's form as they stand."""
    return shown(admin.get(address), address)


def shown(answer, address):
    form = next(form for form in forms_of(address, answer.content.decode()) if "opened_with" in form.fields)
    return {name: values for name, values in form.fields.items() if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("model", EDITS)
def test_the_second_is_told_what_is_stored_and_may_save_all_the_same(model, rows, admin):
    address, (first, second, told) = address_of(rows[model]), EDITS[model]
    form = opened(admin, address)
    assert admin.post(address, form | first).status_code == 302
    stored = opened(admin, address)
    answer = admin.post(address, form | second)
    [problem] = answer.context["adminform"].form.non_field_errors()
    assert problem.startswith(TOLD)
    assert told in problem
    assert opened(admin, address) == stored, "nothing of the second is stored"
    assert admin.post(address, shown(answer, address)).status_code == 302
    assert admin.post(address, form | first).status_code == 200, "who opened it before both is told, too"


def test_a_mistake_does_not_make_the_page_forget_what_it_was_opened_with(rows, admin):
    address = address_of(rows["partner"])
    form = opened(admin, address)
    refused = shown(admin.post(address, form | {"name": ""}), address)
    admin.post(address, form | {"name": "First"})
    assert TOLD in admin.post(address, refused | {"name": "Kettle"}).content.decode()
    assert Partner.objects.get().name == "First"


def test_who_types_the_same_is_told_that_it_is_stored(rows, admin):
    address = address_of(rows["partner"])
    form = opened(admin, address) | {"name": "Same"}
    admin.post(address, form)
    assert "It already holds what you typed." in admin.post(address, form).content.decode()


def test_what_is_saved_on_a_page_of_the_product_is_seen_too(rows, admin):
    address = address_of(rows["payoutgroup"])
    form = opened(admin, address)
    change_payout_group(payout_group=rows["payoutgroup"], rules=[NEW], payout_rate=Decimal(20))
    answer = admin.post(address, form | {"payout_rate": "4"})
    assert TOLD in answer.content.decode()
    rows["payoutgroup"].refresh_from_db()
    assert rows["payoutgroup"].payout_rate == 20


def test_what_the_page_does_not_edit_may_change_meanwhile(rows, admin):
    address = address_of(rows["templateterms"])
    form = opened(admin, address)
    change_payout_group(payout_group=rows["payoutgroup"], rules=[NEW], payout_rate=Decimal(20))
    assert admin.post(address, form | {"name": "Renamed"}).status_code == 302


def test_who_makes_a_mistake_that_ends_the_check_is_told_of_the_others_change_too(brand, admin):
    one, other = (make_user(program=brand, role=role).membership_set.get() for role in ("EDITOR", "ADMINISTRATOR"))
    address = address_of(one)
    form = opened(admin, address)
    admin.post(address, form | {"role": "ADMINISTRATOR"})
    other.delete()
    answer = admin.post(address, form | {"role": "VIEWER"}).content.decode()
    assert "is the last administrator" in answer
    assert TOLD in answer
