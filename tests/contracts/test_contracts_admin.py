"""The administration of contracts: drafts edited through services, history only read."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction
from contracts.models import Contract, PayoutGroup, TemplateTerms, TermsVersion
from contracts.publishing.services import publish_draft
from tests.factories import make_user


@pytest.fixture
def admin(client_of, brand):
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def published(terms, event_payout, anna):
    add_payout_group(event_payout=event_payout, name="VIP", rules=[], payout_rate=Decimal(15))
    add_payout_adjustment(event_payout=event_payout, rules=[], direction="INCREASE", rate=Decimal(5))
    add_payout_restriction(
        event_payout=event_payout, rules=[{"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["S1"]}]
    )
    return publish_draft(template_terms=terms, join="all").version


MODELS = [
    "templateterms", "eventpayout", "payoutgroup", "payoutadjustment", "payoutrestriction", "termsversion", "contract"
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_row_opens(admin, published, model, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = admin.get(reverse(f"admin:contracts_{model}_changelist"), {"q": "a"})
    assert page.status_code == 200
    [row] = page.context["cl"].model.objects.all()
    assert admin.get(reverse(f"admin:contracts_{model}_change", args=[row.pk])).status_code == 200


def test_a_group_is_added_with_rules_as_text(admin, event_payout):
    values = {"event_payout": event_payout.pk, "name": "New", "payout_rate": "15", "is_active": "on"}
    url = reverse("admin:contracts_payoutgroup_add")
    page = admin.post(url, {**values, "rules_as_text": "[Customer Status is"})
    assert "character" in str(page.context["errors"])
    page = admin.post(url, {**values, "rules_as_text": "[Order Total >= much]"})
    assert "Rules[0].Values" in str(page.context["errors"])
    assert admin.post(url, {**values, "rules_as_text": "[Customer Status is New]"}).status_code == 302
    group = PayoutGroup.objects.get()
    assert (group.rank, group.rules[0]["Values"]) == (1, ["New"])


def test_deleting_a_group_closes_the_gap(admin, event_payout):
    first, _ = (add_payout_group(event_payout=event_payout, rules=[], payout_rate=1) for _ in range(2))
    admin.post(reverse("admin:contracts_payoutgroup_delete", args=[first.pk]), {"post": "yes"})
    assert PayoutGroup.objects.get().rank == 1


def test_terms_are_made_and_renamed(admin, brand):
    values = {"program": brand.pk, "name": "Gold", "labels": "vip", "currency": "GBP"}
    assert admin.post(reverse("admin:contracts_templateterms_add"), values).status_code == 302
    terms = TemplateTerms.objects.get()
    url = reverse("admin:contracts_templateterms_change", args=[terms.pk])
    assert admin.post(url, {**values, "name": "Silver"}).status_code == 302
    terms.refresh_from_db()
    assert (terms.name, terms.labels, terms.draft_revision) == ("Silver", ["vip"], 2)


def test_an_event_payout_is_checked_by_the_engine(admin, event_payout):
    url = reverse("admin:contracts_eventpayout_change", args=[event_payout.pk])
    values = {
        "payout_level": "ORDER", "kind": "PERCENT", "value": "12", "locking_period": "MONTH", "locking_months": "0",
        "locking_days": "28", "scheduling_period": "END_OF_MONTH", "scheduling_months": "0", "scheduling_days": "20",
        "credit_policy": "FIRST_REFERRER", "has_clicks": "on", "clicks_window": "7", "clicks_unit": "DAY",
        "impressions_unit": "HOUR",
    }  # fmt: skip
    assert "Locking.DayOffset" in str(admin.post(url, values).context["errors"])
    assert admin.post(url, {**values, "locking_days": "27"}).status_code == 302
    event_payout.refresh_from_db()
    assert event_payout.sections["CreditPolicy"] == "FIRST_REFERRER"
    assert event_payout.sections["ValidReferrals"] == [{"Type": "CLICKS", "Window": 7, "WindowUnit": "DAY"}]


def test_history_is_only_read(admin, published):
    for row in (published, Contract.objects.get()):
        name = f"admin:contracts_{row._meta.model_name}"
        assert admin.get(reverse(f"{name}_add")).status_code == 403
        assert admin.post(reverse(f"{name}_change", args=[row.pk]), {"comment": "x"}).status_code == 403
        assert admin.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert TermsVersion.objects.get().comment == ""
