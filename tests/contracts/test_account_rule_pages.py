"""Account rules on pages: where an administrator sets them, and where an editor meets them."""

from decimal import Decimal

import pytest

from contracts.account_rules.services import Wanted
from contracts.account_rules.settings import SETTINGS
from contracts.drafts.documents import section_value
from contracts.drafts.sections import set_terms_sections
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.engine.document.sections.locking import Locking
from contracts.models import AccountRule
from contracts.publishing.services import publish_draft
from contracts.sections.registry import PANELS, TERMS_PANELS
from program.models import Program
from tests.contracts.account_rules import fresh, rule
from tests.contracts.addresses import HTMX, url
from tests.factories import make_program, make_user


@pytest.fixture
def admin(brand, client_of):
    return client_of(make_user(username="ada", program=brand, role="ADMINISTRATOR"))


def test_the_form_shows_the_lock_and_who_set_it_and_keeps_to_one_value(brand, event_payout, admin, editor):
    address = url("account_rules_edit")
    sent = {
        "locking_days_least": "20",
        "locking_days_most": "20",
        "notice_least": "7",
        "credit_policy_choice": "LAST_REFERRER",
        "confirmed": "1",
    }
    assert admin.post(address, sent).status_code == 302
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert "Days to lock: 20 days by an account rule, set by ada on" in page
    assert "Days of notice: at least 7 days by an account rule, set by ada on" in page
    typed = {
        "has_locking": "on",
        "locking_months": "0",
        "locking_days": "3",
        "locking_period": "MONTH",
        "scheduling_months": "0",
        "scheduling_days": "20",
        "scheduling_period": "END_OF_MONTH",
    }
    saved = editor.post(url("section_save", event_payout.pk, PANELS["schedule"]), typed)
    assert saved.status_code == 302
    assert section_value(fresh(event_payout), "locking") == Locking("MONTH", 0, 20), "a locked field can't be typed in"
    refused = editor.post(
        url("terms_section_save", event_payout.template_terms_id, TERMS_PANELS["notice"]), {"notice_days": "6"}
    )
    assert refused.status_code == 422
    assert "Days of notice: An account rule allows at least 7 days, not 6 days" in refused.content.decode()


def test_the_page_sets_changes_and_frees_settings(brand, admin):
    address = url("account_rules_edit")
    admin.post(address, {"notice_least": "7", "reversals_most": "30%"})
    rules = {each.setting: (each.least, each.most) for each in AccountRule.objects.all()}
    assert rules == {"notice": (7, None), "reversals": (None, 30)}
    first = AccountRule.objects.get(setting="notice")
    page = admin.get(address)
    admin.post(address, {"notice_least": "7", "opened_with": page.context["form"].opened_with})
    assert [each.pk for each in AccountRule.objects.all()] == [first.pk]
    assert AccountRule.objects.get().set_at == first.set_at, "what stays keeps who set it and when"


def test_what_makes_no_rule_is_refused_at_its_field(brand, admin):
    sent = {"notice_least": "9", "notice_most": "7", "reversals_most": "120"}
    answer = admin.post(url("account_rules_edit"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"notice_most", "reversals_most"}
    assert not AccountRule.objects.exists()


def test_rules_changed_meanwhile_are_not_overwritten(brand, admin):
    address = url("account_rules_edit")
    seen = admin.get(address).context["form"].opened_with
    rule(brand, notice=Wanted(least=Decimal(3)))
    answer = admin.post(address, {"notice_least": "7", "opened_with": seen or "none"})
    assert answer.status_code == 409
    assert AccountRule.objects.get().least == 3


def test_administrators_alone_set_rules_and_the_audit_log_has_them(brand, admin, erin, charlie, client_of):
    address = url("account_rules_edit")
    for method in ("get", "post"):
        assert getattr(client_of(erin), method)(address).status_code == 403
        assert getattr(client_of(charlie), method)(address).status_code == 404
    assert admin.post(address, {"locking_days_most": "20"}).status_code == 302
    page = admin.get("/p/1000/settings/audit-log/").content.decode()
    assert "account rule locking days" in page


def test_the_rules_are_read_once_for_a_page(brand, event_payout, editor, django_assert_num_queries):
    page = url("terms_edit", event_payout.template_terms_id)
    editor.get(page)
    with django_assert_num_queries(21):
        editor.get(page)
    rule(brand, **{key: Wanted(least=Decimal(0)) for key, setting in SETTINGS.items() if not setting.choices})
    with django_assert_num_queries(21):
        editor.get(page)


def test_what_breaks_a_rule_is_listed_before_and_after_it_is_set(brand, event_payout, anna, admin):
    publish_draft(template_terms=event_payout.template_terms, join="all")
    stranger = make_program()
    create_template_terms(program=stranger, name="Theirs")
    terms, version = event_payout.template_terms, event_payout.template_terms.versions.get()
    address, sent = (
        url("account_rules_edit"),
        {"notice_least": "7", "locking_days_least": "20", "locking_days_most": "20"},
    )
    asked = admin.post(address, sent)
    assert asked.status_code == 200
    assert not AccountRule.objects.exists(), "nothing is stored before it is confirmed"
    page = asked.content.decode()
    assert "Set these rules?" in page
    draft = f"{url('terms_edit', terms.pk)}?event={event_payout.pk}#action-locking"
    for words in (
        draft,
        "Days to lock: an account rule allows 20 days, not 15 days",
        "Days of notice: an account rule allows at least 7 days, not 0 days",
        url("version_detail", version.pk),
        "Version 1</a>, in force",
    ):
        assert words in page, words
    assert "Theirs" not in page
    assert admin.post(address, {**sent, "confirmed": "1"}).status_code == 302
    page = admin.get(address).content.decode()
    assert "Terms that break a rule" in page
    assert draft in page
    set_terms_sections(template_terms=terms, values={"change_notification_period": 7})
    left = [(each.number, len(each.problems)) for each in admin.get(address).context["broken"]]
    assert left == [(None, 1), (1, 2)]
    assert admin.post(address, {**sent, "locking_days_least": "15", "locking_days_most": "15"}).status_code == 302


def test_terms_that_break_no_rule_are_not_asked_about(brand, event_payout, admin):
    assert admin.post(url("account_rules_edit"), {"locking_days_most": "15"}).status_code == 302
    assert "Terms that break a rule" not in admin.get(url("account_rules_edit")).content.decode()


def test_the_list_of_what_breaks_rules_takes_as_many_queries_for_any_number_of_terms(
    brand, event_payout, sale, admin, django_assert_num_queries
):
    rule(brand, notice=Wanted(least=Decimal(7)))
    address = url("account_rules_edit")
    admin.get(address)
    with django_assert_num_queries(10):
        admin.get(address)
    for number in range(5):
        terms = create_template_terms(program=Program.objects.get(pk=brand.pk), name=f"New {number}")
        add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(5))
    with django_assert_num_queries(10):
        assert len(admin.get(address).context["broken"]) == 6


def test_a_draft_from_before_a_rule_says_so_and_follows_it_with_one_button(brand, event_payout, editor):
    rule(brand, locking_days=Wanted(Decimal(20), Decimal(20)))
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert "Days to lock: an account rule allows 20 days, not 15 days" in page
    assert "Save as the rule says" in page
    typed = {"has_locking": "on", "locking_months": "0", "locking_days": "15", "locking_period": "MONTH"}
    typed |= {"scheduling_months": "0", "scheduling_days": "20", "scheduling_period": "END_OF_MONTH"}
    answer = editor.post(url("section_save", event_payout.pk, PANELS["schedule"]), typed, **HTMX)
    assert answer.status_code == 200
    assert "an account rule allows" not in answer.content.decode()
    assert section_value(fresh(event_payout), "locking") == Locking("MONTH", 0, 20)


def test_django_admin_keeps_to_the_rules(brand, event_payout, client):
    rule(brand, payout_level=Wanted(choice="ORDER"))
    client.force_login(make_user(username="root", is_staff=True, is_superuser=True))
    address = f"/admin/contracts/eventpayout/{event_payout.pk}/change/"
    form = client.get(address).context["adminform"].form
    sent = {
        bound.html_name: bound.value() for bound in form if bound.value() is not None and bound.value() is not False
    }
    answer = client.post(address, {**sent, "payout_level": "ITEM"}, follow=True)
    assert "an account rule allows order, not item" in answer.content.decode()
    assert fresh(event_payout).payout_level == "ORDER"
